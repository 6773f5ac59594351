//! The body of a request, with the fields that describe it. Each kind is a row of the match and a file where it needs one.

mod cloud_event;
mod form;
mod multipart;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

use self::cloud_event::Event;
pub(super) use self::cloud_event::NAMES as EVENT_NAMES;
use self::form::Form;
use self::multipart::Multipart;
use super::CallFacts;
use super::compile::{Compiler, Refused};
use super::slot::{JsonSlot, Slot, invalid};
use crate::limits::OUTBOUND_BODY_SIZE;
use crate::plan::HttpBody;
use crate::reason::{StepFailure, StepReason};
use crate::scope::Scope;

/// A compiled body.
#[derive(Clone, Debug)]
pub(super) enum Body {
    Json(JsonSlot),
    Text(Slot),
    Form(Form),
    Multipart(Multipart),
    Base64(Slot),
    CloudEvent(Box<Event>),
}

/// Bytes, and the fields that describe them.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) headers: HeaderMap,
    pub(super) bytes: Bytes,
}

impl Content {
    fn typed(content_type: &'static str, bytes: impl Into<Bytes>) -> Self {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(content_type))]);
        Self { headers, bytes: bytes.into() }
    }
}

impl Body {
    /// Compiles one body.
    pub(super) fn compile(compiler: &mut Compiler, body: &HttpBody) -> Result<Self, Refused> {
        match body {
            HttpBody::Json(value) => compiler.json("json", value).map(Self::Json),
            HttpBody::Text(text) => compiler.slot("text", text).map(Self::Text),
            HttpBody::Form(fields) => Form::compile(compiler, fields).map(Self::Form),
            HttpBody::Multipart(parts) => Multipart::compile(compiler, parts).map(Self::Multipart),
            HttpBody::Base64(text) => compiler.slot("base64", text).map(Self::Base64),
            HttpBody::CloudEvent(event) => {
                Event::compile(compiler, event).map(|event| Self::CloudEvent(Box::new(event)))
            }
        }
    }

    /// The bytes with the values of `scope`.
    pub(super) fn render(&self, scope: &Scope, facts: &CallFacts) -> Result<Content, StepFailure> {
        let content = match self {
            Self::Json(slot) => Content::typed("application/json", slot.value(scope)?.to_string()),
            Self::Text(slot) => Content::typed("text/plain; charset=utf-8", slot.text(scope)?),
            Self::Form(form) => Content::typed("application/x-www-form-urlencoded", form.render(scope)?),
            Self::Multipart(parts) => parts.render(scope, facts)?,
            Self::Base64(slot) => Content::typed("application/octet-stream", decoded(slot, scope)?),
            Self::CloudEvent(event) => event.render(scope, facts)?,
        };
        fits(content.bytes.len())?;
        Ok(content)
    }

    /// Whether a secret goes into it.
    pub(super) fn is_secret(&self) -> bool {
        match self {
            Self::Json(slot) => slot.is_secret(),
            Self::Text(slot) | Self::Base64(slot) => slot.is_secret(),
            Self::Form(form) => form.is_secret(),
            Self::Multipart(parts) => parts.is_secret(),
            Self::CloudEvent(event) => event.is_secret(),
        }
    }
}

/// Asked while a body of many values grows: each is within its limit, and all of them would fill the memory.
fn fits(size: usize) -> Result<(), StepFailure> {
    if size <= OUTBOUND_BODY_SIZE {
        return Ok(());
    }
    let message = format!("the request's body is longer than {OUTBOUND_BODY_SIZE} bytes");
    Err(StepFailure::new(StepReason::ResourceExhausted, message))
}

fn decoded(slot: &Slot, scope: &Scope) -> Result<Vec<u8>, StepFailure> {
    STANDARD.decode(slot.text(scope)?).map_err(|_| invalid(&slot.field, "must be base64"))
}
