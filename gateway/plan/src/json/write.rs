//! Writing values: compact JSON, numbers as they were read; and passing them through `serde_json`. Decides nothing.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::Error as _;
use serde::ser::Error as _;
use serde_json::value::RawValue;

use super::read::read_own;
use super::{Json, Number};

impl fmt::Display for Json {
    /// Compact JSON.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => out.write_str("null"),
            Self::Bool(value) => write!(out, "{value}"),
            Self::Number(number) => write!(out, "{number}"),
            Self::String(text) => quote(text, out),
            Self::Bytes(bytes) => write!(out, "\"{}\"", STANDARD.encode(bytes)),
            Self::Array(items) => {
                out.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    out.write_str(if index == 0 { "" } else { "," })?;
                    item.fmt(out)?;
                }
                out.write_str("]")
            }
            Self::Object(members) => {
                out.write_str("{")?;
                for (index, (name, value)) in members.iter().enumerate() {
                    out.write_str(if index == 0 { "" } else { "," })?;
                    quote(name, out)?;
                    out.write_str(":")?;
                    value.fmt(out)?;
                }
                out.write_str("}")
            }
        }
    }
}

/// A JSON string: `"`, `\` and control characters escaped, everything else as it is (RFC 8259, section 7).
fn quote(text: &str, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    out.write_str("\"")?;
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c < ' ' || c == '"' || c == '\\') {
        let (plain, special) = rest.split_at(at);
        out.write_str(plain)?;
        let mut characters = special.chars();
        match characters.next() {
            Some('"') => out.write_str("\\\"")?,
            Some('\\') => out.write_str("\\\\")?,
            Some('\u{8}') => out.write_str("\\b")?,
            Some('\u{c}') => out.write_str("\\f")?,
            Some('\n') => out.write_str("\\n")?,
            Some('\r') => out.write_str("\\r")?,
            Some('\t') => out.write_str("\\t")?,
            Some(other) => write!(out, "\\u{:04x}", u32::from(other))?,
            None => {}
        }
        rest = characters.as_str();
    }
    out.write_str(rest)?;
    out.write_str("\"")
}

/// Bytes of a JSON string, as [`quote`] writes it.
pub(super) fn quoted_size(text: &str) -> usize {
    let escapes = text.bytes().map(|byte| match byte {
        b'"' | b'\\' | 8 | 12 | b'\n' | b'\r' | b'\t' => 1,
        0..=31 => 5,
        32..=255 => 0,
    });
    text.len() + 2 + escapes.sum::<usize>()
}

impl serde::Serialize for Json {
    /// Numbers that no Rust type holds pass through as their text, which `serde_json` alone understands.
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => out.serialize_unit(),
            Self::Bool(value) => out.serialize_bool(*value),
            Self::Number(Number::Int(value)) => out.serialize_i64(*value),
            Self::Number(Number::UInt(value)) => out.serialize_u64(*value),
            Self::Number(Number::Double(value)) => out.serialize_f64(*value),
            Self::Number(Number::Text(text)) => raw(text).map_err(S::Error::custom)?.serialize(out),
            Self::String(text) => out.serialize_str(text),
            Self::Bytes(bytes) => out.serialize_str(&STANDARD.encode(bytes)),
            Self::Array(items) => out.collect_seq(items.iter()),
            Self::Object(members) => out.collect_map(members.iter().map(|(name, value)| (&**name, value))),
        }
    }
}

fn raw(number: &str) -> serde_json::Result<Box<RawValue>> {
    RawValue::from_string(number.to_owned())
}

impl<'de> serde::Deserialize<'de> for Json {
    /// Takes the text as it is, so that numbers survive: from `serde_json` alone. For our own texts; what others send is
    /// [read](super::read) with its bounds.
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(from)?;
        read_own(text.get()).map_err(D::Error::custom)
    }
}
