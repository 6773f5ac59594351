//! Where the templates of a string are. Texts inside of them may hold anything, also what looks like their end.

use crate::expr::{ExprError, Lexer, TokenKind, column};
use crate::plan::Delimiters;

/// A part of a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Span<'s> {
    /// What stands outside of templates.
    Text(&'s str),
    /// What stands inside of one, and the character at which it begins, counted from 1.
    Expr { source: &'s str, column: usize },
}

/// Splits a string into its parts; the empty string has none.
pub(super) fn split(source: &str, delimiters: Delimiters) -> Result<Vec<Span<'_>>, ExprError> {
    let (open, close) = match delimiters {
        Delimiters::Braces => ("{{", "}}"),
        Delimiters::Parentheses => ("$(", ")"),
    };
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(begin) = find(source, at, open) {
        parts.extend(text(source, at, begin));
        let inside = begin + open.len();
        let end = end(source, inside, close).map_err(|message| {
            ExprError::new(format!("{message} in a template `{open} … {close}`"), column(source, begin))
        })?;
        parts.push(Span::Expr { source: source.get(inside..end).unwrap_or_default(), column: column(source, inside) });
        at = end + close.len();
    }
    parts.extend(text(source, at, source.len()));
    Ok(parts)
}

fn find(source: &str, from: usize, wanted: &str) -> Option<usize> {
    source.get(from..)?.find(wanted).map(|at| at + from)
}

fn text(source: &str, from: usize, to: usize) -> Option<Span<'_>> {
    source.get(from..to).filter(|text| !text.is_empty()).map(Span::Text)
}

/// The byte at which the closing delimiter of a template stands. Brackets that the expression opens it closes first.
fn end(source: &str, inside: usize, close: &str) -> Result<usize, &'static str> {
    let mut depth = 0_usize;
    for token in Lexer::new(source, inside) {
        let token = token.map_err(|error| error.message)?;
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close if depth == 0 => {
                let closes = source.get(token.start..).is_some_and(|rest| rest.starts_with(close));
                return if closes { Ok(token.start) } else { Err("a bracket that nothing opened") };
            }
            TokenKind::Close => depth -= 1,
            TokenKind::Name | TokenKind::Root | TokenKind::Literal | TokenKind::Dot | TokenKind::Sign => {}
        }
    }
    Err("there is no end")
}
