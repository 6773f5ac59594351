//! A kept request as a record shows it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header;
use sha2::{Digest as _, Sha256};

use super::build::Delivery;
use super::redact::{Hidden, Redaction};
use super::shown::shown;
use super::spec::Request;
use crate::envelope::{Envelope, Parts, REDACTED, Wanted};
use crate::json::{Json, Projection};
use crate::template::text_of;

/// A request whose hidden values are hidden, and `$context` that it stands for.
pub(super) struct Opened {
    pub(super) request: Request,
    /// Without what is hidden.
    pub(super) context: Json,
}

/// Opens a request; what is hidden of it is noted.
pub(super) fn open(delivery: &Delivery, redaction: &Redaction, hidden: &mut Hidden) -> Opened {
    let Delivery { envelope, body, body_sha256 } = delivery;
    let raw = body.clone().unwrap_or_default();
    let data = envelope.data(&raw, &Projection::All).unwrap_or_else(|_| unread(&raw, redaction));
    let context = Wanted::all().context(&Parts { envelope, body: &raw, data: &data });
    let context = redaction.apply(context, hidden);
    let sha256 = body.as_deref().map(|body| Sha256::digest(body).into()).or(*body_sha256);
    Opened { request: request(envelope, &context, sha256.map(hex), hidden), context }
}

fn request(envelope: &Envelope, context: &Json, body_sha256: Option<String>, hidden: &Hidden) -> Request {
    let member = |name| context.get([name]).cloned().unwrap_or_default();
    let text = |name| member(name).as_str().map(str::to_owned);
    let body = shown(member("data"), hidden);
    let Some(sent) = envelope.request() else { return Request { body, body_sha256, ..Request::default() } };
    let content_type = sent.headers.get(header::CONTENT_TYPE);
    Request {
        method: text("method"),
        path: text("path"),
        headers: headers(&member("headers")),
        query: Some(member("query"))
            .filter(|query| query.as_object().is_none_or(|query| !query.is_empty()))
            .unwrap_or_default(),
        event: text("event"),
        delivery_id: text("deliveryID"),
        content_type: content_type.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
        body,
        body_sha256,
    }
}

fn headers(fields: &Json) -> BTreeMap<String, String> {
    let fields = fields.as_object().into_iter().flatten();
    fields.map(|(name, value)| (name.to_string(), text_of(value))).collect()
}

/// A body that is no JSON. Paths lead nowhere in it, so where they are to hide something all of it is hidden.
fn unread(body: &Bytes, redaction: &Redaction) -> Json {
    if redaction.hides_data() {
        return Json::text(REDACTED);
    }
    match str::from_utf8(body) {
        Ok(text) => Json::text(text),
        Err(_) => Json::object([("base64", Json::from(STANDARD.encode(body)))]),
    }
}

fn hex(hash: [u8; 32]) -> String {
    hash.iter().fold(String::with_capacity(64), |hex, byte| hex + &format!("{byte:02x}"))
}
