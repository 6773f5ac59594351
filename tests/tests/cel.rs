//! The language's own conformance suite through `boathook eval`, with types: every case holds, or is an exception with a
//! reason.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "what does not hold ends the test")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use boathook_tests::boathook::binary;
use serde_json::Value;

const CASES: &str = include_str!("../data/cel/cases.jsonl");
const EXCEPTIONS: &str = include_str!("../data/cel/exceptions.txt");

/// How many cases may be exceptions: one in a hundred.
const MOST_EXCEPTIONS: usize = 15;

fn exceptions() -> BTreeMap<&'static str, &'static str> {
    let lines = EXCEPTIONS.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split_once("  ").unwrap_or_else(|| panic!("an exception without a reason: {line}"))).collect()
}

/// What the binary says of each case: a value with its type, or an error. A case has the form of a line of a batch, and
/// what else is in it is none of the binary's business.
fn outcomes() -> Vec<Value> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/cel/cases.jsonl");
    let mut command = Command::new(binary());
    let output = command.args(["eval", "--batch"]).arg(cases).stdin(Stdio::null()).output().expect("boathook starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("results are text");
    text.lines().map(|line| serde_json::from_str(line).expect("a result is JSON")).collect()
}

/// Whether two typed values are equal. Entries of maps have no order; `-0.0` equals `0.0`, and `NaN` is text here.
fn same(one: &Value, other: &Value) -> bool {
    if one["t"] != other["t"] {
        return false;
    }
    let items = |value: &Value| value["v"].as_array().expect("a list").clone();
    match one["t"].as_str() {
        Some("list") => {
            let (one, other) = (items(one), items(other));
            one.len() == other.len() && one.iter().zip(&other).all(|(one, other)| same(one, other))
        }
        Some("map") => {
            let (one, other) = (items(one), items(other));
            let holds = |entry: &Value| other.iter().any(|o| same(&o[0], &entry[0]) && same(&o[1], &entry[1]));
            one.len() == other.len() && one.iter().all(holds)
        }
        Some("double") => one["v"].as_f64() == other["v"].as_f64() && one["v"].as_str() == other["v"].as_str(),
        Some(_) | None => one["v"] == other["v"],
    }
}

/// What is wrong with an outcome; `None` when it is as expected.
fn fault(case: &Value, outcome: &Value) -> Option<String> {
    let holds = match case["expect"].get("value") {
        Some(wanted) => outcome.get("value").is_some_and(|got| same(got, wanted)),
        None => outcome.get("error").is_some(),
    };
    (!holds).then(|| format!("{}: {outcome}, not {}", case["expr"], case["expect"]))
}

#[test]
fn every_case_of_the_language_holds_or_is_a_known_exception() {
    let (known, outcomes) = (exceptions(), outcomes());
    let cases: Vec<Value> = CASES.lines().map(|line| serde_json::from_str(line).expect("a case is JSON")).collect();
    assert_eq!((cases.len(), outcomes.len()), (1_571, 1_571));
    let mut wrong = Vec::new();
    let mut met = 0;
    for (case, outcome) in cases.iter().zip(&outcomes) {
        let id = case["id"].as_str().expect("an id is text");
        match (fault(case, outcome), known.get(id)) {
            (None, None) => {}
            (Some(_), Some(_)) => met += 1,
            (None, Some(_)) => wrong.push(format!("{id} holds: take it off the list of exceptions")),
            (Some(fault), None) => wrong.push(format!("{id}: {fault}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(met, known.len(), "an exception that is no case");
    assert!(met <= MOST_EXCEPTIONS, "{met} exceptions");
}
