//! A number as its text said. Decides which of the exact forms a text takes.

use std::fmt;
use std::sync::Arc;

/// A number as its text said. Equal numbers have equal texts: `1` is not `1.0`.
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

impl Number {
    /// The number that `text` says, which must be a number by RFC 8259 (section 6).
    pub(super) fn from_text(text: &str) -> Self {
        if text == "-0" {
            return Self::Text(text.into());
        }
        if let Ok(value) = text.parse() {
            return Self::Int(value);
        }
        if let Ok(value) = text.parse() {
            return Self::UInt(value);
        }
        match text.parse::<f64>().ok().and_then(Self::double) {
            Some(number) if number.to_string() == text => number,
            Some(_) | None => Self::Text(text.into()),
        }
    }

    /// A double; `None` unless it is finite.
    pub fn double(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self::Double(value))
    }

    /// The nearest double.
    #[expect(clippy::cast_precision_loss, reason = "the nearest double is what is asked for")]
    pub fn to_f64(&self) -> f64 {
        match self {
            Self::Int(value) => *value as f64,
            Self::UInt(value) => *value as f64,
            Self::Double(value) => *value,
            Self::Text(text) => text.parse().unwrap_or(f64::NAN),
        }
    }
}

impl Number {
    /// How many bytes its text has.
    pub(super) fn text_size(&self) -> usize {
        let digits = |value: u64| value.checked_ilog10().map_or(1, |log| log as usize + 1);
        match self {
            Self::Int(value) => digits(value.unsigned_abs()) + usize::from(*value < 0),
            Self::UInt(value) => digits(*value),
            Self::Double(_) => self.to_string().len(),
            Self::Text(text) => text.len(),
        }
    }
}

impl fmt::Display for Number {
    /// The text that the number was read from; doubles in their shortest form, with a fraction or an exponent.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(value) => write!(out, "{value}"),
            Self::UInt(value) => write!(out, "{value}"),
            Self::Double(value) => match serde_json::Number::from_f64(*value) {
                Some(number) => write!(out, "{number}"),
                None => out.write_str("null"),
            },
            Self::Text(text) => out.write_str(text),
        }
    }
}

impl From<serde_json::Number> for Number {
    fn from(number: serde_json::Number) -> Self {
        let whole = number.as_i64().map(Self::Int).or_else(|| number.as_u64().map(Self::UInt));
        whole.or_else(|| number.as_f64().map(Self::Double)).unwrap_or(Self::Int(0))
    }
}
