//! A verified request becomes an envelope and a body. Nothing behind this point sees a credential.

use std::sync::Arc;

use bytes::Bytes;

use super::{Envelope, Request, Source, redact, short};
use crate::body::CloudEvent;
use crate::http_step::Origin;
use crate::json::Json;
use crate::request::{Identity, RawRequest, Verified};
use crate::verify::Verifier;

impl Envelope {
    /// Seals a request. What its sender's preset does not say, a CloudEvent says of itself. `data` is the parsed body, or
    /// at least [`Verifier::body_paths`] of it.
    pub fn seal(sender: Verified, request_id: Arc<str>, verifier: &Verifier, data: &Json) -> (Self, Bytes) {
        let said = CloudEvent::of(&sender.request().headers, data);
        let event = verifier.event(&sender, data).or_else(|| said.as_ref().map(|event| event.kind.clone()));
        let delivery_id = verifier.delivery_id(&sender, data).map(|delivery| delivery.id);
        let delivery_id = delivery_id.or_else(|| said.map(|event| event.id));
        let signature = verifier.signature(&sender).map(str::to_owned);
        let (mut raw, identity) = sender.into_parts();
        let body = std::mem::take(&mut raw.body);
        let mut envelope = Self::of(raw, request_id, verifier);
        if let Source::Request(request) = &mut envelope.source {
            request.identity = identity;
            request.event = event;
            request.delivery_id = delivery_id;
            request.signature = signature;
        }
        (envelope, body)
    }

    /// A request of which nothing is believed, for the record of its refusal.
    pub fn sketch(raw: RawRequest, request_id: Arc<str>, verifier: &Verifier) -> Self {
        let mut envelope = Self::of(raw, request_id, verifier);
        if let Source::Request(request) = &mut envelope.source {
            redact::unverified(&mut request.headers);
            short::shorten(request);
        }
        envelope
    }

    fn of(raw: RawRequest, request_id: Arc<str>, verifier: &Verifier) -> Self {
        let RawRequest { method, path, query, mut headers, params, client, received_at, url, .. } = raw;
        let origin = Origin::of(&headers);
        redact::headers(&mut headers, verifier);
        let query = query.map(|query| redact::query(query, verifier));
        let url = called(&url, query.as_deref());
        let identity = Identity { scheme: String::new(), key: None, subject: None };
        let client = client.to_canonical();
        let request = Request {
            method: method.to_string(),
            path,
            query,
            headers,
            params,
            client,
            url,
            identity,
            event: None,
            delivery_id: None,
            signature: None,
        };
        let source = Source::Request(Box::new(request));
        Self { request_id, received_at, origin, deduplication_key: None, source }
    }
}

/// The URL with this query.
fn called(url: &str, query: Option<&str>) -> String {
    let base = url.split('?').next().unwrap_or_default();
    query.map_or_else(|| base.to_owned(), |query| format!("{base}?{query}"))
}
