//! Our own functions. Each is handed the run first, and charges for its work before it does it.

mod charge;
mod crypto;
mod json;
mod list;
mod operator;
mod regex;
mod text;

use cel::common::types::CelString;
use cel::common::value::{CowVal, Val};
use cel::{DeclarationError, Env, ExecutionError};

use super::run::Run;

/// What a function returns.
type Outcome<'b, 'v> = Result<CowVal<'b, 'v>, ExecutionError>;

/// Registers all of them.
pub(super) fn extension(env: &mut Env) -> Result<(), DeclarationError> {
    charge::extension(env)?;
    crypto::extension(env)?;
    json::extension(env)?;
    list::extension(env)?;
    operator::extension(env)?;
    regex::extension(env)?;
    text::extension(env)
}

/// The arguments of a function that takes `N`.
fn take<'b, 'v, const N: usize>(args: Vec<CowVal<'b, 'v>>) -> Result<[CowVal<'b, 'v>; N], ExecutionError> {
    args.try_into().map_err(|args: Vec<_>| ExecutionError::invalid_argument_count(N, args.len()))
}

/// The run, which the rewritten tree hands over, while it may go on: a macro forgives an error and calls again, and even
/// to weigh a value takes time. To be asked for before anything else.
fn run<'b>(value: &'b CowVal<'_, '_>) -> Result<&'b Run, ExecutionError> {
    let run = value.downcast_ref::<Run>().ok_or_else(|| ExecutionError::function_error("", "called without a run"))?;
    run.meter.goes_on()?;
    Ok(run)
}

/// A text argument.
fn text<'b>(value: &'b CowVal<'_, '_>) -> Result<&'b str, ExecutionError> {
    value.downcast_ref::<CelString>().map(CelString::inner).ok_or_else(|| unexpected(&**value, "string"))
}

fn unexpected(value: &dyn Val, want: &str) -> ExecutionError {
    ExecutionError::UnexpectedType { got: value.get_type().name().to_owned(), want: want.to_owned() }
}

/// No overload of an operator or function for these values.
fn no_overload(function: &str, values: &[&CowVal<'_, '_>]) -> ExecutionError {
    let types = values.iter().map(|value| value.get_type().name().to_owned()).collect();
    ExecutionError::no_such_overload(function, types)
}
