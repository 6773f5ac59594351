//! A verified request becomes an envelope and a body. Nothing behind this point sees a credential.

use std::sync::Arc;

use bytes::Bytes;

use super::{Envelope, Request, Source, redact};
use crate::http_step::Origin;
use crate::json::Json;
use crate::request::{RawRequest, Verified};
use crate::verify::Verifier;

impl Envelope {
    /// Seals a request. `data` is the parsed body, or at least [`Verifier::body_paths`] of it.
    pub fn seal(sender: Verified, request_id: Arc<str>, verifier: &Verifier, data: &Json) -> (Self, Bytes) {
        let event = verifier.event(&sender, data);
        let delivery_id = verifier.delivery_id(&sender, data).map(|delivery| delivery.id);
        let signature = verifier.signature(&sender).map(str::to_owned);
        let (RawRequest { method, path, query, mut headers, body, params, client, received_at, url }, identity) =
            sender.into_parts();
        let origin = Origin::of(&headers);
        redact::headers(&mut headers, verifier);
        let query = query.map(|query| redact::query(query, verifier));
        let request = Request {
            url: called(&url, query.as_deref()),
            method: method.to_string(),
            client: client.to_canonical(),
            path,
            query,
            headers,
            params,
            identity,
            event,
            delivery_id,
            signature,
        };
        let source = Source::Request(Box::new(request));
        (Self { request_id, received_at, origin, deduplication_key: None, source }, body)
    }
}

/// The URL with this query.
fn called(url: &str, query: Option<&str>) -> String {
    let base = url.split('?').next().unwrap_or_default();
    query.map_or_else(|| base.to_owned(), |query| format!("{base}?{query}"))
}
