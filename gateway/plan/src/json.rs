//! Values: JSON as it was sent, cheap to clone and to share between threads.
//!
//! Numbers keep what the text said: as i64, u64 or f64 where that round-trips, else the text itself. Reading and writing
//! are in the modules below; nothing here knows of expressions.

mod budget;
mod number;
mod projection;
mod read;
mod write;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use indexmap::IndexMap;

pub(crate) use budget::{Budget, Members};
pub use number::Number;
pub use projection::Projection;
pub use read::{ReadError, ReadFault, read};
pub(crate) use read::{read_sized, read_within};

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

impl Json {
    /// Text.
    pub fn text(text: &str) -> Self {
        Self::String(text.into())
    }

    /// A list.
    pub fn list(items: impl IntoIterator<Item = Self>) -> Self {
        Self::Array(Arc::new(items.into_iter().collect()))
    }

    /// An object; a repeated name keeps its first place and its last value.
    pub fn object<'n>(members: impl IntoIterator<Item = (&'n str, Self)>) -> Self {
        Self::Object(Arc::new(members.into_iter().map(|(name, value)| (name.into(), value)).collect()))
    }

    /// The value behind the member names of `path`; `None` when a name is not there or stands in something else than
    /// an object. The empty path is the value itself.
    pub fn get<'p>(&self, path: impl IntoIterator<Item = &'p str>) -> Option<&Self> {
        path.into_iter().try_fold(self, |value, name| value.as_object()?.get(name))
    }

    /// How deep lists and objects nest; 0 for anything else.
    pub fn depth(&self) -> usize {
        let deepest = |parts: &mut dyn Iterator<Item = &Self>| 1 + parts.map(Self::depth).max().unwrap_or(0);
        match self {
            Self::Array(items) => deepest(&mut items.iter()),
            Self::Object(members) => deepest(&mut members.values()),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::Bytes(_) => 0,
        }
    }

    /// How many bytes the value's compact JSON text has.
    pub fn text_size(&self) -> usize {
        match self {
            Self::Null | Self::Bool(true) => 4,
            Self::Bool(false) => 5,
            Self::Number(number) => number.text_size(),
            Self::String(text) => write::quoted_size(text),
            Self::Bytes(bytes) => bytes.len().div_ceil(3) * 4 + 2,
            Self::Array(items) => {
                let commas = items.len().saturating_sub(1);
                2 + commas + items.iter().map(Self::text_size).sum::<usize>()
            }
            Self::Object(members) => {
                let commas = members.len().saturating_sub(1);
                let member = |(name, value): (&Arc<str>, &Self)| write::quoted_size(name) + 1 + value.text_size();
                2 + commas + members.iter().map(member).sum::<usize>()
            }
        }
    }

    /// The value as its JSON text says it: bytes are base64 text. A value that holds none is handed back as it is.
    #[must_use]
    pub fn without_bytes(self) -> Self {
        if self.holds_bytes() { self.with_bytes_as_text() } else { self }
    }

    fn with_bytes_as_text(&self) -> Self {
        match self {
            Self::Bytes(bytes) => Self::from(STANDARD.encode(bytes)),
            Self::Array(items) => Self::list(items.iter().map(Self::with_bytes_as_text)),
            Self::Object(members) => {
                let members = members.iter().map(|(name, value)| (Arc::clone(name), value.with_bytes_as_text()));
                Self::Object(Arc::new(members.collect()))
            }
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => self.clone(),
        }
    }

    fn holds_bytes(&self) -> bool {
        match self {
            Self::Bytes(_) => true,
            Self::Array(items) => items.iter().any(Self::holds_bytes),
            Self::Object(members) => members.values().any(Self::holds_bytes),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => false,
        }
    }

    /// Whether this is `null`.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The truth value, of a boolean.
    pub const fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self { Some(*value) } else { None }
    }

    /// The number, of a number.
    pub const fn as_number(&self) -> Option<&Number> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }

    /// The text, of a string.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// The items, of a list.
    pub fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }

    /// The members, of an object.
    pub fn as_object(&self) -> Option<&Object> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Json {
    fn from(value: i64) -> Self {
        Self::Number(Number::Int(value))
    }
}

impl From<u64> for Json {
    fn from(value: u64) -> Self {
        Self::Number(i64::try_from(value).map_or(Number::UInt(value), Number::Int))
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::String(text.into())
    }
}

impl From<serde_json::Value> for Json {
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(value),
            serde_json::Value::Number(number) => Self::Number(number.into()),
            serde_json::Value::String(text) => Self::String(text.into()),
            serde_json::Value::Array(items) => Self::list(items.into_iter().map(Self::from)),
            serde_json::Value::Object(members) => {
                Self::Object(Arc::new(members.into_iter().map(|(name, value)| (name.into(), value.into())).collect()))
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
