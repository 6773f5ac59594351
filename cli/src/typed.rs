//! CEL's values as JSON with their types: `{"v": …, "t": "int"}`.
//!
//! The notation of batches, the same for what goes in and what comes out: text, booleans and null have no `t`; whole
//! numbers are text, for JSON's own readers round them; bytes are base64; a map is a list of pairs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use boathook_plan::expr::Typed;
use serde_json::{Value, json};

/// The value in the notation.
pub fn write(value: &Typed) -> Value {
    match value {
        Typed::Null => json!({"v": null}),
        Typed::Bool(value) => json!({"v": value}),
        Typed::String(text) => json!({"v": text}),
        Typed::Int(value) => json!({"v": value.to_string(), "t": "int"}),
        Typed::UInt(value) => json!({"v": value.to_string(), "t": "uint"}),
        Typed::Double(value) if value.is_finite() => json!({"v": value, "t": "double"}),
        Typed::Double(_) => json!({"v": value.to_json(), "t": "double"}),
        Typed::Bytes(bytes) => json!({"v": STANDARD.encode(bytes), "t": "bytes"}),
        Typed::List(items) => json!({"v": items.iter().map(write).collect::<Vec<_>>(), "t": "list"}),
        Typed::Map(entries) => {
            let pairs: Vec<_> = entries.iter().map(|(key, value)| [write(key), write(value)]).collect();
            json!({"v": pairs, "t": "map"})
        }
        Typed::Timestamp(text) => json!({"v": text, "t": "timestamp"}),
        Typed::Duration(text) => json!({"v": text, "t": "duration"}),
        Typed::Type(name) => json!({"v": name, "t": "type"}),
        Typed::Optional(inside) => json!({"v": inside.as_deref().map(write), "t": "optional"}),
    }
}

/// A value in the notation; `None` for anything else.
pub fn read(written: &Value) -> Option<Typed> {
    let value = written.get("v")?;
    let text = || value.as_str().map(str::to_owned);
    match written.get("t").and_then(Value::as_str) {
        None => plain(value),
        Some("int") => value.as_str()?.parse().ok().map(Typed::Int),
        Some("uint") => value.as_str()?.parse().ok().map(Typed::UInt),
        Some("double") => double(value).map(Typed::Double),
        Some("bytes") => STANDARD.decode(value.as_str()?).ok().map(Typed::Bytes),
        Some("list") => value.as_array()?.iter().map(read).collect::<Option<_>>().map(Typed::List),
        Some("map") => value.as_array()?.iter().map(pair).collect::<Option<_>>().map(Typed::Map),
        Some("timestamp") => text().map(Typed::Timestamp),
        Some("duration") => text().map(Typed::Duration),
        Some("type") => text().map(Typed::Type),
        Some("optional") if value.is_null() => Some(Typed::Optional(None)),
        Some("optional") => read(value).map(|inside| Typed::Optional(Some(Box::new(inside)))),
        Some(_) => None,
    }
}

fn plain(value: &Value) -> Option<Typed> {
    match value {
        Value::Null => Some(Typed::Null),
        Value::Bool(value) => Some(Typed::Bool(*value)),
        Value::String(text) => Some(Typed::String(text.clone())),
        Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn double(value: &Value) -> Option<f64> {
    match value.as_str() {
        Some("NaN") => Some(f64::NAN),
        Some("Infinity") => Some(f64::INFINITY),
        Some("-Infinity") => Some(f64::NEG_INFINITY),
        Some(_) => None,
        None => value.as_f64(),
    }
}

fn pair(written: &Value) -> Option<(Typed, Typed)> {
    match written.as_array()?.as_slice() {
        [key, value] => Some((read(key)?, read(value)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let pairs = vec![(Typed::UInt(u64::MAX), Typed::Bytes(vec![0, 255])), (Typed::Bool(true), Typed::Null)];
        let inside = Typed::Optional(Some(Box::new(Typed::Timestamp("2026-01-01T00:00:00Z".to_owned()))));
        let value = Typed::List(vec![Typed::Map(pairs), Typed::Int(i64::MIN), Typed::Double(f64::INFINITY), inside]);
        assert_eq!(read(&write(&value)), Some(value));
    }

    #[test]
    fn the_notation_is_the_documented_one() {
        assert_eq!(write(&Typed::Int(3)).to_string(), r#"{"v":"3","t":"int"}"#);
        assert_eq!(write(&Typed::String("a".to_owned())).to_string(), r#"{"v":"a"}"#);
        assert_eq!(write(&Typed::Double(f64::NAN)).to_string(), r#"{"v":"NaN","t":"double"}"#);
        assert_eq!(
            write(&Typed::Map(vec![(Typed::String("k".to_owned()), Typed::Bool(true))])).to_string(),
            r#"{"v":[[{"v":"k"},{"v":true}]],"t":"map"}"#
        );
    }

    #[test]
    fn what_is_not_the_notation_is_refused() {
        for written in [json!(3), json!({"v": 3}), json!({"v": 3, "t": "int"}), json!({"v": "x", "t": "bytes!"})] {
            assert_eq!(read(&written), None, "{written}");
        }
    }
}
