//! The operators whose cost depends on both sides: `+`, `==` and `in`.

use cel::common::types::{CelBool, DYN_TYPE, Kind};
use cel::common::value::{CowVal, Val};
use cel::{DeclarationError, Env};

use super::charge::plain;
use super::{Outcome, no_overload, run, take};
use crate::expr::meter::Weight;
use crate::expr::run::Run;
use crate::expr::value::{reveal, same, weigh, weigh_json};

pub(super) fn extension(env: &mut Env) -> Result<(), DeclarationError> {
    let args = || vec![Run::cel_type().to_owned(), DYN_TYPE, DYN_TYPE];
    env.add_overload("@add", "@add", args(), add)?;
    env.add_overload("@same", "@same", args(), equal)?;
    env.add_overload("@in", "@in", args(), contains)
}

/// `a + b`: what grows is charged before it has grown.
fn add<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, left, right] = take(args)?;
    let (left, right) = (plain(left), plain(right));
    let kind = left.get_type().kind();
    if matches!(kind, Kind::String | Kind::Bytes | Kind::List) {
        if right.get_type().kind() != kind {
            return Err(no_overload("_+_", &[&left, &right]));
        }
        let weight = weigh(&*left) + weigh(&*right);
        let meter = &run(&the_run)?.meter;
        meter.reading(weight)?;
        let parts = if kind == Kind::List { weight.elements } else { 1 };
        meter.memory(weight.bytes.saturating_add(parts.saturating_mul(Weight::ELEMENT)))?;
    }
    let sum = left.as_adder().ok_or_else(|| no_overload("_+_", &[&left, &right]))?.add(&*right)?;
    Ok(CowVal::Owned(sum.into_owned()))
}

/// `a == b`
fn equal<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, left, right] = take(args)?;
    let meter = &run(&the_run)?.meter;
    if left.get_type().kind() == right.get_type().kind() {
        let (left, right) = (weigh_whole(&*left), weigh_whole(&*right));
        meter.reading(Weight {
            elements: left.elements.min(right.elements),
            bytes: left.bytes.min(right.bytes),
            memory: 0,
        })?;
    }
    Ok(CowVal::owned(CelBool::from(same(&*left, &*right))))
}

/// `a in b`
fn contains<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, value, container] = take(args)?;
    let meter = &run(&the_run)?.meter;
    if container.get_type().kind() == Kind::Map {
        let value = plain(value);
        let map = container.as_container().ok_or_else(|| no_overload("@in", &[&value, &container]))?;
        return map.contains(&*value).map(|found| CowVal::owned(CelBool::from(found)));
    }
    let list = container.as_iterable().filter(|_| container.get_type().kind() == Kind::List);
    let mut items = list.ok_or_else(|| no_overload("@in", &[&value, &container]))?.iter();
    let deep = matches!(value.get_type().kind(), Kind::List | Kind::Map);
    meter.reading(if deep { weigh_whole(&*container) } else { weigh(&*container) })?;
    while let Some(item) = items.next() {
        if same(item, &*value) {
            return Ok(CowVal::owned(CelBool::from(true)));
        }
    }
    Ok(CowVal::owned(CelBool::from(false)))
}

/// The weight of all that a comparison may look at.
fn weigh_whole(value: &dyn Val) -> Weight {
    let parts = |value: &dyn Val| reveal(value).map(|json| weigh_json(&json));
    parts(value).unwrap_or_else(|| weigh(value))
}
