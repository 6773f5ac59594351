//! Values in URLs: each is encoded for its place, or refused where no encoding would keep it there.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::piece::Piece;
use super::{FIELD, failed, fits, invalid};
use crate::expr::Expr;
use crate::reason::StepFailure;
use crate::scope::Scope;
use crate::template::text_of;

/// Everything but the unreserved characters of RFC 3986 (section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A value, so that it stands in one segment or parameter of a URL.
pub(in crate::http_step) fn value(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// A query value with the values of `scope`.
pub(super) fn query(pieces: &[Piece], scope: &Scope) -> Result<String, StepFailure> {
    join(pieces, scope, |text| Ok(value(text)))
}

/// A path segment with the values of `scope`. One that would vanish, or lead upwards, is refused.
pub(super) fn segment(pieces: &[Piece], scope: &Scope) -> Result<String, StepFailure> {
    let text = join(pieces, scope, |text| Ok(value(text)))?;
    if text.is_empty() && !pieces.is_empty() {
        return Err(invalid(FIELD, "a path segment that is a template must not be empty"));
    }
    if is_dots(&text) {
        return Err(invalid(FIELD, "a path segment must not be . or .."));
    }
    Ok(text)
}

/// An authority with the values of `scope`, which may hold only what a name, an IPv4 address or a port can.
pub(super) fn authority(pieces: &[Piece], scope: &Scope) -> Result<String, StepFailure> {
    join(pieces, scope, |text| {
        let plain = |one: char| one.is_ascii_alphanumeric() || one == '-' || one == '.';
        if !text.is_empty() && text.chars().all(plain) {
            Ok(text.to_owned())
        } else {
            Err(invalid(FIELD, "a template in the host must yield letters, digits, hyphens and dots"))
        }
    })
}

/// Whether URL readers take the segment for `.` or `..`.
pub(super) fn is_dots(segment: &str) -> bool {
    matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}

fn join(
    pieces: &[Piece],
    scope: &Scope,
    encode: impl Fn(&str) -> Result<String, StepFailure>,
) -> Result<String, StepFailure> {
    let mut joined = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => joined.push_str(text),
            Piece::Value(expr) => joined.push_str(&encode(&evaluated(expr, scope)?)?),
        }
    }
    Ok(joined)
}

fn evaluated(expr: &Expr, scope: &Scope) -> Result<String, StepFailure> {
    let text = expr.eval(scope).map(|value| text_of(&value)).map_err(|error| failed(FIELD, &error))?;
    fits(&text)?;
    Ok(text)
}
