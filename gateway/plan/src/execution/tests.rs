//! Records: what is redacted, refused, cut and parsed.

use serde_json::{Value, json};

use super::redact::{Hidden, Redaction};
use super::*;
use crate::json::Json;

fn value(value: Value) -> Json {
    value.into()
}

fn paths(paths: &[&str]) -> Result<Redaction, RedactError> {
    Redaction::parse(&paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>())
}

#[test]
fn a_path_hides_its_value_in_every_item_of_a_list() {
    let context = value(json!({"data": {"cards": [{"number": "4111", "kind": "a"}, {"number": 5, "kind": "b"}]}}));
    let shown = paths(&["$context.data.cards.number"]).unwrap().apply(context, &mut Hidden::default());
    let expected =
        json!({"data": {"cards": [{"number": "[redacted]", "kind": "a"}, {"number": "[redacted]", "kind": "b"}]}});
    assert_eq!(shown, value(expected));
}

#[test]
fn a_hidden_value_is_hidden_wherever_it_stands_again() {
    let mut hidden = Hidden::default();
    let context = value(json!({"data": {"card": {"number": 4_111_111_111_111_111_i64, "cvc": "123"}}}));
    paths(&["$context.data.card"]).unwrap().apply(context, &mut hidden);
    let result = value(json!({"said": "paid with 4111111111111111", "number": 4_111_111_111_111_111_i64, "n": 123}));
    let expected = json!({"said": "paid with [redacted]", "number": "[redacted]", "n": 123});
    assert_eq!(hidden.mask_value(result), value(expected));
}

#[test]
fn a_header_is_hidden_however_its_name_is_written() {
    let context = value(json!({"headers": {"x-token": "a", "host": "b"}}));
    let shown = paths(&["$context.headers[\"X-Token\"]"]).unwrap().apply(context, &mut Hidden::default());
    assert_eq!(shown, value(json!({"headers": {"x-token": "[redacted]", "host": "b"}})));
}

#[test]
fn what_is_no_path_is_refused() {
    for path in ["data.card", "$context", "$context.", "$contextdata", "$context[0]", "$context.data[x]", "$vars.a"] {
        assert_eq!(paths(&[path]), Err(RedactError(path.to_owned())), "{path}");
    }
}

#[test]
fn a_value_that_is_too_large_is_cut_with_a_mark() {
    let large = Json::from("é".repeat(1 << 20));
    let shown = shown::shown(large, &Hidden::default());
    let text = shown.as_str().unwrap();
    assert!(text.len() < 5_000 && text.ends_with("é [cut: 2097152 bytes]"), "{}", text.len());
}

#[test]
fn a_phase_is_read_in_any_case() {
    assert_eq!("failed".parse(), Ok(Phase::Failed));
    assert_eq!("gone".parse::<Phase>(), Err(UnknownPhase));
}
