//! `matches`, and cel-go's regex extension: `regex.extract`, `regex.extractAll`, `regex.replace`.

use std::borrow::Cow;
use std::ops::Range;

use cel::common::types::{CelBool, CelInt, CelList, CelOptional, CelString, DYN_TYPE, INT_TYPE, STRING_TYPE};
use cel::common::value::{CowVal, Val};
use cel::{DeclarationError, Env, ExecutionError};

use super::{Outcome, run, take, text, unexpected};
use crate::expr::meter::{Meter, Weight};
use crate::expr::pattern::{Pattern, Search};
use crate::expr::run::Run;

/// Steps that compiling a pattern which only a run knows costs.
const COMPILE_STEPS: u64 = 1_000;

pub(super) fn extension(env: &mut Env) -> Result<(), DeclarationError> {
    let searching = || vec![Run::cel_type().to_owned(), STRING_TYPE, DYN_TYPE];
    env.add_overload("@matches", "@matches", searching(), matches)?;
    env.add_overload("@regex.extract", "@regex.extract", searching(), extract)?;
    env.add_overload("@regex.extractAll", "@regex.extractAll", searching(), extract_all)?;
    let replacing = || vec![Run::cel_type().to_owned(), STRING_TYPE, DYN_TYPE, STRING_TYPE];
    env.add_overload("@regex.replace", "@regex.replace", replacing(), replace)?;
    let replacing_first = replacing().into_iter().chain([INT_TYPE]).collect();
    env.add_overload("@regex.replace", "@regex.replace_n", replacing_first, replace_n)
}

/// Whether the pattern is found anywhere in the text.
fn matches<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, subject, pattern] = take(args)?;
    let (meter, subject) = (&run(&the_run)?.meter, text(&subject)?);
    let found = compiled(meter, &pattern)?.search(subject, meter).succeeds()?;
    Ok(CowVal::owned(CelBool::from(found)))
}

/// The first match, or its only group, as an optional.
fn extract<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, subject, pattern] = take(args)?;
    let (meter, subject) = (&run(&the_run)?.meter, text(&subject)?);
    let pattern = compiled(meter, &pattern)?;
    only_group("regex.extract", &pattern)?;
    let mut search = pattern.search(subject, meter);
    let Some(found) = search.next()? else { return Ok(CowVal::owned(CelOptional::none())) };
    let part = part(&mut search, &pattern, &found)?.map(owned);
    Ok(CowVal::owned(part.map_or_else(CelOptional::none, CelOptional::of)))
}

/// Every match, or the only group of each.
fn extract_all<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, subject, pattern] = take(args)?;
    let (meter, subject) = (&run(&the_run)?.meter, text(&subject)?);
    let pattern = compiled(meter, &pattern)?;
    only_group("regex.extractAll", &pattern)?;
    let mut search = pattern.search(subject, meter);
    let mut parts: Vec<Box<dyn Val + 'v>> = Vec::new();
    while let Some(found) = search.next()? {
        let Some(part) = part(&mut search, &pattern, &found)? else { continue };
        meter.copying(Weight::text(part.len(), false))?;
        parts.push(owned(part));
    }
    Ok(CowVal::owned(CelList::from(parts)))
}

fn replace<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, subject, pattern, with] = take(args)?;
    replace_first(&run(&the_run)?.meter, [&subject, &pattern, &with], usize::MAX)
}

/// The first `n` matches; all of them when `n` is negative.
fn replace_n<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, subject, pattern, with, n] = take(args)?;
    let n = n.downcast_ref::<CelInt>().ok_or_else(|| unexpected(&*n, "int"))?;
    replace_first(&run(&the_run)?.meter, [&subject, &pattern, &with], usize::try_from(*n.inner()).unwrap_or(usize::MAX))
}

fn replace_first<'b, 'v>(meter: &Meter, args: [&CowVal<'_, '_>; 3], n: usize) -> Outcome<'b, 'v> {
    let [subject, pattern, with] = args;
    let (subject, with) = (text(subject)?, text(with)?);
    let pattern = compiled(meter, pattern)?;
    let mut search = pattern.search(subject, meter);
    let mut replaced = String::new();
    let mut end = 0;
    for _ in 0..n {
        let Some(found) = search.next()? else { break };
        replaced.push_str(subject.get(end..found.start).unwrap_or_default());
        let before = replaced.len();
        let groups = if with.contains('\\') { search.groups(&found)? } else { Vec::new() };
        fill(with, &groups, &mut replaced)?;
        meter.copying(Weight::text(replaced.len().saturating_sub(before), false))?;
        end = found.end;
    }
    replaced.push_str(subject.get(end..).unwrap_or_default());
    Ok(CowVal::owned(CelString::from(replaced)))
}

/// Appends a replacement: `\1` stands for the first group, `\0` for the match, `\\` for a backslash.
fn fill(with: &str, groups: &[Option<&str>], out: &mut String) -> Result<(), ExecutionError> {
    let wrong = || ExecutionError::function_error("regex.replace", "a replacement with a group that is not there");
    let mut characters = with.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        match characters.next() {
            Some('\\') => out.push('\\'),
            Some(digit) => {
                let group = digit.to_digit(10).and_then(|digit| usize::try_from(digit).ok()).ok_or_else(wrong)?;
                out.push_str(groups.get(group).ok_or_else(wrong)?.unwrap_or_default());
            }
            None => return Err(wrong()),
        }
    }
    Ok(())
}

/// The pattern: a constant one was compiled with the expression.
fn compiled<'p>(meter: &Meter, pattern: &'p CowVal<'_, '_>) -> Result<Cow<'p, Pattern>, ExecutionError> {
    if let Some(pattern) = pattern.downcast_ref::<Pattern>() {
        return Ok(Cow::Borrowed(pattern));
    }
    meter.steps(COMPILE_STEPS)?;
    Pattern::new(text(pattern)?).map(Cow::Owned).map_err(|message| ExecutionError::function_error("regex", message))
}

/// What is extracted is the match, or its only group.
fn only_group(function: &str, pattern: &Pattern) -> Result<(), ExecutionError> {
    if pattern.groups() > 1 {
        return Err(ExecutionError::function_error(function, "a pattern with more than one group"));
    }
    Ok(())
}

/// What is extracted of a match; `None` when its group took no part.
fn part<'t>(
    search: &mut Search<'t>,
    pattern: &Pattern,
    found: &Range<usize>,
) -> Result<Option<&'t str>, ExecutionError> {
    if pattern.groups() == 0 {
        return Ok(search.text().get(found.clone()));
    }
    Ok(search.groups(found)?.get(1).copied().flatten())
}

fn owned<'v>(part: &str) -> Box<dyn Val + 'v> {
    Box::new(CelString::from(part.to_owned()))
}
