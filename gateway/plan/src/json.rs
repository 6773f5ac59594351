//! Values: JSON as it was sent, cheap to clone and to share between threads.
//!
//! Numbers keep what the text said: as i64, u64 or f64 where that round-trips, else the text itself.

use std::sync::Arc;

use bytes::Bytes;
use indexmap::IndexMap;

/// A JSON value. Clones share their children.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Json {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, exact.
    Number(Number),
    /// Text.
    String(Arc<str>),
    /// Bytes that an expression may use as such (`$context.raw`); written as base64 text.
    Bytes(Bytes),
    /// A list.
    Array(Arc<Vec<Json>>),
    /// An object; its members keep the order they were written in.
    Object(Arc<Object>),
}

/// Members of an object, in order; a repeated name keeps its last value.
pub type Object = IndexMap<Arc<str>, Json>;

/// A number as its text said.
#[derive(Clone, Debug, PartialEq)]
pub enum Number {
    /// A whole number that fits.
    Int(i64),
    /// A whole number above `i64::MAX` that fits.
    UInt(u64),
    /// A finite number whose shortest text is the text that was sent.
    Double(f64),
    /// Anything else, as it was written.
    Text(Arc<str>),
}

impl Json {
    /// Text.
    pub fn text(text: &str) -> Self {
        Self::String(text.into())
    }
}

impl From<serde_json::Value> for Json {
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(value),
            serde_json::Value::Number(number) => {
                let exact = number.as_i64().map(Number::Int).or_else(|| number.as_u64().map(Number::UInt));
                Self::Number(exact.or_else(|| number.as_f64().map(Number::Double)).unwrap_or(Number::Int(0)))
            }
            serde_json::Value::String(text) => Self::String(text.into()),
            serde_json::Value::Array(items) => Self::Array(Arc::new(items.into_iter().map(Self::from).collect())),
            serde_json::Value::Object(members) => {
                Self::Object(Arc::new(members.into_iter().map(|(name, value)| (name.into(), value.into())).collect()))
            }
        }
    }
}

impl std::fmt::Display for Json {
    /// Compact JSON.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&serde_json::to_string(self).map_err(|_| std::fmt::Error)?)
    }
}

impl serde::Serialize for Json {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => out.serialize_unit(),
            Self::Bool(value) => out.serialize_bool(*value),
            Self::Number(Number::Int(value)) => out.serialize_i64(*value),
            Self::Number(Number::UInt(value)) => out.serialize_u64(*value),
            Self::Number(Number::Double(value)) => out.serialize_f64(*value),
            Self::Number(Number::Text(text)) | Self::String(text) => out.serialize_str(text),
            Self::Bytes(bytes) => {
                use base64::Engine as _;
                out.serialize_str(&base64::engine::general_purpose::STANDARD.encode(bytes))
            }
            Self::Array(items) => out.collect_seq(items.iter()),
            Self::Object(members) => out.collect_map(members.iter().map(|(name, value)| (&**name, value))),
        }
    }
}

impl<'de> serde::Deserialize<'de> for Json {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        serde_json::Value::deserialize(from).map(Self::from)
    }
}
