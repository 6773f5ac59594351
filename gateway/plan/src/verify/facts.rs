//! What a preset's row says of a verified request: its event, its delivery id, and whether it is a handshake.

use http::StatusCode;

use crate::json::Json;
use crate::reply::Reply;
use crate::request::RawRequest;

use super::extract::{self, UNVERIFIED_SIZE};
use super::preset::{Handshake, HandshakeAnswer, Place};

/// The sender's own id of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryId {
    /// The id.
    pub id: String,
    /// Whether the signature covers it: an unsigned id can be changed on the way.
    pub signed: bool,
}

/// The text at a place: a single header field, or a string or whole number of the parsed body. Empty is not there.
pub(super) fn text(place: Place, request: &RawRequest, data: &Json) -> Option<String> {
    let text = match place {
        Place::Header(name) => header(request, name),
        Place::Body(path) => data.get(path.iter().copied()).and_then(scalar),
    };
    text.filter(|text| !text.is_empty())
}

/// The answer to the handshake, where the request is one. Its body is not parsed yet: the bounded extractor reads it.
pub(super) fn answer(handshake: &Handshake, request: &RawRequest) -> Option<Reply> {
    let raw = |place| match place {
        Place::Header(name) => header(request, name),
        Place::Body(path) if request.body.len() <= UNVERIFIED_SIZE => extract::scalar(&request.body, path),
        Place::Body(_) => None,
    };
    if request.method != handshake.method || raw(handshake.place).as_deref() != Some(handshake.value) {
        return None;
    }
    match handshake.answer {
        HandshakeAnswer::Json(text) => Some(Reply::json(StatusCode::OK, &json(text))),
        HandshakeAnswer::Echo(place) => raw(place).map(|text| Reply::text(StatusCode::OK, text)),
    }
}

fn json(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_default()
}

fn header(request: &RawRequest, name: &str) -> Option<String> {
    let mut values = request.headers.get_all(name).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    value.to_str().ok().map(str::to_owned)
}

fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some((**text).to_owned()),
        Json::Number(_) => Some(value.to_string()),
        Json::Null | Json::Bool(_) | Json::Bytes(_) | Json::Array(_) | Json::Object(_) => None,
    }
}
