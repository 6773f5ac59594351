//! The operators whose cost depends on both sides: `+`, `==` and `in`.

use cel::common::types::{CelBool, DYN_TYPE, Kind};
use cel::common::value::{CowVal, Val};
use cel::{DeclarationError, Env};

use super::charge::plain;
use super::{Outcome, no_overload, run, take};
use crate::expr::meter::{Tally, Weight};
use crate::expr::run::Run;
use crate::expr::value::{compare, weigh};

pub(super) fn extension(env: &mut Env) -> Result<(), DeclarationError> {
    let args = || vec![Run::cel_type().to_owned(), DYN_TYPE, DYN_TYPE];
    env.add_overload("@add", "@add", args(), add)?;
    env.add_overload("@same", "@same", args(), equal)?;
    env.add_overload("@in", "@in", args(), contains)
}

/// `a + b`: what grows is charged before it has grown.
fn add<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, left, right] = take(args)?;
    let meter = &run(&the_run)?.meter;
    let (left, right) = (plain(left), plain(right));
    let kind = left.get_type().kind();
    if matches!(kind, Kind::String | Kind::Bytes | Kind::List) {
        if right.get_type().kind() != kind {
            return Err(no_overload("_+_", &[&left, &right]));
        }
        let weight = weigh(&*left) + weigh(&*right);
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
    let mut tally = Tally::new(&run(&the_run)?.meter);
    let equal = compare(&*left, &*right, &mut |elements, bytes| tally.looks_at(elements, bytes))?;
    Ok(CowVal::owned(CelBool::from(equal)))
}

/// `a in b`
fn contains<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, value, container] = take(args)?;
    let mut tally = Tally::new(&run(&the_run)?.meter);
    if container.get_type().kind() == Kind::Map {
        let value = plain(value);
        let map = container.as_container().ok_or_else(|| no_overload("@in", &[&value, &container]))?;
        return map.contains(&*value).map(|found| CowVal::owned(CelBool::from(found)));
    }
    let list = container.as_iterable().filter(|_| container.get_type().kind() == Kind::List);
    let mut items = list.ok_or_else(|| no_overload("@in", &[&value, &container]))?.iter();
    let size = container.as_sizer().map_or(0, |sizer| u64::try_from(*sizer.size().inner()).unwrap_or_default());
    tally.looks_at(size, 0)?;
    while let Some(item) = items.next() {
        if compare(item, &*value, &mut |elements, bytes| tally.looks_at(elements, bytes))? {
            return Ok(CowVal::owned(CelBool::from(true)));
        }
    }
    Ok(CowVal::owned(CelBool::from(false)))
}
