//! Why a run failed, in words that name paths, functions and types, and never values: a value may be a secret.

#![expect(clippy::wildcard_enum_match_arm, reason = "the crate may add errors, and few have words of their own")]

use cel::ExecutionError;

use super::EvalError;
use super::program::Program;

/// Characters of an expression that a message repeats.
const SHOWN: usize = 80;

/// The error of a run.
pub(super) fn explain(program: &Program, error: &ExecutionError) -> EvalError {
    if let Some(path) = missing(program, error) {
        return EvalError::missing(&path);
    }
    EvalError::failed(format!("evaluating `{}`: {}", shown(&program.source), reason(error)))
}

/// The beginning of an expression.
pub(super) fn shown(source: &str) -> String {
    let source = source.trim();
    match source.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", source.get(..end).unwrap_or_default()),
        None => source.to_owned(),
    }
}

/// The path that is not there, if that is the reason.
fn missing(program: &Program, error: &ExecutionError) -> Option<String> {
    match error {
        ExecutionError::UndeclaredReference(name) => {
            let slot = name.strip_prefix("@p")?.parse::<usize>().ok()?;
            program.paths.get(slot).map(ToString::to_string)
        }
        ExecutionError::NoSuchKey(key) => {
            let spelled = program.members.iter().find(|(name, _)| *name == **key);
            Some(spelled.map_or_else(|| UNNAMED.to_owned(), |(_, spelled)| spelled.clone()))
        }
        ExecutionError::IndexOutOfBounds(_) => Some(UNNAMED.to_owned()),
        ExecutionError::NoSuchOverload(overload) if matches!(overload.function(), "_._" | "_[_]") => {
            Some(program.members.first().map_or_else(|| UNNAMED.to_owned(), |(_, spelled)| spelled.clone()))
        }
        _ => None,
    }
}

/// A path that only the run knows, because its key was computed.
const UNNAMED: &str = "[…]";

fn reason(error: &ExecutionError) -> String {
    match error {
        ExecutionError::NoSuchOverload(overload) => {
            format!("`{}` does not take ({})", spoken(overload.function()), overload.argument_types().join(", "))
        }
        ExecutionError::UnexpectedType { got, want } => format!("found {got} where {want} is needed"),
        ExecutionError::UnsupportedBinaryOperator(operator, left, right) => {
            format!("`{}` does not take ({}, {})", spoken(operator), left.type_of(), right.type_of())
        }
        ExecutionError::UndeclaredReference(name) => format!("there is no `{}`", spoken(name)),
        ExecutionError::FunctionError { function, .. } => {
            format!("`{}` cannot be done with its arguments", spoken(function))
        }
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => "division by zero".to_owned(),
        ExecutionError::Overflow(..) => "an integer beyond 64 bits".to_owned(),
        ExecutionError::DuplicateKey(_) => "a map with a repeated key".to_owned(),
        ExecutionError::UnsupportedKeyType(_) => "a map's key must be text, an integer or a truth value".to_owned(),
        ExecutionError::ValuesNotComparable(left, right) => {
            format!("{} and {} have no order", left.type_of(), right.type_of())
        }
        _ => "it cannot be evaluated".to_owned(),
    }
}

/// A function or operator as it is written: `_+_` is `+`, and our own have no `@`.
fn spoken(function: &str) -> &str {
    match function {
        "@in" => "in",
        "add" => "+",
        "sub" => "-",
        "mul" => "*",
        "div" => "/",
        "rem" => "%",
        "_[_]" => "[]",
        _ => function.trim_matches(['@', '?', '_']),
    }
}
