//! The `cel` crate's parser, and its errors as ours.

use cel::common::ast::SourceInfo;
use cel::{Env, IdedExpr, ParseErrors};

use super::ExprError;
use super::gate::Gated;

/// Parses what the gate has let through.
pub(super) fn parse(env: &Env, source: &str, gated: &Gated) -> Result<(IdedExpr, SourceInfo), ExprError> {
    let parser = env.parser().enable_ident_escape_syntax(true);
    parser.parse_with_source_info(&gated.text).map_err(|errors| first(source, gated, &errors))
}

/// The first error alone: the parser's guesses at what follows one confuse more than they help.
fn first(source: &str, gated: &Gated, errors: &ParseErrors) -> ExprError {
    let Some(error) = errors.errors.first() else { return ExprError::new("not an expression", 1) };
    ExprError::new(plain(gated, &error.msg), place(source, error.pos))
}

/// The parser's message without the names of its grammar.
fn plain(gated: &Gated, message: &str) -> String {
    let message = message.strip_prefix("Syntax error: ").unwrap_or(message);
    let surprises =
        ["mismatched input ", "extraneous input ", "no viable alternative at input ", "token recognition error at: "];
    let Some(rest) = surprises.into_iter().find_map(|surprise| message.strip_prefix(surprise)) else {
        return message.to_owned();
    };
    let found = rest.split(" expecting ").next().unwrap_or(rest).trim_matches('\'');
    if found.ends_with("<EOF>") {
        return "the expression ends too early".to_owned();
    }
    let root = gated.roots.get(found).map(|root| root.replacen('_', "$", 1));
    format!("unexpected `{}`", root.as_deref().unwrap_or(found))
}

/// The character, counted from 1, at a line and a column.
fn place(source: &str, (line, column): (isize, isize)) -> usize {
    let before = usize::try_from(line - 1).unwrap_or_default();
    let lines: usize = source.split_inclusive('\n').take(before).map(|line| line.chars().count()).sum();
    lines + usize::try_from(column).unwrap_or_default().max(1)
}

/// The character, counted from 1, at which a node begins. The parser's place of a call is its parenthesis; what is
/// meant is the name before it.
pub(super) fn column(source: &str, places: &SourceInfo, node: u64) -> usize {
    let start = places.offset_for(node).and_then(|(start, _)| usize::try_from(start).ok()).unwrap_or_default();
    let (before, after) = source.split_at_checked(start).unwrap_or((source, ""));
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let before = if after.starts_with('(') { before.trim_end_matches(is_name) } else { before };
    before.chars().count() + 1
}
