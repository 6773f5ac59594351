//! `multipart/form-data` (RFC 7578, RFC 2046 5.1): fields as text, files as `{filename, contentType, size, base64}`, a
//! repeated name a list, in their order.
//!
//! A part with a file name is a file; any other is a field, unless its bytes are no text in its charset: then it is a
//! file without a name. Nothing is written anywhere, and a file's name is a name alone: a path is refused.

mod head;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::UTF_8;
use memchr::memmem::Finder;

use super::fault::MultipartFault;
use super::media::MediaType;
use super::{BodyFault, base64_size, charset};
use crate::json::{Budget, Json, Members, Projection};
use crate::limits::{MULTIPART_HEAD_SIZE, MULTIPART_PARTS};
use head::Head;

/// Bytes of a boundary (RFC 2046, 5.1.1).
const BOUNDARY_SIZE: usize = 70;

/// The type of a part that says none (RFC 7578, 4.4).
const PLAIN: &str = "text/plain";

/// Reads the parts. Those that nobody wants are checked, and left out.
pub(super) fn read(
    body: &[u8],
    media: &MediaType,
    wanted: &Projection,
    budget: &mut Budget,
) -> Result<Json, BodyFault> {
    budget.value()?;
    let mut members = Members::default();
    for part in parts(body, boundary(media)?).map_err(BodyFault::Multipart)? {
        let (head, content) = split(part).map_err(BodyFault::Multipart)?;
        let head = Head::read(head).map_err(BodyFault::Multipart)?;
        // Of a part that nobody wants too: what is accepted does not depend on that.
        let media = head.content_type.as_deref().map(MediaType::parse).transpose();
        let media = media.map_err(|_| BodyFault::Multipart(MultipartFault::Head))?;
        budget.value()?;
        let wanted = wanted.member(&head.name);
        if wanted.is_wanted() {
            let part = Part { head: &head, media, content };
            let value = value(&part, wanted, budget)?;
            members.add(&head.name, value, budget)?;
        }
    }
    Ok(members.into_json())
}

fn boundary(media: &MediaType) -> Result<&str, BodyFault> {
    let is_boundary = |text: &&str| {
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&byte);
        (1..=BOUNDARY_SIZE).contains(&text.len()) && text.bytes().all(legal) && !text.ends_with(' ')
    };
    media.parameter("boundary").filter(is_boundary).ok_or(BodyFault::Parameters)
}

/// What stands between the delimiters. Before the first and behind the last nothing counts (RFC 2046, 5.1.1).
fn parts<'b>(body: &'b [u8], boundary: &str) -> Result<Vec<&'b [u8]>, MultipartFault> {
    let line = format!("\r\n--{boundary}");
    let delimiter = Finder::new(&line);
    let mut rest = match body.strip_prefix(line.trim_start().as_bytes()) {
        Some(rest) => rest,
        None => behind(body, &delimiter)?.1,
    };
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        if parts.len() == MULTIPART_PARTS {
            return Err(MultipartFault::TooManyParts);
        }
        let padding = rest.iter().take_while(|byte| [b' ', b'\t'].contains(byte)).count();
        let content = rest.get(padding..).and_then(|rest| rest.strip_prefix(b"\r\n"));
        let (part, after) = behind(content.ok_or(MultipartFault::Delimiter)?, &delimiter)?;
        parts.push(part);
        rest = after;
    }
    Ok(parts)
}

/// What stands before the next delimiter, and behind it.
fn behind<'b>(text: &'b [u8], delimiter: &Finder<'_>) -> Result<(&'b [u8], &'b [u8]), MultipartFault> {
    let at = delimiter.find(text).ok_or(MultipartFault::Delimiter)?;
    let (before, rest) = text.split_at(at);
    Ok((before, rest.get(delimiter.needle().len()..).unwrap_or_default()))
}

/// A part that somebody wants.
struct Part<'p> {
    head: &'p Head,
    media: Option<MediaType>,
    content: &'p [u8],
}

/// Head and content of a part; without an empty line there is no content. One that begins with an empty line has no head,
/// and what looks like one is content (RFC 2046, 5.1).
fn split(part: &[u8]) -> Result<(&[u8], &[u8]), MultipartFault> {
    if let Some(content) = part.strip_prefix(b"\r\n") {
        return Ok((&[], content));
    }
    let end = charset::find(part.get(..part.len().min(MULTIPART_HEAD_SIZE + 4)).unwrap_or_default(), b"\r\n\r\n");
    let (head, content) = match end {
        Some(end) => (part.get(..end), part.get(end + 4..)),
        None => (Some(part.strip_suffix(b"\r\n").unwrap_or(part)), None),
    };
    let head = head.unwrap_or_default();
    if head.len() > MULTIPART_HEAD_SIZE {
        return Err(MultipartFault::HeadTooLarge);
    }
    Ok((head, content.unwrap_or_default()))
}

fn value(part: &Part<'_>, wanted: &Projection, budget: &mut Budget) -> Result<Json, BodyFault> {
    let Part { head, media, content } = part;
    let text = || {
        let encoding = media.as_ref().map_or(Ok(None), charset::declared).ok()?.unwrap_or(UTF_8);
        charset::text(content, Some(encoding)).ok()
    };
    match text().filter(|_| head.file_name.is_none()) {
        Some(text) => {
            budget.take(text.len())?;
            Ok(Json::text(&text))
        }
        None => file(head, content, wanted, budget),
    }
}

fn file(head: &Head, content: &[u8], wanted: &Projection, budget: &mut Budget) -> Result<Json, BodyFault> {
    let base64 = |budget: &mut Budget| {
        budget.take(base64_size(content))?;
        Ok::<_, BodyFault>(Json::from(STANDARD.encode(content)))
    };
    let size = u64::try_from(content.len()).unwrap_or(u64::MAX);
    let mut members = Members::default();
    for name in ["filename", "contentType", "size", "base64"] {
        budget.value()?;
        if !wanted.member(name).is_wanted() {
            continue;
        }
        let value = match name {
            "filename" => head.file_name.as_deref().map_or(Json::Null, Json::text),
            "contentType" => Json::text(head.content_type.as_deref().unwrap_or(PLAIN)),
            "size" => Json::from(size),
            _ => base64(budget)?,
        };
        members.add(name, value, budget)?;
    }
    Ok(members.into_json())
}
