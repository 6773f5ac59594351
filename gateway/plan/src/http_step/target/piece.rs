//! Pieces of a URL: constant text and values. Splits them at delimiters, which only constant text can hold.

use crate::expr::Expr;
use crate::template::{Part, Template};

/// A piece of a URL.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    /// As written; never empty.
    Text(String),
    /// A template's value.
    Value(Expr),
}

/// Pieces in order.
pub(super) type Pieces = Vec<Piece>;

/// The pieces of a compiled string.
pub(super) fn pieces(template: &Template) -> Pieces {
    let mut pieces = Pieces::new();
    for part in template.parts() {
        match part {
            Part::Text(text) => push_text(&mut pieces, text),
            Part::Expr(expr) => pieces.push(Piece::Value(expr.clone())),
        }
    }
    pieces
}

/// Splits at the first character that `is_delimiter` names; the delimiter begins the second half.
pub(super) fn split_before(pieces: Pieces, is_delimiter: impl Fn(char) -> bool) -> (Pieces, Pieces) {
    let mut before = Pieces::new();
    let mut rest = pieces.into_iter();
    while let Some(piece) = rest.next() {
        let halves = match &piece {
            Piece::Text(text) => text.find(&is_delimiter).and_then(|at| text.split_at_checked(at)),
            Piece::Value(_) => None,
        };
        if let Some((head, tail)) = halves {
            push_text(&mut before, head);
            return (before, std::iter::once(Piece::Text(tail.to_owned())).chain(rest).collect());
        }
        before.push(piece);
    }
    (before, Pieces::new())
}

/// Splits at every `delimiter`, which is dropped.
pub(super) fn split(pieces: Pieces, delimiter: char) -> Vec<Pieces> {
    let mut done = Vec::new();
    let mut current = Pieces::new();
    for piece in pieces {
        let Piece::Text(text) = &piece else {
            current.push(piece);
            continue;
        };
        let mut parts = text.split(delimiter);
        push_text(&mut current, parts.next().unwrap_or_default());
        for part in parts {
            done.push(std::mem::take(&mut current));
            push_text(&mut current, part);
        }
    }
    done.push(current);
    done
}

/// Drops the first character, which must be `expected`.
pub(super) fn strip(pieces: Pieces, expected: char) -> Option<Pieces> {
    let mut pieces = pieces.into_iter();
    let Some(Piece::Text(text)) = pieces.next() else { return None };
    let mut stripped = Pieces::new();
    push_text(&mut stripped, text.strip_prefix(expected)?);
    stripped.extend(pieces);
    Some(stripped)
}

/// The text of pieces that hold no value.
pub(super) fn constant(pieces: &[Piece]) -> Option<String> {
    let texts = pieces.iter().map(|piece| match piece {
        Piece::Text(text) => Some(text.as_str()),
        Piece::Value(_) => None,
    });
    texts.collect()
}

/// Adds constant text, unless it is empty.
pub(super) fn push_text(pieces: &mut Pieces, text: &str) {
    if !text.is_empty() {
        pieces.push(Piece::Text(text.to_owned()));
    }
}
