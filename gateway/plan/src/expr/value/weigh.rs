//! How large a value is, for the meter.

use cel::common::types::{CelBytes, CelList, CelMap, CelMapKey, CelOptional, CelString};
use cel::common::value::Val;

use super::super::meter::Weight;
use super::reveal;
use crate::json::{Json, Number};

/// The weight of what a function that takes `value` looks at, and of what a copy of it takes. Parts of lent JSON count
/// one each: they are shared, and reached one by one.
pub(in crate::expr) fn weigh(value: &dyn Val) -> Weight {
    weigh_with(value, lent)
}

/// The weight of all that is in a value, parts of lent JSON included: what writing it out looks at.
pub(in crate::expr) fn weigh_whole(value: &dyn Val) -> Weight {
    weigh_with(value, |value| reveal(value).map_or(Weight::ONE, |json| weigh_json(&json)))
}

/// `lent` weighs a value that is not of the crate's own kinds.
fn weigh_with(value: &dyn Val, lent: fn(&dyn Val) -> Weight) -> Weight {
    if let Some(text) = value.downcast_ref::<CelString>() {
        return Weight::text(text.inner().len(), text.as_borrowed().is_some());
    }
    if let Some(bytes) = value.downcast_ref::<CelBytes>() {
        return Weight::text(bytes.inner().len(), bytes.as_borrowed().is_some());
    }
    if let Some(list) = value.downcast_ref::<CelList>() {
        return Weight::ONE + list.inner().iter().map(|item| weigh_with(&**item, lent)).sum();
    }
    if let Some(map) = value.downcast_ref::<CelMap>() {
        return Weight::ONE + map.inner().iter().map(|(key, value)| weigh_key(key) + weigh_with(&**value, lent)).sum();
    }
    if let Some(optional) = value.downcast_ref::<CelOptional>() {
        return Weight::ONE + optional.option().map(|value| weigh_with(value, lent)).unwrap_or_default();
    }
    value.as_iterable().map_or(Weight::ONE, |_| lent(value))
}

fn weigh_key(key: &CelMapKey<'_>) -> Weight {
    weigh(key.inner())
}

fn lent(value: &dyn Val) -> Weight {
    let parts = value.as_sizer().map_or(0, |sizer| *sizer.size().inner());
    Weight::lent(u64::try_from(parts).unwrap_or_default())
}

/// The weight of a whole tree.
pub(in crate::expr) fn weigh_json(json: &Json) -> Weight {
    match json {
        Json::Null | Json::Bool(_) | Json::Number(Number::Int(_) | Number::UInt(_) | Number::Double(_)) => Weight::ONE,
        Json::String(text) | Json::Number(Number::Text(text)) => Weight::text(text.len(), false),
        Json::Bytes(bytes) => Weight::text(bytes.len(), false),
        Json::Array(items) => Weight::ONE + items.iter().map(weigh_json).sum(),
        Json::Object(members) => {
            Weight::ONE + members.iter().map(|(name, value)| Weight::text(name.len(), false) + weigh_json(value)).sum()
        }
    }
}
