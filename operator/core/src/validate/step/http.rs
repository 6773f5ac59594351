//! `http`: a request. What makes it safe, such as its host, is the plan's to judge.

mod body;

use std::collections::BTreeMap;

use boathook_crds::workflow::steps::http::{HttpAuth as AuthText, HttpStep as Text};
use boathook_plan::http_step::HttpProgram;
use boathook_plan::plan::{HttpAuth, HttpStep};
use serde_json::{Map, Value};

use crate::field::Field;
use crate::validate::bounds::RESPONSE_SIZE;
use crate::validate::reader::Reader;

/// Bytes of an answer where the step does not say.
const DEFAULT_RESPONSE_SIZE: u64 = 1 << 20;

/// Reads it.
pub(super) fn read(step: &Text, at: &Field, reader: &mut Reader) -> HttpStep {
    let body = body::read(step, at, reader);
    let default = if body.is_some() { "POST" } else { "GET" };
    let headers = step.headers.iter();
    let size = step.max_response_size.as_ref();
    let http = HttpStep {
        method: step.method.map_or(default, |method| method.as_str()).to_owned(),
        url: reader.template(&at.at("url"), &step.url),
        query: parameters(&step.query, &at.at("query"), reader),
        headers: headers
            .map(|(name, value)| (name.clone(), reader.template(&at.at("headers").key(name), value)))
            .collect(),
        body,
        hosts: step.hosts.iter().map(ToString::to_string).collect(),
        expect: step.expect.as_ref().map_or_else(|| vec!["2xx".to_owned()], |expect| expect.status.clone()),
        auth: step.auth.as_ref().and_then(|auth| read_auth(auth, &at.at("auth"), reader)),
        sign_standard_webhooks: step
            .sign
            .as_ref()
            .map(|sign| reader.template(&at.at("sign.standardWebhooks"), &sign.standard_webhooks)),
        follow_redirects: step.follow_redirects.and_then(|most| u32::try_from(most).ok()).unwrap_or(0),
        max_response_size: size
            .map_or(DEFAULT_RESPONSE_SIZE, |size| reader.report.size(&at.at("maxResponseSize"), size, RESPONSE_SIZE)),
    };
    if let Err(errors) = HttpProgram::compile(&http, reader.syntax()) {
        for error in errors {
            reader.report.refuse_within(at, &error.field, error.message);
        }
    }
    http
}

fn read_auth(auth: &AuthText, at: &Field, reader: &mut Reader) -> Option<HttpAuth> {
    let basic = auth.basic.as_ref().map(|basic| HttpAuth::Basic {
        username: reader.template(&at.at("basic.username"), &basic.username),
        password: reader.template(&at.at("basic.password"), &basic.password),
    });
    let bearer = auth.bearer.as_ref();
    basic.or_else(|| bearer.map(|token| HttpAuth::Bearer(reader.template(&at.at("bearer"), token))))
}

/// Parameters by name: a template or a list of them each; numbers and booleans stand for their text.
fn parameters(from: &Map<String, Value>, at: &Field, reader: &mut Reader) -> BTreeMap<String, Vec<String>> {
    let from = from.iter();
    from.map(|(name, value)| {
        let at = at.key(name);
        let values = match value {
            Value::Array(items) => {
                items.iter().enumerate().map(|(index, item)| parameter(item, &at.item(index), reader)).collect()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                vec![parameter(value, &at, reader)]
            }
        };
        (name.clone(), values)
    })
    .collect()
}

fn parameter(value: &Value, at: &Field, reader: &mut Reader) -> String {
    match value {
        Value::String(text) => reader.template(at, text),
        Value::Number(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            reader.report.refuse(at, "must be a text or a list of texts");
            String::new()
        }
    }
}
