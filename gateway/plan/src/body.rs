//! What a verified body holds: decides by its declared type which reader reads it, and builds no more of it than the
//! workflow looks at.
//!
//! Content coding, then charset, then the reader of the type's kind. Every reader checks the whole body under the same
//! bounds ([`Budget`]): depth, number of values, and bytes of memory.

mod charset;
mod cloud_event;
mod coding;
mod fault;
mod form;
mod kind;
mod media;
mod multipart;
#[cfg(test)]
mod tests;
mod xml;

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::{Encoding, UTF_8};
use http::HeaderMap;

use crate::json::{self, Budget, Json, Projection};
use crate::limits::{CODING_FLOOR, CODING_RATIO, JSON_TREE_SIZE};
use coding::Coding;

pub use cloud_event::{CloudEvent, CloudEventFault};
pub use fault::BodyFault;
pub use kind::Kind;
pub use media::MediaType;

/// Bytes of memory that the values of a common body take, for each byte of it: a GitHub push takes 5, one that is made
/// to take much takes 87.
const COMMON_FACTOR: usize = 8;

/// Bytes of memory that the values of any body may take at the first try. Whoever needs no more than this is in no
/// account: all requests that a gateway takes at once may have as much.
pub(crate) const COMMON_ROOM: usize = 64 << 10;

/// What the reading of a body may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes that a coded body may become.
    pub decoded: u64,
    /// Bytes of memory that its values may take.
    pub room: usize,
}

/// A body that is what its type says.
#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    /// `$context.data`, as far as it is wanted.
    pub data: Json,
    /// Bytes of memory that the values take, at most.
    pub size: usize,
}

impl Bounds {
    /// For a body that was accepted, and so yields what it yielded then.
    pub const ACCEPTED: Self = Self { decoded: u64::MAX, room: JSON_TREE_SIZE };
}

/// Whether a body is in a content coding, and so may become a hundred times as large.
pub fn is_coded(headers: &HeaderMap) -> bool {
    Coding::of(headers).is_ok_and(|coding| coding.is_some())
}

/// Bytes of memory that the values of a common text of this length take.
pub(crate) fn common_room(text: usize) -> usize {
    text.saturating_mul(COMMON_FACTOR).clamp(COMMON_ROOM, JSON_TREE_SIZE)
}

/// Bytes that a coded body of this length may become.
pub(crate) fn most_decoded(length: usize) -> usize {
    let most = |bound: u64| usize::try_from(bound).unwrap_or(usize::MAX);
    length.saturating_mul(most(CODING_RATIO)).max(most(CODING_FLOOR))
}

/// Reads a body. Without bytes there is nothing that a type could be wrong about, unless it says that they are an event:
/// null.
pub fn read(headers: &HeaderMap, body: &[u8], wanted: &Projection, bounds: Bounds) -> Result<Content, BodyFault> {
    if body.is_empty() {
        return empty(headers);
    }
    let body = match Coding::of(headers)? {
        Some(coding) => Cow::Owned(coding.decode(body, bounds.decoded)?),
        None => Cow::Borrowed(body),
    };
    if body.is_empty() {
        return empty(headers);
    }
    let media = MediaType::of(headers)?;
    let mut budget = Budget::new(bounds.room);
    if !Kind::of(&media).is_event() {
        cloud_event::check_binary(headers)?;
    }
    let data = content(&media, &body, wanted, &mut budget)?;
    Ok(Content { data, size: budget.used() })
}

/// An event without data is one, and has all that an event must have.
fn empty(headers: &HeaderMap) -> Result<Content, BodyFault> {
    cloud_event::check_empty(headers)?;
    Ok(Content { data: Json::Null, size: 0 })
}

fn content(media: &MediaType, body: &[u8], wanted: &Projection, budget: &mut Budget) -> Result<Json, BodyFault> {
    let text = || charset::text(body, charset::declared(media)?);
    match Kind::of(media) {
        Kind::Json => json(&text()?, wanted, budget),
        Kind::CloudEvent => {
            let event = json(&text()?, &cloud_event::with_attributes(wanted), budget)?;
            cloud_event::check(&event)?;
            Ok(event)
        }
        Kind::CloudEventBatch => {
            let events = json(&text()?, &Projection::All, budget)?;
            cloud_event::check_batch(&events)?;
            Ok(events)
        }
        Kind::Form => form::read(body, charset::declared(media)?.unwrap_or(UTF_8), wanted, budget),
        Kind::Multipart => multipart::read(body, media, wanted, budget),
        Kind::Xml => xml::read(&charset::xml(body, charset::declared(media)?)?, wanted, budget),
        Kind::Text => whole(&text()?, wanted, budget),
        Kind::Bytes => bytes(body, wanted, budget),
    }
}

fn json(text: &str, wanted: &Projection, budget: &mut Budget) -> Result<Json, BodyFault> {
    Ok(json::read_within(text, wanted, budget)?)
}

/// Text is one value.
fn whole(text: &str, wanted: &Projection, budget: &mut Budget) -> Result<Json, BodyFault> {
    budget.value()?;
    if !wanted.is_wanted() {
        return Ok(Json::Null);
    }
    budget.take(text.len())?;
    Ok(Json::text(text))
}

/// Bytes that nobody reads: `{base64}`.
fn bytes(body: &[u8], wanted: &Projection, budget: &mut Budget) -> Result<Json, BodyFault> {
    if !wanted.member("base64").is_wanted() {
        return Ok(Json::object([]));
    }
    budget.take(base64_size(body))?;
    Ok(Json::object([("base64", Json::from(STANDARD.encode(body)))]))
}

/// Bytes of their base64 text.
const fn base64_size(bytes: &[u8]) -> usize {
    bytes.len().div_ceil(3) * 4
}

/// The encoding of a label that a sender names (WHATWG Encoding, 4.2); `None` where it names none of ours. What the
/// standard replaces by an error (`hz-gb-2312`, …) is none.
fn encoding(label: &[u8]) -> Option<&'static Encoding> {
    Encoding::for_label_no_replacement(label)
}
