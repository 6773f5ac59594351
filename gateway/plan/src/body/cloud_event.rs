//! CloudEvents 1.0 over HTTP: whether a request is an event, and what it says of itself.
//!
//! Structured and batched events are their JSON (JSON event format, 3 and 4); of one in binary mode the fields `ce-…` are
//! the attributes and the body is the data (HTTP protocol binding, 3.1). All must have what an event must have.

use std::borrow::Cow;

use http::{HeaderMap, header};
use percent_encoding::percent_decode;

use super::{Kind, MediaType};
use crate::json::{Json, Projection};

/// Attributes that every event has (CloudEvents, 3.1).
const REQUIRED: [&str; 4] = ["specversion", "id", "source", "type"];

/// The field that makes a request an event in binary mode.
const BINARY: &str = "ce-specversion";

/// How the types of structured and batched events begin.
const STRUCTURED: &[u8] = b"application/cloudevents";

/// The only version.
const VERSION: &str = "1.0";

/// What is wrong with an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CloudEventFault {
    /// An attribute is missing, empty or no text.
    #[error("the event has no {0}, or it is no text")]
    Attribute(&'static str),
    /// Another version means other things by the same words.
    #[error("the event's specversion is not {VERSION}")]
    Version,
    /// A batch is a list of events.
    #[error("the batch is not a list of events")]
    Batch,
}

/// What an event says of itself, in whichever mode it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudEvent {
    /// `type`
    pub kind: String,
    /// `id`: unique at its source.
    pub id: String,
}

impl CloudEvent {
    /// The event that a request is; none where it is none, or a batch. `data` is the parsed body, or at least the
    /// attributes of a structured one.
    pub fn of(headers: &HeaderMap, data: &Json) -> Option<Self> {
        let kind = structured(headers);
        if kind == Some(Kind::CloudEvent) {
            let text = |name| data.get([name])?.as_str().map(str::to_owned);
            return Some(Self { kind: text("type")?, id: text("id")? });
        }
        if kind.is_some() || !headers.contains_key(BINARY) {
            return None;
        }
        Some(Self { kind: field(headers, "ce-type")?, id: field(headers, "ce-id")? })
    }
}

/// How a body holds its events, where it does.
fn structured(headers: &HeaderMap) -> Option<Kind> {
    let text = headers.get(header::CONTENT_TYPE)?.as_bytes();
    let may_be = text.get(..STRUCTURED.len()).is_some_and(|start| start.eq_ignore_ascii_case(STRUCTURED));
    let kind = may_be.then(|| MediaType::of(headers).ok()).flatten().map(|media| Kind::of(&media));
    kind.filter(|kind| kind.is_event())
}

/// What is wanted of a structured event, and what is checked of it.
pub(super) fn with_attributes(wanted: &Projection) -> Projection {
    let mut all = wanted.clone();
    for name in REQUIRED {
        all.add([name]);
    }
    all
}

/// An event in binary mode has its attributes in fields. A request without the version's field is no event.
pub(super) fn check_binary(headers: &HeaderMap) -> Result<(), CloudEventFault> {
    if !headers.contains_key(BINARY) {
        return Ok(());
    }
    require(|name| field(headers, &format!("ce-{name}")))
}

/// A request without a body: an event in binary mode has no data then; a type that says that the body is one lies.
pub(super) fn check_empty(headers: &HeaderMap) -> Result<(), CloudEventFault> {
    match structured(headers) {
        Some(Kind::CloudEventBatch) => Err(CloudEventFault::Batch),
        Some(_) => Err(CloudEventFault::Attribute("specversion")),
        None => check_binary(headers),
    }
}

/// A structured event.
pub(super) fn check(event: &Json) -> Result<(), CloudEventFault> {
    require(|name| event.get([name])?.as_str().map(str::to_owned))
}

/// A batch of them; an empty one is a batch.
pub(super) fn check_batch(events: &Json) -> Result<(), CloudEventFault> {
    events.as_array().ok_or(CloudEventFault::Batch)?.iter().try_for_each(check)
}

fn require(attribute: impl Fn(&'static str) -> Option<String>) -> Result<(), CloudEventFault> {
    let value = |name| attribute(name).filter(|text| !text.is_empty()).ok_or(CloudEventFault::Attribute(name));
    for name in REQUIRED {
        if value(name)? != VERSION && name == "specversion" {
            return Err(CloudEventFault::Version);
        }
    }
    Ok(())
}

/// An attribute's text, unquoted and then decoded (HTTP protocol binding, 3.1.3.2); a field that stands twice has none.
fn field(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut values = headers.get_all(name).iter();
    let (Some(only), None) = (values.next(), values.next()) else { return None };
    percent_decode(&unquoted(only.as_bytes())?).decode_utf8().ok().map(Cow::into_owned)
}

/// What a quoted string means (RFC 9110, 5.6.4), and any other value as it is; `None` of a string that does not end where
/// the value does.
fn unquoted(value: &[u8]) -> Option<Cow<'_, [u8]>> {
    let Some(quoted) = value.strip_prefix(b"\"") else { return Some(Cow::Borrowed(value)) };
    let mut text = Vec::with_capacity(quoted.len());
    let mut bytes = quoted.iter();
    loop {
        match bytes.next()? {
            b'"' => return bytes.as_slice().is_empty().then_some(Cow::Owned(text)),
            b'\\' => text.push(*bytes.next()?),
            other => text.push(*other),
        }
    }
}
