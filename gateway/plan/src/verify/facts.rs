//! What a preset's row says of a verified request: its event and its delivery id.

use crate::json::Json;
use crate::request::RawRequest;

use super::extract::{self, UNVERIFIED_SIZE};
use super::field;
use super::preset::Place;

/// The sender's own id of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryId {
    /// The id.
    pub id: String,
    /// Whether the signature covers it: an unsigned id can be changed on the way.
    pub signed: bool,
}

/// The text at a place: a single header field or query parameter, or a string or whole number of the parsed body. Empty is
/// not there.
pub(super) fn text(place: Place, request: &RawRequest, data: &Json) -> Option<String> {
    let text = match place {
        Place::Header(name) => header(request, name),
        Place::Query(name) => query(request, name),
        Place::Body(path) => data.get(path.iter().copied()).and_then(scalar),
    };
    text.filter(|text| !text.is_empty())
}

/// The text at a place of a request whose body is not parsed yet: the bounded extractor reads it.
pub(super) fn raw(place: Place, request: &RawRequest) -> Option<String> {
    match place {
        Place::Header(name) => header(request, name),
        Place::Query(name) => query(request, name),
        Place::Body(path) if request.body.len() <= UNVERIFIED_SIZE => extract::scalar(&request.body, path),
        Place::Body(_) => None,
    }
}

pub(super) fn header(request: &RawRequest, name: &str) -> Option<String> {
    let mut values = request.headers.get_all(name).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    value.to_str().ok().map(str::to_owned)
}

fn query(request: &RawRequest, name: &str) -> Option<String> {
    let value = field::query(request.query.as_deref(), name).ok().flatten()?;
    String::from_utf8(value.into_owned()).ok()
}

fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some((**text).to_owned()),
        Json::Number(_) => Some(value.to_string()),
        Json::Null | Json::Bool(_) | Json::Bytes(_) | Json::Array(_) | Json::Object(_) => None,
    }
}
