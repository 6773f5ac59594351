//! Tests of `expr`.

mod failures;
mod functions;
mod language;
mod limits;
mod values;

use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::reason::StepReason;

/// The scope of a request whose context is given, at 2026-11-24T12:00:00Z.
fn scope(context: serde_json::Value) -> Scope {
    let now: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
    Scope::new(now, Uuid::nil()).with("$context", context.into())
}

/// The value of an expression over `$context`.
fn eval(source: &str, context: serde_json::Value) -> Result<Json, EvalError> {
    Expr::compile(source).unwrap_or_else(|error| panic!("{source}: {error}")).eval(&scope(context))
}

/// The JSON text of the value of an expression that reads nothing.
fn text(source: &str) -> String {
    eval(source, json!({})).unwrap_or_else(|error| panic!("{source}: {error}")).to_string()
}

/// The JSON text of the value of an expression over `$context.data`.
fn over(data: &serde_json::Value, source: &str) -> String {
    eval(source, json!({ "data": data })).unwrap_or_else(|error| panic!("{source}: {error}")).to_string()
}

fn refusal(source: &str) -> (String, usize) {
    let error = Expr::compile(source).unwrap_err();
    (error.message, error.column)
}
