//! `cloudEvent`: a CloudEvent 1.0 in binary mode, its id the idempotency key.
//!
//! Source: <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md>, section 3.1.

use std::fmt::Write as _;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

use super::Content;
use crate::http_step::CallFacts;
use crate::http_step::compile::{Compiler, Refused};
use crate::http_step::headers::value;
use crate::http_step::slot::{JsonSlot, Slot, invalid};
use crate::plan::CloudEvent;
use crate::reason::StepFailure;
use crate::scope::Scope;

/// The fields it sets.
pub(in crate::http_step) const NAMES: [&str; 5] = ["ce-specversion", "ce-id", "ce-type", "ce-source", "ce-subject"];

/// A compiled event.
#[derive(Clone, Debug)]
pub(in crate::http_step) struct Event {
    type_: Slot,
    source: Slot,
    subject: Option<Slot>,
    data: Option<JsonSlot>,
}

impl Event {
    pub(super) fn compile(compiler: &mut Compiler, event: &CloudEvent) -> Result<Self, Refused> {
        let type_ = compiler.slot("cloudEvent.type", &event.type_);
        let source = compiler.slot("cloudEvent.source", &event.source);
        let subject = event.subject.as_ref().map(|text| compiler.slot("cloudEvent.subject", text)).transpose();
        let data = event.data.as_ref().map(|value| compiler.json("cloudEvent.data", value)).transpose();
        Ok(Self { type_: type_?, source: source?, subject: subject?, data: data? })
    }

    pub(super) fn render(&self, scope: &Scope, facts: &CallFacts) -> Result<Content, StepFailure> {
        let mut headers = HeaderMap::new();
        headers.insert("ce-specversion", HeaderValue::from_static("1.0"));
        headers.insert("ce-id", value("cloudEvent", &encoded(&facts.idempotency_key), false)?);
        attribute(&mut headers, HeaderName::from_static("ce-type"), &self.type_, scope)?;
        attribute(&mut headers, HeaderName::from_static("ce-source"), &self.source, scope)?;
        if let Some(subject) = &self.subject {
            attribute(&mut headers, HeaderName::from_static("ce-subject"), subject, scope)?;
        }
        let Some(data) = &self.data else { return Ok(Content { headers, bytes: Bytes::new() }) };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(Content { headers, bytes: data.value(scope)?.to_string().into() })
    }

    pub(super) fn is_secret(&self) -> bool {
        let slots = [Some(&self.type_), Some(&self.source), self.subject.as_ref()];
        slots.into_iter().flatten().any(Slot::is_secret) || self.data.as_ref().is_some_and(JsonSlot::is_secret)
    }
}

/// An attribute; the specification allows none to be empty.
fn attribute(headers: &mut HeaderMap, name: HeaderName, slot: &Slot, scope: &Scope) -> Result<(), StepFailure> {
    let text = slot.text(scope)?;
    if text.is_empty() {
        return Err(invalid(&slot.field, "must not be empty"));
    }
    headers.insert(name, value(&slot.field, &encoded(&text), slot.is_secret())?);
    Ok(())
}

/// Section 3.1.3.2: space, quotation mark, percent and everything but visible ASCII are percent-encoded.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && byte != b'"' && byte != b'%' {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
