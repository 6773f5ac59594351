//! From a value of an expression to JSON.

use std::sync::Arc;

use bytes::Bytes;
use cel::common::traits::Iterable;
use cel::common::types::{
    CelBool, CelBytes, CelDouble, CelInt, CelList, CelMap, CelMapKey, CelOptional, CelString, CelType, CelUInt, Kind,
};
use cel::common::value::{CowVal, Val};

use super::env;
use super::value::{Decimal, reveal, weigh};
use crate::json::{Json, Number, Object};
use crate::limits::{JSON_DEPTH, TEMPLATE_SIZE};

/// Why a value has no JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unfit {
    /// An infinity, or what is no number.
    #[error("a number that JSON cannot hold")]
    NotFinite,
    /// Nested deeper than [`JSON_DEPTH`].
    #[error("a value nested deeper than {JSON_DEPTH}")]
    TooDeep,
    /// More than a template may yield.
    #[error("a value of more than {TEMPLATE_SIZE} bytes")]
    TooLarge,
    /// A kind of value that JSON does not have.
    #[error("a value that JSON does not have")]
    Foreign,
}

/// The value as JSON. Bytes stay bytes, points in time and durations become text, an optional its value or `null`; the
/// names of a computed map are sorted, so that a run repeats itself.
pub(super) fn to_json(value: &dyn Val) -> Result<Json, Unfit> {
    Output { left: TEMPLATE_SIZE }.nested(value, JSON_DEPTH)
}

/// What may still be put out: a text that many parts of a value borrow becomes as many texts.
struct Output {
    /// Bytes of text, and one for each value.
    left: usize,
}

impl Output {
    fn nested(&mut self, value: &dyn Val, depth: usize) -> Result<Json, Unfit> {
        let kind = value.get_type().kind();
        if kind == Kind::List {
            self.list(value, depth)
        } else if kind == Kind::Map {
            self.map(value, depth)
        } else if let Some(optional) = value.downcast_ref::<CelOptional>() {
            optional.option().map_or(Ok(Json::Null), |value| self.nested(value, depth))
        } else if matches!(kind, Kind::Timestamp | Kind::Duration) {
            text(value).map(Json::from).ok_or(Unfit::Foreign)
        } else {
            self.take(usize::try_from(weigh(value).bytes).unwrap_or(usize::MAX))?;
            scalar(value)
        }
    }

    fn list(&mut self, value: &dyn Val, depth: usize) -> Result<Json, Unfit> {
        let Some(list) = value.downcast_ref::<CelList>() else { return self.lent(value, depth) };
        let depth = depth.checked_sub(1).ok_or(Unfit::TooDeep)?;
        self.take(list.inner().len())?;
        let items = list.inner().iter().map(|item| self.nested(&**item, depth)).collect::<Result<_, _>>()?;
        Ok(Json::Array(Arc::new(items)))
    }

    fn map(&mut self, value: &dyn Val, depth: usize) -> Result<Json, Unfit> {
        let Some(map) = value.downcast_ref::<CelMap>() else { return self.lent(value, depth) };
        let depth = depth.checked_sub(1).ok_or(Unfit::TooDeep)?;
        self.take(map.inner().len())?;
        let members = sorted_keys(map).into_iter().filter_map(|key| Some((key, map.inner().get(key)?)));
        let members = members.map(|(key, value)| Ok((key_text(key).into(), self.nested(&**value, depth)?)));
        Ok(Json::Object(Arc::new(members.collect::<Result<Object, Unfit>>()?)))
    }

    /// JSON that was lent comes back as it is.
    fn lent(&mut self, value: &dyn Val, depth: usize) -> Result<Json, Unfit> {
        let json = reveal(value).ok_or(Unfit::Foreign)?;
        self.visit(&json, depth)?;
        Ok(json)
    }

    fn visit(&mut self, json: &Json, depth: usize) -> Result<(), Unfit> {
        let deeper = || depth.checked_sub(1).ok_or(Unfit::TooDeep);
        match json {
            Json::Array(items) => {
                let depth = deeper()?;
                self.take(items.len())?;
                items.iter().try_for_each(|item| self.visit(item, depth))
            }
            Json::Object(members) => {
                let depth = deeper()?;
                self.take(members.len())?;
                members.values().try_for_each(|value| self.visit(value, depth))
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Bytes(_) => Ok(()),
        }
    }

    fn take(&mut self, size: usize) -> Result<(), Unfit> {
        self.left = self.left.checked_sub(size).ok_or(Unfit::TooLarge)?;
        Ok(())
    }
}

fn scalar(value: &dyn Val) -> Result<Json, Unfit> {
    if let Some(value) = value.downcast_ref::<CelString>() {
        return Ok(Json::text(value.inner()));
    }
    if let Some(value) = value.downcast_ref::<CelBool>() {
        return Ok(Json::Bool(*value.inner()));
    }
    if let Some(value) = value.downcast_ref::<CelInt>() {
        return Ok(Json::from(*value.inner()));
    }
    if let Some(value) = value.downcast_ref::<CelUInt>() {
        return Ok(Json::from(*value.inner()));
    }
    if let Some(value) = value.downcast_ref::<CelDouble>() {
        return Number::double(*value.inner()).map(Json::Number).ok_or(Unfit::NotFinite);
    }
    if let Some(value) = value.downcast_ref::<Decimal>() {
        return Ok(Json::Number(value.number()));
    }
    if let Some(value) = value.downcast_ref::<CelBytes>() {
        return Ok(Json::Bytes(Bytes::copy_from_slice(value.inner())));
    }
    if let Some(value) = value.downcast_ref::<CelType>() {
        return Ok(Json::text(value.name()));
    }
    if value.get_type().kind() == Kind::NullType { Ok(Json::Null) } else { Err(Unfit::Foreign) }
}

/// A map's keys in an order that does not depend on the process.
pub(super) fn sorted_keys<'m, 'v>(map: &'m CelMap<'v>) -> Vec<&'m CelMapKey<'v>> {
    let mut keys: Vec<_> = map.inner().keys().collect();
    keys.sort();
    keys
}

fn key_text(key: &CelMapKey<'_>) -> String {
    match key {
        CelMapKey::Bool(key) => key.inner().to_string(),
        CelMapKey::Int(key) => key.inner().to_string(),
        CelMapKey::String(key) => key.inner().to_owned(),
        CelMapKey::UInt(key) => key.inner().to_string(),
    }
}

/// CEL's own text of a value.
pub(super) fn text(value: &dyn Val) -> Option<String> {
    let text = env::call("string", CowVal::Owned(value.clone_as_boxed()))?;
    text.downcast_ref::<CelString>().map(|text| text.inner().to_owned())
}

/// Visits the items of a list or the keys of a map.
pub(super) fn for_each<'b, 'v>(values: &'b (dyn Iterable + 'v), mut visit: impl FnMut(&'b (dyn Val + 'v))) {
    let mut values = values.iter();
    while let Some(value) = values.next() {
        visit(value);
    }
}
