//! The language's own conformance suite, with types: every case holds, or is an exception with a reason.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "what does not hold ends the test")]

use std::cmp::Ordering;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use boathook_plan::expr::{Bindings, Typed, evaluate};
use boathook_plan::scope::Scope;
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

const CASES: &str = include_str!("../data/cel/cases.jsonl");
const EXCEPTIONS: &str = include_str!("../data/cel/exceptions.txt");

/// How many cases may be exceptions: one in a hundred.
const MOST_EXCEPTIONS: usize = 15;

fn cases() -> impl Iterator<Item = Value> {
    CASES.lines().map(|line| serde_json::from_str(line).expect("a case is JSON"))
}

fn exceptions() -> BTreeMap<&'static str, &'static str> {
    let lines = EXCEPTIONS.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split_once("  ").unwrap_or_else(|| panic!("an exception without a reason: {line}"))).collect()
}

/// A typed value of the suite.
fn typed(value: &Value) -> Typed {
    let inner = &value["v"];
    let text = || inner.as_str().unwrap_or_else(|| panic!("no text: {value}"));
    match value["t"].as_str() {
        Some("int") => Typed::Int(text().parse().expect("an integer")),
        Some("uint") => Typed::UInt(text().parse().expect("an integer")),
        Some("double") => Typed::Double(inner.as_f64().unwrap_or_else(|| text().parse().expect("a double"))),
        Some("bytes") => Typed::Bytes(STANDARD.decode(text()).expect("base64")),
        Some("list") => Typed::List(inner.as_array().expect("a list").iter().map(typed).collect()),
        Some("map") => {
            Typed::Map(inner.as_array().expect("pairs").iter().map(|pair| (typed(&pair[0]), typed(&pair[1]))).collect())
        }
        Some(other) => panic!("{other} is not a type of these cases"),
        None => match inner {
            Value::Null => Typed::Null,
            Value::Bool(value) => Typed::Bool(*value),
            Value::String(text) => Typed::String(text.clone()),
            Value::Number(_) | Value::Array(_) | Value::Object(_) => panic!("a value without its type: {value}"),
        },
    }
}

/// Whether two values are equal with their types. Entries of maps have no order; what is no number equals itself here.
fn same(one: &Typed, other: &Typed) -> bool {
    match (one, other) {
        (Typed::Double(one), Typed::Double(other)) => {
            one.partial_cmp(other) == Some(Ordering::Equal) || one.is_nan() && other.is_nan()
        }
        (Typed::List(one), Typed::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Typed::Map(one), Typed::Map(other)) => {
            let holds = |entry: &(Typed, Typed)| other.iter().any(|(k, v)| same(k, &entry.0) && same(v, &entry.1));
            one.len() == other.len() && one.iter().all(holds)
        }
        (one, other) => one == other,
    }
}

/// What is wrong with a case; `None` when it holds.
fn fault(case: &Value) -> Option<String> {
    let scope = Scope::new(Timestamp::UNIX_EPOCH, Uuid::nil());
    let bindings = case["bindings"].as_object().expect("bindings are an object");
    let bindings = bindings.iter().fold(Bindings::new(scope), |all, (name, value)| all.with(name, &typed(value)));
    let source = case["expr"].as_str().expect("an expression is text");
    match (evaluate(source, &bindings), case["expect"].get("value").map(typed)) {
        (Ok(got), Some(wanted)) if same(&got, &wanted) => None,
        (Err(_), None) => None,
        (got, wanted) => Some(format!("{source}: {got:?}, not {wanted:?}")),
    }
}

#[test]
fn every_case_of_the_language_holds_or_is_a_known_exception() {
    let known = exceptions();
    let mut wrong = Vec::new();
    let mut met = 0;
    for case in cases() {
        let id = case["id"].as_str().expect("an id is text");
        match (fault(&case), known.get(id)) {
            (None, None) => {}
            (Some(_), Some(_)) => met += 1,
            (None, Some(_)) => wrong.push(format!("{id} holds: take it off the list of exceptions")),
            (Some(fault), None) => wrong.push(format!("{id}: {fault}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(met, known.len(), "an exception that is no case");
    assert!(met <= MOST_EXCEPTIONS, "{met} exceptions");
    assert_eq!(cases().count(), 1_571);
}
