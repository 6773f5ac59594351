//! What the rewritten tree puts around values to have them charged. They hand on what they are given.

use cel::common::types::{CelInt, CelList, CelMap, DYN_TYPE, INT_TYPE, Kind};
use cel::common::value::{CowVal, Val};
use cel::{DeclarationError, Env};

use super::{Outcome, run, take};
use crate::expr::meter::Weight;
use crate::expr::output::{for_each, sorted_keys};
use crate::expr::run::Run;
use crate::expr::value::{Decimal, weigh, weigh_whole};

pub(super) fn extension(env: &mut Env) -> Result<(), DeclarationError> {
    let run = || Run::cel_type().to_owned();
    env.add_overload("@read", "@read", vec![run(), DYN_TYPE], read)?;
    env.add_overload("@readWhole", "@readWhole", vec![run(), DYN_TYPE], read_whole)?;
    env.add_overload("@readWritten", "@readWritten", vec![run(), DYN_TYPE], read_written)?;
    env.add_overload("@readCount", "@readCount", vec![run(), DYN_TYPE], read_count)?;
    env.add_overload("@keep", "@keep", vec![run(), DYN_TYPE], keep)?;
    env.add_overload("@copy", "@copy", vec![run(), DYN_TYPE], copy)?;
    env.add_overload("@range", "@range", vec![run(), INT_TYPE, DYN_TYPE], range)?;
    env.add_overload("@pairs", "@pairs", vec![run(), INT_TYPE, DYN_TYPE], pairs)
}

/// Something that an operator or a function looks at once.
fn read<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, value] = take(args)?;
    run(&the_run)?.meter.reading(weigh(&*value))?;
    Ok(plain(value))
}

/// A list that is written out, lent parts included.
fn read_whole<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, value] = take(args)?;
    let meter = &run(&the_run)?.meter;
    let weight = weigh_whole(&*value);
    meter.reading(weight)?;
    meter.memory(weight.bytes)?;
    Ok(plain(value))
}

/// Arguments of `format`: a number of a hundred digits takes its time.
fn read_written<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, value] = take(args)?;
    let meter = &run(&the_run)?.meter;
    let weight = weigh_whole(&*value);
    meter.reading(weight)?;
    meter.steps(weight.elements)?;
    meter.memory(weight.bytes)?;
    Ok(plain(value))
}

/// How many elements a function will make.
fn read_count<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, value] = take(args)?;
    let count = value.downcast_ref::<CelInt>().map_or(0, |count| u64::try_from(*count.inner()).unwrap_or_default());
    run(&the_run)?.meter.memory(count.saturating_mul(Weight::ELEMENT))?;
    Ok(value)
}

/// Something that a list, a map or a macro holds on to.
fn keep<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, value] = take(args)?;
    run(&the_run)?.meter.copying(weigh(&*value))?;
    Ok(value)
}

/// Something of which a copy is made, and dropped unless somebody keeps it.
fn copy<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, value] = take(args)?;
    run(&the_run)?.meter.visiting(weigh(&*value))?;
    Ok(value)
}

/// What a macro iterates over: so many steps for each element. A computed map becomes the sorted list of its keys, so
/// that every run visits them in the same order.
fn range<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, each, value] = take(args)?;
    iterating(run(&the_run)?, &each, &value)?;
    let Some(map) = value.downcast_ref::<CelMap>() else { return Ok(value) };
    let keys: Vec<Box<dyn Val + 'v>> = sorted_keys(map).into_iter().map(|key| key.inner().clone_as_boxed()).collect();
    Ok(CowVal::owned(CelList::from(keys)))
}

/// The pairs of index and item, or of key and value, for a macro with two variables.
fn pairs<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, each, value] = take(args)?;
    let the_run = run(&the_run)?;
    iterating(the_run, &each, &value)?;
    the_run.meter.copying(weigh(&*value))?;
    let mut pairs: Vec<Box<dyn Val + 'v>> = Vec::new();
    let mut push = |key: Box<dyn Val + 'v>, value: Box<dyn Val + 'v>| {
        pairs.push(Box::new(CelList::from(vec![key, value])));
    };
    if let Some(map) = value.downcast_ref::<CelMap>() {
        for key in sorted_keys(map) {
            if let Some(value) = map.inner().get(key) {
                push(key.inner().clone_as_boxed(), value.clone_as_boxed());
            }
        }
    } else if let (Kind::Map, Some(map), Some(keys)) =
        (value.get_type().kind(), value.as_indexer(), value.as_iterable())
    {
        for_each(keys, |key| {
            if let Ok(value) = map.get(key) {
                push(key.clone_as_boxed(), value.into_owned());
            }
        });
    } else if let (Kind::List, Some(items)) = (value.get_type().kind(), value.as_iterable()) {
        let mut index = 0_i64;
        for_each(items, |item| {
            push(Box::new(CelInt::from(index)), item.clone_as_boxed());
            index += 1;
        });
    } else {
        return Err(super::unexpected(&*value, "list or map"));
    }
    Ok(CowVal::owned(CelList::from(pairs)))
}

/// Charges for all iterations at once: each costs its steps, and a copy of its element.
fn iterating(run: &Run, each: &CowVal<'_, '_>, value: &CowVal<'_, '_>) -> Result<(), cel::ExecutionError> {
    let each = each.downcast_ref::<CelInt>().map_or(1, |each| u64::try_from(*each.inner()).unwrap_or(1));
    let parts = value.as_sizer().map_or(0, |sizer| u64::try_from(*sizer.size().inner()).unwrap_or_default());
    run.meter.steps(parts.saturating_mul(each))?;
    run.meter.visiting(weigh(&**value))
}

/// The value as the crate's own functions understand it: numbers that carry their text become doubles, also in a list.
pub(super) fn plain<'b, 'v>(value: CowVal<'b, 'v>) -> CowVal<'b, 'v> {
    if let Some(decimal) = value.downcast_ref::<Decimal>() {
        return CowVal::owned(decimal.double());
    }
    if value.get_type().kind() != Kind::List {
        return value;
    }
    let mut items: Vec<Box<dyn Val + 'v>> = Vec::new();
    let mut changed = false;
    let Some(list) = value.as_iterable() else { return value };
    for_each(list, |item| changed |= item.downcast_ref::<Decimal>().is_some());
    if !changed {
        return value;
    }
    for_each(list, |item| match item.downcast_ref::<Decimal>() {
        Some(decimal) => items.push(Box::new(decimal.double())),
        None => items.push(item.clone_as_boxed()),
    });
    CowVal::owned(CelList::from(items))
}
