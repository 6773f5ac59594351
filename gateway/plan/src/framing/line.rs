//! One line of a message: where it ends, and what a header field in it is (RFC 9112, 2.2 and 5; RFC 9110, 5.6.2).
//!
//! A line ends in CR LF and nothing else, and no control character but a tab is in it: a bare LF, CR or NUL is what
//! two readers read differently.

use super::Flaw;

/// Bytes of the line that `bytes` begins with, without its CR LF; `None` when its end has not come. The bytes before
/// `seen` are known to be in the line. A line of more than `most` bytes is `long`, also before its end has come, so that
/// it does not matter in which pieces it comes.
pub(super) fn length(bytes: &[u8], seen: usize, most: usize, long: Flaw) -> Result<Option<usize>, Flaw> {
    let unseen = bytes.get(seen..bytes.len().min(most + 1)).unwrap_or_default();
    let Some(place) = unseen.iter().position(|byte| byte.is_ascii_control() && *byte != b'\t') else {
        return if bytes.len() > most { Err(long) } else { Ok(None) };
    };
    match (unseen.get(place), bytes.get(seen + place + 1)) {
        (Some(b'\r'), Some(b'\n')) => Ok(Some(seen + place)),
        (Some(b'\r'), None) => Ok(None),
        (Some(_) | None, Some(_) | None) => Err(Flaw::Control),
    }
}

/// Name and value of a header field, the white space around the value off.
pub(super) fn field(line: &[u8]) -> Result<(&[u8], &[u8]), Flaw> {
    let (name, value) = split(line, b':').ok_or(Flaw::Field)?;
    if is_token(name) { Ok((name, trim(value))) } else { Err(Flaw::Field) }
}

/// What is before and after the first `mark`.
pub(super) fn split(bytes: &[u8], mark: u8) -> Option<(&[u8], &[u8])> {
    let place = bytes.iter().position(|byte| *byte == mark)?;
    Some((bytes.get(..place)?, bytes.get(place + 1..)?))
}

/// Whether this is a name: one character or more of RFC 9110, 5.6.2.
pub(super) fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
}

/// Without spaces and tabs at both ends. [`<[u8]>::trim_ascii`] takes more away.
fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}
