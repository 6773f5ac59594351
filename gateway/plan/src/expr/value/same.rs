//! Whether two values are equal, whichever of them is lent.

use cel::ExecutionError;
use cel::common::types::{CelOptional, Kind};
use cel::common::value::Val;

use super::{Decimal, weigh};

/// What a comparison is about to look at: so many elements and bytes. An error ends it.
pub(in crate::expr) type Looks<'l> = dyn FnMut(u64, u64) -> Result<(), ExecutionError> + 'l;

/// CEL's equality. The crate's own compares a list or a map with others of its own kind only.
pub(in crate::expr) fn same(one: &dyn Val, other: &dyn Val) -> bool {
    compare(one, other, &mut |_, _| Ok(())).unwrap_or(false)
}

/// As [`same`], asking before it looks at anything.
pub(in crate::expr) fn compare(one: &dyn Val, other: &dyn Val, looks: &mut Looks<'_>) -> Result<bool, ExecutionError> {
    match (one.get_type().kind(), other.get_type().kind()) {
        (Kind::List, Kind::List) => compare_lists(one, other, looks),
        (Kind::Map, Kind::Map) => compare_maps(one, other, looks),
        // A lent list or map would ask this function again.
        (Kind::List | Kind::Map, _) | (_, Kind::List | Kind::Map) => Ok(false),
        _ => compare_scalars(one, other, looks),
    }
}

fn compare_scalars(one: &dyn Val, other: &dyn Val, looks: &mut Looks<'_>) -> Result<bool, ExecutionError> {
    if let Some((one, other)) = optional(one).zip(optional(other)) {
        return match (one.option(), other.option()) {
            (Some(one), Some(other)) => compare(one, other, looks),
            (one, other) => Ok(one.is_none() && other.is_none()),
        };
    }
    looks(1, weigh(one).bytes.min(weigh(other).bytes))?;
    Ok(same_scalars(one, other))
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

/// Lists and maps of different sizes differ, whatever is in them.
fn same_size(one: &dyn Val, other: &dyn Val, looks: &mut Looks<'_>) -> Result<bool, ExecutionError> {
    let size = |value: &dyn Val| value.as_sizer().map_or(0, |sizer| *sizer.size().inner());
    if size(one) != size(other) {
        return Ok(false);
    }
    looks(u64::try_from(size(one)).unwrap_or(u64::MAX), 0)?;
    Ok(true)
}

fn compare_lists(one: &dyn Val, other: &dyn Val, looks: &mut Looks<'_>) -> Result<bool, ExecutionError> {
    if !same_size(one, other, looks)? {
        return Ok(false);
    }
    let (Some(one), Some(other)) = (one.as_iterable(), other.as_iterable()) else { return Ok(false) };
    let (mut ours, mut theirs) = (one.iter(), other.iter());
    loop {
        match (ours.next(), theirs.next()) {
            (Some(one), Some(other)) => {
                if !compare(one, other, looks)? {
                    return Ok(false);
                }
            }
            (one, other) => return Ok(one.is_none() && other.is_none()),
        }
    }
}

fn compare_maps(one: &dyn Val, other: &dyn Val, looks: &mut Looks<'_>) -> Result<bool, ExecutionError> {
    if !same_size(one, other, looks)? {
        return Ok(false);
    }
    let (Some(ours), Some(theirs)) = (one.as_indexer(), other.as_indexer()) else { return Ok(false) };
    let Some(keys) = one.as_iterable() else { return Ok(false) };
    let mut keys = keys.iter();
    while let Some(key) = keys.next() {
        let (Ok(one), Ok(other)) = (ours.get(key), theirs.get(key)) else { return Ok(false) };
        if !compare(&*one, &*other, looks)? {
            return Ok(false);
        }
    }
    Ok(true)
}
