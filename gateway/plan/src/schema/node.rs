//! Our values as the schema library reads them: in place, and against a meter.
//!
//! Each look at a value costs a step. When the steps are spent, every value looks like nothing and every list ends, so
//! the validation ends soon; its verdict is then worth nothing, and [`Meter::is_spent`] says so.

use std::borrow::Cow;
use std::cell::Cell;
use std::ptr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonschema::JsonType;
use jsonschema::json::{self, Array, JsonNumber, NodeIdentity, Object, cmp, unique};
use serde_json::Value;

use crate::json::{Json, Number};

/// Bytes of a text that are looked at for one step.
const BYTES_A_STEP: usize = 256;

/// Values nested deeper than this are as deep as this.
const DEEPEST: usize = 512;

/// Steps that are left.
#[derive(Debug)]
pub(super) struct Meter(Cell<u64>);

impl Meter {
    pub(super) fn new(steps: u64) -> Self {
        Self(Cell::new(steps))
    }

    /// Whether a step was refused, or the last one was taken.
    pub(super) fn is_spent(&self) -> bool {
        self.0.get() == 0
    }

    fn take(&self, steps: usize) -> bool {
        let left = self.0.get().saturating_sub(steps as u64);
        self.0.set(left);
        left > 0
    }
}

/// How deep a value nests: 1 for a scalar.
pub(super) fn depth(value: &Json) -> usize {
    fn below(value: &Json, left: usize) -> usize {
        match value {
            _ if left == 0 => 0,
            Json::Array(items) => 1 + items.iter().map(|item| below(item, left - 1)).max().unwrap_or(0),
            Json::Object(members) => 1 + members.values().map(|member| below(member, left - 1)).max().unwrap_or(0),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Bytes(_) => 1,
        }
    }
    below(value, DEEPEST)
}

/// The value as the library's own type: for schemas, and for what `enum`, `const` and `uniqueItems` compare.
pub(super) fn plain(value: &Json) -> Value {
    match value {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => Value::Number(Numeral(number).number()),
        Json::String(text) => Value::String((**text).to_owned()),
        Json::Bytes(bytes) => Value::String(STANDARD.encode(bytes)),
        Json::Array(items) => items.iter().map(plain).collect(),
        Json::Object(members) => {
            Value::Object(members.iter().map(|(name, value)| ((**name).to_owned(), plain(value))).collect())
        }
    }
}

fn count(value: &Json) -> usize {
    match value {
        Json::Array(items) => 1 + items.iter().map(count).sum::<usize>(),
        Json::Object(members) => 1 + members.values().map(count).sum::<usize>(),
        Json::String(text) => 1 + text.len() / BYTES_A_STEP,
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Bytes(_) => 1,
    }
}

/// The representation: our [`Json`].
#[derive(Debug)]
pub(super) struct Values;

/// A value, and what pays for looking at it. Names of members are free: who lists them has paid.
#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    value: &'a Json,
    meter: Option<&'a Meter>,
}

impl<'a> Node<'a> {
    pub(super) fn new(value: &'a Json, meter: &'a Meter) -> Self {
        Self { value, meter: Some(meter) }
    }

    /// The value, if it can be paid for.
    fn look(self, steps: usize) -> Option<&'a Json> {
        self.meter.is_none_or(|meter| meter.take(steps)).then_some(self.value)
    }

    fn child(self, value: &'a Json) -> Self {
        Self { value, ..self }
    }
}

impl json::Json for Values {
    type Node<'a> = Node<'a>;
    type PreparedKey = String;
    type StringBuffer = Json;

    fn prepare_key(key: &str) -> String {
        key.to_owned()
    }

    fn with_string_node<T>(buffer: &mut Json, string: &str, ask: impl FnOnce(Node<'_>) -> T) -> T {
        *buffer = Json::text(string);
        ask(Node { value: buffer, meter: None })
    }
}

impl<'a> json::Node<'a, Values> for Node<'a> {
    type Object = Members<'a>;
    type Array = Items<'a>;
    type Number = Numeral<'a>;

    fn as_object(&self) -> Option<Members<'a>> {
        self.look(1)?.as_object().map(|members| Members { node: *self, members })
    }

    fn as_array(&self) -> Option<Items<'a>> {
        self.look(1)?.as_array().map(|items| Items { node: *self, items })
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        match self.look(1)? {
            Json::String(text) => self.look(text.len() / BYTES_A_STEP)?.as_str().map(Cow::Borrowed),
            Json::Bytes(bytes) => Some(Cow::Owned(STANDARD.encode(bytes))),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => None,
        }
    }

    fn as_number(&self) -> Option<Numeral<'a>> {
        self.look(1)?.as_number().map(Numeral)
    }

    fn as_boolean(&self) -> Option<bool> {
        self.look(1)?.as_bool()
    }

    fn is_null(&self) -> bool {
        self.look(1).is_some_and(Json::is_null)
    }

    fn json_type(&self) -> JsonType {
        match self.look(1) {
            None | Some(Json::Null) => JsonType::Null,
            Some(Json::Bool(_)) => JsonType::Boolean,
            Some(Json::Number(_)) => JsonType::Number,
            Some(Json::String(_) | Json::Bytes(_)) => JsonType::String,
            Some(Json::Array(_)) => JsonType::Array,
            Some(Json::Object(_)) => JsonType::Object,
        }
    }

    fn equals_value(&self, expected: &Value) -> bool {
        let Some(value) = self.look(1) else { return false };
        let may = match (value, expected) {
            (Json::String(text), Value::String(expected)) => return **text == **expected,
            (Json::Null, Value::Null)
            | (Json::Bool(_), Value::Bool(_))
            | (Json::Number(_), Value::Number(_))
            | (Json::Bytes(_), Value::String(_)) => true,
            (Json::Array(items), Value::Array(expected)) => items.len() == expected.len(),
            (Json::Object(members), Value::Object(expected)) => members.len() == expected.len(),
            (
                Json::Null
                | Json::Bool(_)
                | Json::Number(_)
                | Json::String(_)
                | Json::Bytes(_)
                | Json::Array(_)
                | Json::Object(_),
                _,
            ) => false,
        };
        may && self.look(count(value)).is_some() && cmp::equal(&plain(value), expected)
    }

    /// Asked for errors and annotations alone, and those never hold a value.
    fn to_value(&self) -> Cow<'a, Value> {
        Cow::Owned(Value::Null)
    }

    fn identity(&self) -> Option<NodeIdentity> {
        Some(NodeIdentity::new(ptr::from_ref(self.value).addr()))
    }
}

/// Members of an object.
pub(super) struct Members<'a> {
    node: Node<'a>,
    members: &'a crate::json::Object,
}

impl<'a> Object<'a, Values> for Members<'a> {
    type Node = Node<'a>;
    type MemberName = &'a str;
    type MembersIter = MembersIter<'a>;

    fn len(&self) -> usize {
        self.members.len()
    }

    fn get(&self, key: &String) -> Option<Node<'a>> {
        self.node.look(1)?;
        self.members.get(key.as_str()).map(|value| self.node.child(value))
    }

    fn members(&self) -> MembersIter<'a> {
        MembersIter { node: self.node, members: self.members.iter() }
    }
}

/// Members one by one.
pub(super) struct MembersIter<'a> {
    node: Node<'a>,
    members: indexmap::map::Iter<'a, std::sync::Arc<str>, Json>,
}

impl<'a> Iterator for MembersIter<'a> {
    type Item = (&'a str, Node<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.node.look(1)?;
        self.members.next().map(|(name, value)| (&**name, self.node.child(value)))
    }
}

/// Items of a list.
pub(super) struct Items<'a> {
    node: Node<'a>,
    items: &'a [Json],
}

impl<'a> Array<'a, Values> for Items<'a> {
    type Node = Node<'a>;
    type ElementsIter = ItemsIter<'a>;

    fn len(&self) -> usize {
        self.items.len()
    }

    fn elements(&self) -> ItemsIter<'a> {
        ItemsIter { node: self.node, items: self.items.iter() }
    }

    fn is_unique(&self) -> bool {
        let steps = || self.items.iter().map(count).sum();
        self.node.look(1).is_some()
            && self.node.look(steps()).is_some()
            && unique::is_unique(&self.items.iter().map(plain).collect::<Vec<_>>())
    }
}

/// Items one by one.
pub(super) struct ItemsIter<'a> {
    node: Node<'a>,
    items: std::slice::Iter<'a, Json>,
}

impl<'a> Iterator for ItemsIter<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.node.look(1)?;
        self.items.next().map(|value| self.node.child(value))
    }
}

/// A number. What no Rust type holds is compared as the nearest double.
pub(super) struct Numeral<'a>(&'a Number);

impl Numeral<'_> {
    fn number(&self) -> serde_json::Number {
        match self.0 {
            Number::Int(value) => (*value).into(),
            Number::UInt(value) => (*value).into(),
            Number::Double(_) | Number::Text(_) => {
                serde_json::Number::from_f64(self.double()).unwrap_or_else(|| 0.into())
            }
        }
    }

    fn double(&self) -> f64 {
        self.0.to_f64().clamp(f64::MIN, f64::MAX)
    }
}

impl JsonNumber for Numeral<'_> {
    fn as_u64(&self) -> Option<u64> {
        match self.0 {
            Number::Int(value) => u64::try_from(*value).ok(),
            Number::UInt(value) => Some(*value),
            Number::Double(_) | Number::Text(_) => None,
        }
    }

    fn as_i64(&self) -> Option<i64> {
        match self.0 {
            Number::Int(value) => Some(*value),
            Number::UInt(_) | Number::Double(_) | Number::Text(_) => None,
        }
    }

    fn as_f64(&self) -> Option<f64> {
        Some(self.double())
    }

    fn as_str(&self) -> Cow<'_, str> {
        Cow::Owned(self.0.to_string())
    }

    fn to_number(&self) -> Cow<'_, serde_json::Number> {
        Cow::Owned(self.number())
    }
}
