//! What a step sends, what it refuses, and what an answer means.

use std::collections::BTreeMap;

use jiff::Timestamp;
use uuid::Uuid;

use super::*;
use crate::json::Json;
use crate::plan::Delimiters;
use crate::reason::StepReason;

mod answer;
mod auth;
mod body;
mod compile;
mod describe;
mod headers;
mod origin;
mod property;
mod redirect;
mod target;

/// A `GET` of `url`.
fn step(url: &str) -> HttpStep {
    HttpStep {
        method: "GET".to_owned(),
        url: url.to_owned(),
        query: BTreeMap::new(),
        headers: BTreeMap::new(),
        body: None,
        hosts: vec![],
        expect: vec!["2xx".to_owned()],
        auth: None,
        sign_standard_webhooks: None,
        follow_redirects: 0,
        max_response_size: 1 << 20,
    }
}

fn now() -> Timestamp {
    "2026-11-24T10:00:00Z".parse().unwrap()
}

fn facts() -> CallFacts {
    CallFacts {
        idempotency_key: "6f1c".to_owned(),
        now: now(),
        execution: Uuid::from_u128(0x0193_5b3c_0000_7000_8000_0000_0000_0001),
        origin: Origin::default(),
    }
}

/// A scope whose `$vars` are `vars`, and whose `$secrets.token` is `correct-horse`.
fn scope(vars: serde_json::Value) -> Scope {
    let secrets = Json::object([("token", Json::text("correct-horse"))]);
    Scope::new(now(), Uuid::from_u128(1)).with("$vars", vars.into()).with("$secrets", secrets)
}

fn program(step: &HttpStep) -> HttpProgram {
    HttpProgram::compile(step, Delimiters::Braces).unwrap_or_else(|errors| panic!("{errors:?}"))
}

fn render(step: &HttpStep, vars: serde_json::Value) -> Result<HttpCall, StepFailure> {
    program(step).render(&scope(vars), &facts())
}

/// Why a step is refused, as `field: message`.
fn refusals(step: &HttpStep) -> Vec<String> {
    match HttpProgram::compile(step, Delimiters::Braces) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.iter().map(ToString::to_string).collect(),
    }
}

/// Why no request can be made, as reason and message.
fn failure(step: &HttpStep, vars: serde_json::Value) -> (StepReason, String) {
    let failure = render(step, vars).unwrap_err();
    (failure.reason, failure.message)
}

fn texts<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn lists<const N: usize>(pairs: [(&str, &[&str]); N]) -> BTreeMap<String, Vec<String>> {
    pairs
        .into_iter()
        .map(|(name, values)| (name.to_owned(), values.iter().map(ToString::to_string).collect()))
        .collect()
}

fn field<'c>(call: &'c HttpCall, name: &str) -> Option<&'c str> {
    call.headers.get(name).map(|value| std::str::from_utf8(value.as_bytes()).unwrap())
}
