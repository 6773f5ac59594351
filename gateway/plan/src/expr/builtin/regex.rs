//! `matches`, and cel-go's regex extension: `regex.extract`, `regex.extractAll`, `regex.replace`.

use std::borrow::Cow;

use cel::common::types::{CelBool, CelInt, CelList, CelOptional, CelString, DYN_TYPE, INT_TYPE, STRING_TYPE};
use cel::common::value::{CowVal, Val};
use cel::{DeclarationError, Env, ExecutionError};
use regex::{Captures, Regex};

use super::{Outcome, run, take, text, unexpected};
use crate::expr::meter::{Meter, Weight};
use crate::expr::pattern::Pattern;
use crate::expr::run::Run;

/// Bytes of text that a pattern reads in one step: its states are many times as slow as a plain search.
const BYTES_PER_STEP: u64 = 128;

/// Steps that compiling a pattern which only a run knows costs.
const COMPILE_STEPS: u64 = 500;

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
    let found = compiled(meter, subject, &pattern)?.is_match(subject);
    Ok(CowVal::owned(CelBool::from(found)))
}

/// The first match, or its only group, as an optional.
fn extract<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, subject, pattern] = take(args)?;
    let (meter, subject) = (&run(&the_run)?.meter, text(&subject)?);
    let pattern = compiled(meter, subject, &pattern)?;
    let group = group("regex.extract", &pattern)?;
    let found = pattern.captures(subject).and_then(|captures| captures.get(group)).map(|found| owned(found.as_str()));
    Ok(CowVal::owned(found.map_or_else(CelOptional::none, CelOptional::of)))
}

/// Every match, or the only group of each.
fn extract_all<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, subject, pattern] = take(args)?;
    let (meter, subject) = (&run(&the_run)?.meter, text(&subject)?);
    let pattern = compiled(meter, subject, &pattern)?;
    let group = group("regex.extractAll", &pattern)?;
    let mut found: Vec<Box<dyn Val + 'v>> = Vec::new();
    for part in pattern.captures_iter(subject).filter_map(|captures| captures.get(group)) {
        meter.copying(Weight::text(part.len(), false))?;
        found.push(owned(part.as_str()));
    }
    Ok(CowVal::owned(CelList::from(found)))
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
    let pattern = compiled(meter, subject, pattern)?;
    let mut replaced = String::new();
    let mut end = 0;
    for captures in pattern.captures_iter(subject).take(n) {
        let Some(whole) = captures.get(0) else { continue };
        replaced.push_str(subject.get(end..whole.start()).unwrap_or_default());
        let before = replaced.len();
        fill(with, &captures, &mut replaced)?;
        meter.copying(Weight::text(replaced.len().saturating_sub(before), false))?;
        end = whole.end();
    }
    replaced.push_str(subject.get(end..).unwrap_or_default());
    Ok(CowVal::owned(CelString::from(replaced)))
}

/// Appends a replacement: `\1` stands for the first group, `\0` for the match, `\\` for a backslash.
fn fill(with: &str, captures: &Captures<'_>, out: &mut String) -> Result<(), ExecutionError> {
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
                if group >= captures.len() {
                    return Err(wrong());
                }
                out.push_str(captures.get(group).map_or("", |found| found.as_str()));
            }
            None => return Err(wrong()),
        }
    }
    Ok(())
}

/// The pattern: a constant one was compiled with the expression.
fn compiled<'p>(meter: &Meter, subject: &str, pattern: &'p CowVal<'_, '_>) -> Result<Cow<'p, Regex>, ExecutionError> {
    meter.steps(subject.len() as u64 / BYTES_PER_STEP)?;
    if let Some(pattern) = pattern.downcast_ref::<Pattern>() {
        return Ok(Cow::Borrowed(&pattern.0));
    }
    meter.steps(COMPILE_STEPS)?;
    Pattern::new(text(pattern)?)
        .map(|pattern| Cow::Owned(pattern.0))
        .map_err(|message| ExecutionError::function_error("regex", message))
}

/// The group that is extracted.
fn group(function: &str, pattern: &Regex) -> Result<usize, ExecutionError> {
    match pattern.captures_len() {
        0 | 1 => Ok(0),
        2 => Ok(1),
        _ => Err(ExecutionError::function_error(function, "a pattern with more than one group")),
    }
}

fn owned<'v>(part: &str) -> Box<dyn Val + 'v> {
    Box::new(CelString::from(part.to_owned()))
}
