//! What is kept of a delivery: the request as it was, but for the credentials in it, or the call of another workflow.
//!
//! `$context` is built from an envelope and the body's bytes alone, so that the first run, a resumed one and a replay
//! see the same values. The body is not part of it: the store keeps bytes as bytes.

mod context;
mod fields;
mod redact;
mod seal;
mod short;
#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::sync::Arc;

use http::HeaderMap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::body::{self, BodyFault, Bounds, Content};
use crate::http_step::Origin;
use crate::json::{self, Json, Projection};
use crate::limits::CODING_WINDOW;
use crate::machine::Place;
use crate::request::Identity;

pub use context::Wanted;
pub(crate) use context::{Parts, item};
pub use redact::REDACTED;

/// The head of a delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// The request's id; of a call, the child's execution id.
    #[serde(rename = "requestID")]
    pub request_id: Arc<str>,
    /// When the head of the request had arrived, or the call was made.
    pub received_at: Timestamp,
    /// Which chain of requests it is part of.
    pub origin: Origin,
    /// The deduplication key, where the delivery has one.
    pub deduplication_key: Option<Arc<str>>,
    /// Where it comes from.
    pub source: Source,
}

/// Where a delivery comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    /// A verified request.
    Request(Box<Request>),
    /// A `call` step; the body is its input as JSON.
    Call(Call),
}

/// What is kept of a verified request, beside its body. Credentials stand as `[redacted]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// As sent.
    pub method: String,
    /// The raw path, not decoded.
    pub path: String,
    /// The raw query, without `?`.
    pub query: Option<String>,
    /// Every field in its order. Written as pairs of text; bytes that are not UTF-8 do not survive that.
    #[serde(with = "fields")]
    pub headers: HeaderMap,
    /// What the path pattern's names matched.
    pub params: Vec<(String, String)>,
    /// The client's address.
    pub client: IpAddr,
    /// The URL that the sender called.
    pub url: String,
    /// Who sent it.
    pub identity: Identity,
    /// What the preset says happened.
    pub event: Option<String>,
    /// The sender's own id of the delivery.
    #[serde(rename = "deliveryID")]
    pub delivery_id: Option<String>,
    /// The field that carried the signature.
    pub signature: Option<String>,
}

/// Who called.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// The execution whose step it is.
    pub parent: Uuid,
    /// The step.
    pub place: Place,
    /// How many calls led here, this one included.
    pub depth: u32,
    /// What the idempotency keys of the run derive from: equal on each attempt of the step.
    pub seed: Uuid,
}

impl Envelope {
    /// What the body holds, as far as it is wanted. It was accepted, so it is what its type says.
    pub(crate) fn data(&self, body: &[u8], wanted: &Projection) -> Result<Json, BodyFault> {
        self.content(body, wanted, Bounds::ACCEPTED.room).map(|content| content.data)
    }

    /// The same, where its values take at most so many bytes of memory.
    pub(crate) fn content(&self, body: &[u8], wanted: &Projection, room: usize) -> Result<Content, BodyFault> {
        match &self.source {
            Source::Request(request) => body::read(&request.headers, body, wanted, Bounds { room, ..Bounds::ACCEPTED }),
            Source::Call(_) => {
                let (data, size) = json::read_sized(body, wanted, room)?;
                Ok(Content { data, size })
            }
        }
    }

    /// Bytes of memory that the values of a body may take at the first try to read it again, enough for all but the
    /// strangest; and bytes that reading it takes beside them.
    pub fn room(&self, body: &[u8]) -> (usize, usize) {
        if !self.request().is_some_and(|request| body::is_coded(&request.headers)) {
            return (body::common_room(body.len()), 0);
        }
        let text = body::most_decoded(body.len());
        (body::common_room(text), text.saturating_add(CODING_WINDOW))
    }

    /// The request, where it is one.
    pub fn request(&self) -> Option<&Request> {
        match &self.source {
            Source::Request(request) => Some(request),
            Source::Call(_) => None,
        }
    }

    /// The call, where it is one.
    pub fn call(&self) -> Option<&Call> {
        match &self.source {
            Source::Call(call) => Some(call),
            Source::Request(_) => None,
        }
    }
}
