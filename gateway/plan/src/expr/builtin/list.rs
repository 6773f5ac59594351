//! `list`, `sum`, `distinct`, and the map that a list of pairs makes.

use std::collections::HashMap;

use cel::common::types::{CelDouble, CelInt, CelList, CelMap, CelMapKey, CelUInt, DYN_TYPE, Kind, LIST_TYPE};
use cel::common::value::{CowVal, Val};
use cel::{DeclarationError, Env, ExecutionError};

use super::{Outcome, run, take, unexpected};
use crate::expr::meter::Tally;
use crate::expr::run::Run;
use crate::expr::value::{compare, weigh};

pub(super) fn extension(env: &mut Env) -> Result<(), DeclarationError> {
    let run = || Run::cel_type().to_owned();
    env.add_overload("@list", "@list", vec![run(), DYN_TYPE], list)?;
    env.add_overload("@sum", "@sum", vec![run(), LIST_TYPE], sum)?;
    env.add_overload("@distinct", "@distinct", vec![run(), LIST_TYPE], distinct)?;
    env.add_overload("@fromPairs", "@fromPairs", vec![run(), LIST_TYPE], from_pairs)
}

/// A list as it is, nothing of `null`, and a list of one of anything else.
fn list<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, value] = take(args)?;
    let kind = value.get_type().kind();
    if kind == Kind::List {
        return Ok(value);
    }
    run(&the_run)?.meter.copying(weigh(&*value))?;
    let items = if kind == Kind::NullType { Vec::new() } else { vec![value.into_owned()] };
    Ok(CowVal::owned(CelList::from(items)))
}

/// The sum of numbers: an integer while all are integers, else a double; 0 of none.
fn sum<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [_, list] = take(args)?;
    let mut items = list.as_iterable().ok_or_else(|| unexpected(&*list, "list"))?.iter();
    let mut whole = Some(0_i128);
    let mut double = 0.0;
    while let Some(item) = items.next() {
        let number = whole_number(item);
        double += number
            .map_or_else(|| item.downcast_ref::<CelDouble>().map(|item| *item.inner()), |n| Some(nearest(n)))
            .ok_or_else(|| unexpected(item, "number"))?;
        whole = whole.zip(number).map(|(sum, number)| sum.saturating_add(number));
    }
    let Some(whole) = whole else { return Ok(CowVal::owned(CelDouble::from(double))) };
    let int = i64::try_from(whole).map(|sum| CowVal::owned(CelInt::from(sum)));
    int.or_else(|_| u64::try_from(whole).map(|sum| CowVal::owned(CelUInt::from(sum))))
        .map_err(|_| ExecutionError::function_error("sum", "a sum beyond 64 bits"))
}

/// The first of each set of equal elements, in their order. Each may be compared with all before it.
fn distinct<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, list] = take(args)?;
    let meter = &run(&the_run)?.meter;
    let mut tally = Tally::new(meter);
    let mut unique: Vec<Box<dyn Val + 'v>> = Vec::new();
    let mut items = list.as_iterable().ok_or_else(|| unexpected(&*list, "list"))?.iter();
    while let Some(item) = items.next() {
        let mut known = false;
        for earlier in &unique {
            known |= compare(item, &**earlier, &mut |elements, bytes| tally.looks_at(elements, bytes))?;
            if known {
                break;
            }
        }
        if !known {
            meter.copying(weigh(item))?;
            unique.push(item.clone_as_boxed());
        }
    }
    Ok(CowVal::owned(CelList::from(unique)))
}

fn whole_number(item: &dyn Val) -> Option<i128> {
    let int = item.downcast_ref::<CelInt>().map(|item| i128::from(*item.inner()));
    int.or_else(|| item.downcast_ref::<CelUInt>().map(|item| i128::from(*item.inner())))
}

#[expect(clippy::cast_precision_loss, reason = "once a double is among them, the sum is one")]
const fn nearest(number: i128) -> f64 {
    number as f64
}

/// The map of a list of pairs; two pairs with one key are an error, as in a map that is written out.
fn from_pairs<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, pairs] = take(args)?;
    run(&the_run)?.meter.copying(weigh(&*pairs))?;
    let pairs = pairs.downcast_ref::<CelList>().ok_or_else(|| unexpected(&*pairs, "list"))?;
    let mut map: HashMap<CelMapKey<'v>, Box<dyn Val + 'v>> = HashMap::new();
    for pair in pairs.inner() {
        let pair = pair.downcast_ref::<CelList>().ok_or_else(|| unexpected(&**pair, "list"))?;
        let [key, value] = pair.inner() else { return Err(unexpected(pair, "pair")) };
        let key = CelMapKey::try_from(key.clone())?;
        if map.insert(key, value.clone()).is_some() {
            return Err(ExecutionError::function_error("transformMap", "a repeated key"));
        }
    }
    Ok(CowVal::owned(CelMap::from(map)))
}
