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
    let message = error.msg.strip_prefix("Syntax error: ").unwrap_or(&error.msg);
    let message = gated.roots.iter().fold(message.to_owned(), |message, root| {
        message.replace(&format!("'{root}'"), &format!("'{}'", root.replacen('_', "$", 1)))
    });
    ExprError::new(message, place(source, error.pos))
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
    let before: Vec<char> = source.chars().take(start).collect();
    let call = source.chars().nth(start) == Some('(');
    let name = before.iter().rev().take_while(|c| call && (c.is_ascii_alphanumeric() || **c == '_')).count();
    before.len() - name + 1
}
