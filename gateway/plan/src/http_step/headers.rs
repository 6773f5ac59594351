//! Header fields of the step's own: which names it may set, and values that cannot end a field.

use http::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::compile::{Compiler, Refused};
use super::origin::HOPS_HEADER;
use super::slot::{Slot, invalid};
use crate::limits::HEADER_VALUE_SIZE;
use crate::plan::{HttpBody, HttpStep};
use crate::reason::StepFailure;
use crate::scope::Scope;

/// Fields in the order of their names.
#[derive(Clone, Debug)]
pub(super) struct Headers(Vec<(HeaderName, Slot)>);

/// Fields of the connection and of framing (RFC 9110 7.6.1 and 8.6, RFC 9112 6, RFC 7540 3.2.1): the transport's alone.
const TRANSPORT: [&str; 13] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

impl Headers {
    /// Compiles `headers`.
    pub(super) fn compile(compiler: &mut Compiler, step: &HttpStep) -> Result<Self, Refused> {
        let mut taken = taken(step);
        let fields = compiler.each(&step.headers, |compiler, (name, source)| {
            let field = format!("headers.{name}");
            let slot = compiler.slot(&field, source);
            let name =
                HeaderName::try_from(name).map_err(|_| compiler.refuse(&field, "must be a header field's name"))?;
            if let Some(why) = refused(&name, &taken) {
                return Err(compiler.refuse(&field, why));
            }
            taken.push((name.clone(), "the same field in another case"));
            Ok((name, slot?))
        });
        fields.map(Self)
    }

    /// Sets the fields, over defaults of the same name.
    pub(super) fn apply(&self, scope: &Scope, headers: &mut HeaderMap) -> Result<(), StepFailure> {
        for (name, slot) in &self.0 {
            headers.insert(name.clone(), value(&slot.field, &slot.text(scope)?, slot.is_secret())?);
        }
        Ok(())
    }
}

/// A header value; `field` names it in messages. White space around it is dropped, as every reader does.
pub(super) fn value(field: &str, text: &str, secret: bool) -> Result<HeaderValue, StepFailure> {
    let text = text.trim_matches([' ', '\t']);
    if text.len() > HEADER_VALUE_SIZE {
        return Err(invalid(field, &format!("must not be longer than {HEADER_VALUE_SIZE} bytes")));
    }
    let mut value = HeaderValue::try_from(text)
        .map_err(|_| invalid(field, "must not contain CR, LF, NUL or other control characters"))?;
    value.set_sensitive(secret);
    Ok(value)
}

/// Fields that another part of the step sets, with that part.
fn taken(step: &HttpStep) -> Vec<(HeaderName, &'static str)> {
    let mut taken = Vec::new();
    if step.auth.is_some() {
        taken.push((header::AUTHORIZATION, "auth"));
    }
    if matches!(step.body, Some(HttpBody::Multipart(_))) {
        taken.push((header::CONTENT_TYPE, "multipart"));
    }
    if matches!(step.body, Some(HttpBody::CloudEvent(_))) {
        taken.extend(super::body::EVENT_NAMES.map(|name| (HeaderName::from_static(name), "cloudEvent")));
    }
    if step.sign_standard_webhooks.is_some() {
        taken.extend(super::sign::NAMES.map(|name| (HeaderName::from_static(name), "sign")));
    }
    taken
}

fn refused(name: &HeaderName, taken: &[(HeaderName, &'static str)]) -> Option<String> {
    if TRANSPORT.contains(&name.as_str()) {
        return Some("must not be set: it belongs to the connection".to_owned());
    }
    if *name == HOPS_HEADER {
        return Some("must not be set: Boathook counts hops in it".to_owned());
    }
    let (_, part) = taken.iter().find(|(known, _)| known == name)?;
    Some(format!("must not be set beside {part}, which sets it"))
}
