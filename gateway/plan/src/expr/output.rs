//! From a value of an expression to JSON.

use std::sync::Arc;

use bytes::Bytes;
use cel::common::traits::Iterable;
use cel::common::types::{
    CelBool, CelBytes, CelDouble, CelInt, CelList, CelMap, CelMapKey, CelOptional, CelString, CelType, CelUInt, Kind,
};
use cel::common::value::{CowVal, Val};

use super::env;
use super::value::{Decimal, reveal};
use crate::json::{Json, Number, Object};
use crate::limits::JSON_DEPTH;

/// Why a value has no JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unfit {
    /// An infinity, or what is no number.
    #[error("a number that JSON cannot hold")]
    NotFinite,
    /// Nested deeper than [`JSON_DEPTH`].
    #[error("a value nested deeper than {JSON_DEPTH}")]
    TooDeep,
    /// A kind of value that JSON does not have.
    #[error("a value that JSON does not have")]
    Foreign,
}

/// The value as JSON. Bytes stay bytes, points in time and durations become text, an optional its value or `null`; the
/// names of a computed map are sorted, so that a run repeats itself.
pub(super) fn to_json(value: &dyn Val) -> Result<Json, Unfit> {
    nested(value, JSON_DEPTH)
}

fn nested(value: &dyn Val, depth: usize) -> Result<Json, Unfit> {
    let kind = value.get_type().kind();
    if kind == Kind::List {
        list(value, depth)
    } else if kind == Kind::Map {
        map(value, depth)
    } else if let Some(optional) = value.downcast_ref::<CelOptional>() {
        optional.option().map_or(Ok(Json::Null), |value| nested(value, depth))
    } else if matches!(kind, Kind::Timestamp | Kind::Duration) {
        text(value).map(Json::from).ok_or(Unfit::Foreign)
    } else {
        scalar(value)
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

fn list(value: &dyn Val, depth: usize) -> Result<Json, Unfit> {
    let Some(list) = value.downcast_ref::<CelList>() else { return lent(value, depth) };
    let depth = depth.checked_sub(1).ok_or(Unfit::TooDeep)?;
    let items = list.inner().iter().map(|item| nested(&**item, depth)).collect::<Result<_, _>>()?;
    Ok(Json::Array(Arc::new(items)))
}

fn map(value: &dyn Val, depth: usize) -> Result<Json, Unfit> {
    let Some(map) = value.downcast_ref::<CelMap>() else { return lent(value, depth) };
    let depth = depth.checked_sub(1).ok_or(Unfit::TooDeep)?;
    let members = sorted_keys(map).into_iter().filter_map(|key| Some((key, map.inner().get(key)?)));
    let members = members.map(|(key, value)| Ok((key_text(key).into(), nested(&**value, depth)?)));
    Ok(Json::Object(Arc::new(members.collect::<Result<Object, Unfit>>()?)))
}

/// JSON that was lent comes back as it is.
fn lent(value: &dyn Val, depth: usize) -> Result<Json, Unfit> {
    let json = reveal(value).ok_or(Unfit::Foreign)?;
    if json.depth() > depth { Err(Unfit::TooDeep) } else { Ok(json) }
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
