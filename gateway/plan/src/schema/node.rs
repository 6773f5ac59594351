//! Our values as the schema library reads them: in place, and against a meter.
//!
//! Each look at a value costs steps: by its bytes where it is a text, a number or a name, and more for each byte where the
//! schema has patterns. When the steps are spent, every value looks like nothing and every list ends, so the validation
//! ends soon; its verdict is then worth nothing, and [`metered`] says so. Each error costs steps too, by the bytes
//! that it holds. The meter belongs to the thread, because the library lends names without a word of whose they are.

use std::borrow::Cow;
use std::cell::Cell;
use std::ptr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonschema::JsonType;
use jsonschema::json::{self, Array, JsonNumber, NodeIdentity, Object, cmp, unique};
use serde_json::Value;

use crate::json::{Json, Number};

/// Bytes of a text that are looked at for one step, or for as many as the patterns weigh.
pub(super) const BYTES_A_STEP: usize = 256;

/// Bytes that are written as base64 for one step.
const CODED_A_STEP: usize = 64;

/// Bytes of memory of an error besides what it copies.
pub(super) const ERROR: usize = 512;

/// Values nested deeper than this are as deep as this.
const DEEPEST: usize = 512;

/// What a look costs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rates {
    /// Steps for each 256 bytes of a text.
    pub(super) text: usize,
    /// Steps for each 256 bytes of a name in its object.
    pub(super) name: usize,
    /// Bytes of memory that an error copies.
    pub(super) error: usize,
}

/// Steps that are left to the validation that this thread is in.
#[derive(Clone, Copy)]
struct Purse {
    left: u64,
    rates: Rates,
}

const FREE: Rates = Rates { text: 0, name: 0, error: 0 };

thread_local! {
    static PURSE: Cell<Purse> = const { Cell::new(Purse { left: 0, rates: FREE }) };
}

/// Runs a validation; `None` where it has taken its last step, because its verdict is worth nothing then. A thread is in
/// one at a time.
pub(super) fn metered<T>(steps: u64, rates: Rates, validation: impl FnOnce() -> T) -> Option<T> {
    PURSE.set(Purse { left: steps, rates });
    let verdict = validation();
    let left = PURSE.replace(Purse { left: 0, rates: FREE }).left;
    (left > 0).then_some(verdict)
}

fn take(steps: impl FnOnce(&Rates) -> usize) -> bool {
    let purse = PURSE.get();
    let left = purse.left.saturating_sub(u64::try_from(steps(&purse.rates)).unwrap_or(u64::MAX));
    PURSE.set(Purse { left, ..purse });
    left > 0
}

/// Steps for the bytes of a text.
fn by_length(length: usize, rate: usize) -> usize {
    length.saturating_mul(rate.max(1)) / BYTES_A_STEP
}

/// Bytes of the longest path to a value below this one, as an error writes it at worst.
pub(super) fn reach(value: &Json) -> usize {
    fn below(value: &Json, left: usize) -> usize {
        match value {
            _ if left == 0 => 0,
            Json::Array(items) => items.iter().map(|item| INDEX + below(item, left - 1)).max().unwrap_or(0),
            Json::Object(members) => {
                members.iter().map(|(name, member)| step(name) + below(member, left - 1)).max().unwrap_or(0)
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Bytes(_) => 0,
        }
    }
    below(value, DEEPEST)
}

/// Bytes of an index in a path.
const INDEX: usize = 8;

/// Bytes of a name in a path: escapes double it at worst.
fn step(name: &str) -> usize {
    1 + 2 * name.len()
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
        Json::Object(members) => {
            let member = |(name, value): (&std::sync::Arc<str>, &Json)| name.len() / BYTES_A_STEP + count(value);
            1 + members.iter().map(member).sum::<usize>()
        }
        Json::String(text) | Json::Number(Number::Text(text)) => 1 + text.len() / BYTES_A_STEP,
        Json::Bytes(bytes) => 1 + bytes.len() / CODED_A_STEP,
        Json::Null | Json::Bool(_) | Json::Number(_) => 1,
    }
}

/// The representation: our [`Json`].
#[derive(Debug)]
pub(super) struct Values;

/// A value, and how many bytes the path to it has.
#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    value: &'a Json,
    path: usize,
}

impl<'a> Node<'a> {
    pub(super) fn new(value: &'a Json) -> Self {
        Self { value, path: 0 }
    }

    /// The value, if it can be paid for.
    fn look(self, steps: usize) -> Option<&'a Json> {
        take(|_| steps).then_some(self.value)
    }

    fn child(self, value: &'a Json, path: usize) -> Self {
        Self { value, path: self.path.saturating_add(path) }
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
        ask(Node { value: buffer, path: 0 })
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
            Json::String(text) => take(|rates| by_length(text.len(), rates.text)).then(|| Cow::Borrowed(&**text)),
            Json::Bytes(bytes) => {
                let coded = bytes.len().saturating_mul(2);
                let may = take(|rates| bytes.len() / CODED_A_STEP + by_length(coded, rates.text));
                may.then(|| Cow::Owned(STANDARD.encode(bytes)))
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => None,
        }
    }

    fn as_number(&self) -> Option<Numeral<'a>> {
        let number = self.look(1)?.as_number()?;
        match number {
            Number::Text(text) if !take(|_| by_length(text.len(), 1)) => None,
            Number::Text(_) | Number::Int(_) | Number::UInt(_) | Number::Double(_) => Some(Numeral(number)),
        }
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

    /// Asked for errors and annotations alone, and those never hold a value. An error holds its path, and a part of the
    /// schema.
    fn to_value(&self) -> Cow<'a, Value> {
        take(|rates| 1 + rates.error.saturating_add(ERROR).saturating_add(self.path) / BYTES_A_STEP);
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
        self.members.get(key.as_str()).map(|value| self.node.child(value, step(key)))
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
        let (name, value) = self.members.next()?;
        take(|rates| by_length(name.len(), rates.name)).then(|| (&**name, self.node.child(value, step(name))))
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
        self.items.next().map(|value| self.node.child(value, INDEX))
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
