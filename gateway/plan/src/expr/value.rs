//! JSON as values of the `cel` crate, lent and not copied.
//!
//! Texts are borrowed from the JSON; objects and lists hand out their parts when they are asked for; a list unfolds one
//! level when something iterates over it. Numbers that no Rust type holds count as the nearest double and keep their
//! text as long as nothing is computed from them.

mod decimal;
mod lent;
mod same;
mod weigh;

use cel::common::types::{CelBool, CelBytes, CelDouble, CelInt, CelNull, CelString, CelUInt};
use cel::common::value::Val;

use crate::json::{Json, Number};
pub(super) use decimal::Decimal;
pub(super) use lent::{Lent, reveal};
pub(super) use same::{compare, same};
pub(super) use weigh::{weigh, weigh_json, weigh_whole};

/// A value that borrows from `json`.
pub(super) fn lend(json: &Json) -> Box<dyn Val + '_> {
    match json {
        Json::String(text) => Box::new(CelString::from(&**text)),
        Json::Bytes(bytes) => Box::new(CelBytes::from(&**bytes)),
        Json::Array(_) | Json::Object(_) => Box::new(Lent::borrowed(json)),
        Json::Null | Json::Bool(_) | Json::Number(_) => scalar(json),
    }
}

/// A value of its own: texts are copied when they are reached.
pub(super) fn keep(json: Json) -> Box<dyn Val> {
    match &json {
        Json::String(text) => Box::new(CelString::from(text.to_string())),
        Json::Bytes(bytes) => Box::new(CelBytes::from(bytes.to_vec())),
        Json::Array(_) | Json::Object(_) => Box::new(Lent::kept(json)),
        Json::Null | Json::Bool(_) | Json::Number(_) => scalar(&json),
    }
}

/// A value without text or parts.
fn scalar(json: &Json) -> Box<dyn Val> {
    match json {
        Json::Bool(value) => Box::new(CelBool::from(*value)),
        Json::Number(Number::Int(value)) => Box::new(CelInt::from(*value)),
        Json::Number(Number::UInt(value)) => Box::new(CelUInt::from(*value)),
        Json::Number(Number::Double(value)) => Box::new(CelDouble::from(*value)),
        Json::Number(Number::Text(text)) => Box::new(Decimal::new(text)),
        Json::Null | Json::String(_) | Json::Bytes(_) | Json::Array(_) | Json::Object(_) => Box::new(CelNull),
    }
}
