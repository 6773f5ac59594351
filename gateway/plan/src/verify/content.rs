//! The signed bytes: a template over the request's parts, each put in once, as bytes, and never looked at again.

use std::borrow::Cow;

use http::HeaderName;

use crate::request::RawRequest;

use super::fault::FormFault;
use super::field;

/// Bytes of a template's text.
const TEMPLATE_SIZE: usize = 1_024;

/// A compiled template.
#[derive(Clone, Debug)]
pub(super) struct Content {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    Slot(Slot),
}

/// What a placeholder stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Body,
    Timestamp,
    Id,
    Header(HeaderName),
    Query(String),
    Url,
    Path,
    Method,
    Secret,
}

/// One piece of the signed bytes.
#[derive(Clone, Debug)]
pub(super) enum Chunk<'a> {
    /// The same for every key.
    Bytes(Cow<'a, [u8]>),
    /// The key that is tried.
    Secret,
}

/// What the template needs beside the request itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inputs<'a> {
    /// The signing time as written.
    pub(super) timestamp: Option<&'a [u8]>,
    /// The field that carries the id.
    pub(super) id: Option<&'a HeaderName>,
    /// The URL that was signed.
    pub(super) url: &'a str,
}

/// Why a request has no signed bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unsigned {
    /// A part is not there.
    Missing,
    /// A part is there twice, or would move the boundary to its neighbour.
    Ambiguous,
}

impl Content {
    /// Compiles `{body}`, `{timestamp}.{body}` and the like. A brace is always a placeholder's.
    pub(super) fn parse(template: &str) -> Result<Self, FormFault> {
        if template.is_empty() || template.len() > TEMPLATE_SIZE {
            return Err(FormFault::ContentLength(TEMPLATE_SIZE));
        }
        let mut parts = Vec::new();
        let mut rest = template;
        while let Some((literal, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or_else(|| FormFault::Placeholder(after.to_owned()))?;
            parts.extend(Part::literal(literal)?);
            parts.push(Part::Slot(Slot::parse(name)?));
            rest = after;
        }
        parts.extend(Part::literal(rest)?);
        Ok(Self { parts })
    }

    /// Whether the template has this placeholder.
    pub(super) fn has(&self, slot: &Slot) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Slot(known) if known == slot))
    }

    /// The signed bytes of a request, in pieces.
    pub(super) fn chunks<'a>(
        &'a self,
        request: &'a RawRequest,
        inputs: Inputs<'a>,
    ) -> Result<Vec<Chunk<'a>>, Unsigned> {
        self.parts
            .iter()
            .enumerate()
            .map(|(at, part)| match part {
                Part::Literal(text) => Ok(Chunk::Bytes(Cow::Borrowed(text.as_bytes()))),
                Part::Slot(Slot::Secret) => Ok(Chunk::Secret),
                Part::Slot(slot) => {
                    let bytes = slot.bytes(request, inputs)?;
                    let moves = slot.is_free_text() && self.moves_a_boundary(at, &bytes);
                    if moves { Err(Unsigned::Ambiguous) } else { Ok(Chunk::Bytes(bytes)) }
                }
            })
            .collect()
    }

    /// Whether a literal beside part `at`, with another part behind it, could be found at a second place when these
    /// bytes are the part: the same signed bytes could then be cut there. A literal such as `--` is found at a second
    /// place also when the part ends in `-`.
    fn moves_a_boundary(&self, at: usize, bytes: &[u8]) -> bool {
        let before = at.checked_sub(2).and_then(|_| self.literal(at - 1));
        let after = self.parts.get(at + 2).and_then(|_| self.literal(at + 1));
        before.is_some_and(|text| is_repeated(text, &[text, bytes].concat()))
            || after.is_some_and(|text| is_repeated(text, &[bytes, text].concat()))
    }

    fn literal(&self, at: usize) -> Option<&[u8]> {
        match self.parts.get(at)? {
            Part::Literal(text) => Some(text.as_bytes()),
            Part::Slot(_) => None,
        }
    }
}

impl Part {
    fn literal(text: &str) -> Result<Option<Self>, FormFault> {
        if text.contains('}') {
            return Err(FormFault::Placeholder(text.to_owned()));
        }
        Ok((!text.is_empty()).then(|| Self::Literal(text.to_owned())))
    }
}

impl Slot {
    fn parse(name: &str) -> Result<Self, FormFault> {
        let unknown = || FormFault::Placeholder(name.to_owned());
        match name.split_once('.') {
            None => match name {
                "body" => Ok(Self::Body),
                "timestamp" => Ok(Self::Timestamp),
                "id" => Ok(Self::Id),
                "url" => Ok(Self::Url),
                "path" => Ok(Self::Path),
                "method" => Ok(Self::Method),
                "secret" => Ok(Self::Secret),
                _ => Err(unknown()),
            },
            Some(("header", field)) => {
                HeaderName::from_bytes(field.as_bytes()).map(Self::Header).map_err(|_| unknown())
            }
            Some(("query", parameter)) if !parameter.is_empty() => Ok(Self::Query(parameter.to_owned())),
            Some(_) => Err(unknown()),
        }
    }

    /// Whether a sender of another request could have put any text here. Times are digits; method, path and URL are the
    /// ones that this very request came with; the body is the rest.
    fn is_free_text(&self) -> bool {
        match self {
            Self::Id | Self::Header(_) | Self::Query(_) => true,
            Self::Body | Self::Timestamp | Self::Url | Self::Path | Self::Method | Self::Secret => false,
        }
    }

    fn bytes<'a>(&self, request: &'a RawRequest, inputs: Inputs<'a>) -> Result<Cow<'a, [u8]>, Unsigned> {
        let borrowed = match self {
            Self::Body => Some(&*request.body),
            Self::Timestamp => inputs.timestamp,
            Self::Id => inputs.id.map_or(Ok(None), |name| field::header(&request.headers, name))?,
            Self::Header(name) => field::header(&request.headers, name)?,
            Self::Query(name) => {
                return field::query(request.query.as_deref(), name)?.ok_or(Unsigned::Missing);
            }
            Self::Url => Some(inputs.url.as_bytes()),
            Self::Path => Some(request.path.as_bytes()),
            Self::Method => Some(request.method.as_str().as_bytes()),
            Self::Secret => None,
        };
        borrowed.map(Cow::Borrowed).ok_or(Unsigned::Missing)
    }
}

impl From<field::Repeated> for Unsigned {
    fn from(field::Repeated: field::Repeated) -> Self {
        Self::Ambiguous
    }
}

fn is_repeated(text: &[u8], bytes: &[u8]) -> bool {
    bytes.windows(text.len()).filter(|window| *window == text).nth(1).is_some()
}
