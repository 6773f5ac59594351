//! `json` and `toJson`: text to values and back.

use cel::common::types::{CelString, DYN_TYPE, STRING_TYPE};
use cel::common::value::{CowVal, Val};
use cel::{DeclarationError, Env, ExecutionError};

use super::{Outcome, run, take, text};
use crate::expr::meter::Weight;
use crate::expr::output::to_json;
use crate::expr::run::Run;
use crate::expr::value::{keep, weigh_json, weigh_whole};
use crate::json::{self, Projection};

pub(super) fn extension(env: &mut Env) -> Result<(), DeclarationError> {
    let run = || Run::cel_type().to_owned();
    env.add_overload("@json", "@json", vec![run(), STRING_TYPE], from_text)?;
    env.add_overload("@toJson", "@toJson", vec![run(), DYN_TYPE], to_text)
}

/// The value that a JSON text says.
fn from_text<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, source] = take(args)?;
    let meter = &run(&the_run)?.meter;
    let source = text(&source)?;
    meter.copying(Weight::text(source.len(), false))?;
    let json = json::read(source.as_bytes(), &Projection::all())
        .map_err(|error| ExecutionError::function_error("json", error))?;
    meter.copying(weigh_json(&json))?;
    Ok(CowVal::Owned(keep(json)))
}

/// The compact JSON text of a value.
fn to_text<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run, value] = take(args)?;
    let meter = &run(&the_run)?.meter;
    let weight = weigh_whole(&*value);
    meter.copying(weight)?;
    meter.memory(weight.bytes)?;
    let json = to_json(&*value).map_err(|unfit| ExecutionError::function_error("toJson", unfit))?;
    let text = json.to_string();
    meter.memory(text.len() as u64)?;
    Ok(CowVal::owned(CelString::from(text)))
}
