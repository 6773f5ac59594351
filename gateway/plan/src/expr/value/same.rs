//! Whether two values are equal, whichever of them is lent.

use cel::common::traits::Iterable;
use cel::common::types::{CelOptional, Kind};
use cel::common::value::Val;

use super::Decimal;

/// CEL's equality. The crate's own compares a list or a map with others of its own kind only.
pub(in crate::expr) fn same(one: &dyn Val, other: &dyn Val) -> bool {
    match (one.get_type().kind(), other.get_type().kind()) {
        (Kind::List, Kind::List) => same_lists(one, other),
        (Kind::Map, Kind::Map) => same_maps(one, other),
        // A lent list or map would ask this function again.
        (Kind::List | Kind::Map, _) | (_, Kind::List | Kind::Map) => false,
        _ => match (optional(one), optional(other)) {
            (Some(one), Some(other)) => match (one.option(), other.option()) {
                (Some(one), Some(other)) => same(one, other),
                (one, other) => one.is_none() && other.is_none(),
            },
            _ => same_scalars(one, other),
        },
    }
}

fn optional<'b, 'v>(value: &'b (dyn Val + 'v)) -> Option<&'b CelOptional<'v>> {
    value.downcast_ref::<CelOptional>()
}

fn same_scalars(one: &dyn Val, other: &dyn Val) -> bool {
    match other.downcast_ref::<Decimal>() {
        Some(decimal) => decimal.equals(one),
        None => one.equals(other),
    }
}

fn same_lists(one: &dyn Val, other: &dyn Val) -> bool {
    let (Some(one), Some(other)) = (one.as_iterable(), other.as_iterable()) else { return false };
    let (mut ours, mut theirs) = (one.iter(), other.iter());
    loop {
        match (ours.next(), theirs.next()) {
            (Some(one), Some(other)) if same(one, other) => {}
            (one, other) => return one.is_none() && other.is_none(),
        }
    }
}

fn same_maps(one: &dyn Val, other: &dyn Val) -> bool {
    let size = |value: &dyn Val| value.as_sizer().map(|sizer| *sizer.size().inner());
    size(one) == size(other) && every_key(one, &|key| same_entries(one, other, key))
}

fn every_key(map: &dyn Val, holds: &dyn Fn(&dyn Val) -> bool) -> bool {
    let Some(keys) = map.as_iterable().map(Iterable::iter) else { return false };
    let mut keys = keys;
    while let Some(key) = keys.next() {
        if !holds(key) {
            return false;
        }
    }
    true
}

fn same_entries(one: &dyn Val, other: &dyn Val, key: &dyn Val) -> bool {
    let (Some(one), Some(other)) = (one.as_indexer(), other.as_indexer()) else { return false };
    matches!((one.get(key), other.get(key)), (Ok(one), Ok(other)) if same(&*one, &*other))
}
