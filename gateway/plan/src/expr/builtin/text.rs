//! Functions of texts whose result can be far larger than their arguments, or whose cost is more than linear in the
//! `cel` crate. Positions count characters.

use cel::common::types::{CelInt, CelList, CelString, DYN_TYPE, INT_TYPE, LIST_TYPE, STRING_TYPE, Type};
use cel::common::value::{CowVal, Val};
use cel::{DeclarationError, Env, ExecutionError};

use super::{Outcome, run, take, text, unexpected};
use crate::expr::meter::Weight;
use crate::expr::run::Run;

pub(super) fn extension(env: &mut Env) -> Result<(), DeclarationError> {
    let with =
        |types: &[Type]| std::iter::once(Run::cel_type()).chain(types).map(ToOwned::to_owned).collect::<Vec<_>>();
    env.add_overload("@header", "@header", with(&[DYN_TYPE, STRING_TYPE]), header)?;
    env.add_overload("@join", "@join", with(&[LIST_TYPE]), join)?;
    env.add_overload("@join", "@join_by", with(&[LIST_TYPE, STRING_TYPE]), join_by)?;
    env.add_overload("@replace", "@replace", with(&[STRING_TYPE, STRING_TYPE, STRING_TYPE]), replace)?;
    env.add_overload("@replace", "@replace_n", with(&[STRING_TYPE, STRING_TYPE, STRING_TYPE, INT_TYPE]), replace_n)?;
    env.add_overload("@split", "@split", with(&[STRING_TYPE, STRING_TYPE]), split)?;
    env.add_overload("@split", "@split_n", with(&[STRING_TYPE, STRING_TYPE, INT_TYPE]), split_n)?;
    env.add_overload("@indexOf", "@indexOf", with(&[STRING_TYPE, STRING_TYPE]), index_of)?;
    env.add_overload("@indexOf", "@indexOf_from", with(&[STRING_TYPE, STRING_TYPE, INT_TYPE]), index_of_from)?;
    env.add_overload("@lastIndexOf", "@lastIndexOf", with(&[STRING_TYPE, STRING_TYPE]), last_index_of)?;
    env.add_overload(
        "@lastIndexOf",
        "@lastIndexOf_from",
        with(&[STRING_TYPE, STRING_TYPE, INT_TYPE]),
        last_index_of_from,
    )
}

/// `header('X-GitHub-Event')`: in any case, `''` when absent.
fn header<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [_, headers, name] = take(args)?;
    let name = CelString::from(text(&name)?.to_ascii_lowercase());
    let headers = headers.as_indexer().ok_or_else(|| unexpected(&*headers, "map"))?;
    Ok(match headers.get(&name) {
        Ok(value) => CowVal::Owned(value.into_owned()),
        Err(_) => CowVal::owned(CelString::from("")),
    })
}

fn join<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, list] = take(args)?;
    join_with(run(&the_run)?, &list, "")
}

fn join_by<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, list, separator] = take(args)?;
    join_with(run(&the_run)?, &list, text(&separator)?)
}

fn join_with<'b, 'v>(run: &Run, list: &CowVal<'b, 'v>, separator: &str) -> Outcome<'b, 'v> {
    let mut items = list.as_iterable().ok_or_else(|| unexpected(&**list, "list"))?.iter();
    let mut joined = String::new();
    let mut first = true;
    while let Some(item) = items.next() {
        let item = item.downcast_ref::<CelString>().ok_or_else(|| unexpected(item, "string"))?.inner();
        let more = item.len() + separator.len();
        run.meter.reading(Weight::text(more, false))?;
        run.meter.memory(more as u64)?;
        joined.push_str(if first { "" } else { separator });
        joined.push_str(item);
        first = false;
    }
    Ok(CowVal::owned(CelString::from(joined)))
}

fn replace<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, this, from, to] = take(args)?;
    replace_first(run(&the_run)?, [&this, &from, &to], usize::MAX)
}

/// The first `n`; all of them when `n` is negative.
fn replace_n<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, this, from, to, n] = take(args)?;
    replace_first(run(&the_run)?, [&this, &from, &to], count(&n)?.unwrap_or(usize::MAX))
}

fn replace_first<'b, 'v>(run: &Run, texts: [&CowVal<'_, '_>; 3], n: usize) -> Outcome<'b, 'v> {
    let [this, from, to] = texts;
    let (this, from, to) = (text(this)?, text(from)?, text(to)?);
    run.meter.reading(Weight::text(this.len(), false))?;
    let found = this.matches(from).take(n).count();
    run.meter.copying(Weight::text(this.len().saturating_add(found.saturating_mul(to.len())), false))?;
    Ok(CowVal::owned(CelString::from(this.replacen(from, to, n))))
}

fn split<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, this, separator] = take(args)?;
    split_first(run(&the_run)?, text(&this)?, text(&separator)?, None)
}

/// At most `n` parts, the last with all that is left: none when `n` is 0, all of them when it is negative.
fn split_n<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, this, separator, n] = take(args)?;
    split_first(run(&the_run)?, text(&this)?, text(&separator)?, count(&n)?)
}

fn split_first<'b, 'v>(run: &Run, this: &str, separator: &str, n: Option<usize>) -> Outcome<'b, 'v> {
    run.meter.reading(Weight::text(this.len(), false))?;
    let parts = parts(this, separator, n.unwrap_or(usize::MAX));
    let elements = u64::try_from(parts.clone().count()).unwrap_or(u64::MAX);
    run.meter.memory((this.len() as u64).saturating_add(elements.saturating_mul(Weight::ELEMENT)))?;
    let parts: Vec<Box<dyn Val + 'v>> =
        parts.map(|part| Box::new(CelString::from(part.to_owned())) as Box<dyn Val + 'v>).collect();
    Ok(CowVal::owned(CelList::from(parts)))
}

/// An empty separator stands between all characters.
fn parts<'t>(this: &'t str, separator: &'t str, n: usize) -> impl Iterator<Item = &'t str> + Clone {
    let mut rest = (n > 0 && !(this.is_empty() && separator.is_empty())).then_some(this);
    let mut left = n;
    std::iter::from_fn(move || {
        let text = rest.take()?;
        left -= 1;
        let end = if separator.is_empty() {
            text.chars().next().map(char::len_utf8).filter(|end| *end < text.len())
        } else {
            text.find(separator)
        };
        let (part, after) = match end.filter(|_| left > 0) {
            Some(end) => (text.get(..end)?, text.get(end + separator.len()..)),
            None => (text, None),
        };
        rest = after;
        Some(part)
    })
}

fn index_of<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, this, part] = take(args)?;
    let (this, part) = searched(&the_run, &this, &part)?;
    Ok(found(this, this.find(part)))
}

fn index_of_from<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, this, part, from] = take(args)?;
    let (this, part) = searched(&the_run, &this, &part)?;
    let from = offset("indexOf", this, part, &from)?;
    Ok(found(this, this.get(from..).and_then(|rest| rest.find(part)).map(|at| at + from)))
}

fn last_index_of<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, this, part] = take(args)?;
    let (this, part) = searched(&the_run, &this, &part)?;
    Ok(found(this, this.rfind(part)))
}

/// The last place that is not behind `from`.
fn last_index_of_from<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, this, part, from] = take(args)?;
    let (this, part) = searched(&the_run, &this, &part)?;
    let from = offset("lastIndexOf", this, part, &from)?;
    let end = this.floor_char_boundary(from.saturating_add(part.len()));
    Ok(found(this, this.get(..end).and_then(|before| before.rfind(part))))
}

fn searched<'a>(
    the_run: &CowVal<'_, '_>,
    this: &'a CowVal<'_, '_>,
    part: &'a CowVal<'_, '_>,
) -> Result<(&'a str, &'a str), ExecutionError> {
    let (this, part) = (text(this)?, text(part)?);
    run(the_run)?.meter.reading(Weight::text(this.len(), false))?;
    Ok((this, part))
}

/// The byte at which the character `from` begins. Where nothing is sought, any position will do.
fn offset(function: &str, this: &str, part: &str, from: &CowVal<'_, '_>) -> Result<usize, ExecutionError> {
    let outside = || ExecutionError::function_error(function, "a position outside of the text");
    let from = count(from)?.ok_or_else(outside)?;
    match this.char_indices().nth(from) {
        Some((at, _)) => Ok(at),
        None if part.is_empty() => Ok(this.len()),
        None => Err(outside()),
    }
}

/// The character at a byte, -1 for none.
fn found<'b, 'v>(this: &str, at: Option<usize>) -> CowVal<'b, 'v> {
    let characters = at.and_then(|at| this.get(..at)).map(|before| before.chars().count());
    let position = characters.map_or(-1, |count| i64::try_from(count).unwrap_or(i64::MAX));
    CowVal::owned(CelInt::from(position))
}

/// A number of things; `None` when it is negative.
fn count(value: &CowVal<'_, '_>) -> Result<Option<usize>, ExecutionError> {
    let value = value.downcast_ref::<CelInt>().ok_or_else(|| unexpected(&**value, "int"))?;
    Ok(usize::try_from(*value.inner()).ok())
}
