//! A request's path and host as they are matched: raw bytes after one decoding of what needs no encoding.
//!
//! Two spellings that a proxy in front might read as different paths are refused, never normalised: an encoded slash,
//! backslash or NUL, an empty segment, `.` and `..`, and escapes that are none.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// The path with its escapes of unreserved characters (RFC 3986, 2.3) decoded once; `None` for a path that is not
/// matched at all.
pub(super) fn canonical(raw: &str) -> Option<Cow<'_, str>> {
    let path = decode_unreserved(raw)?;
    let segments = path.strip_prefix('/')?;
    let sound = !path.contains("//") && !path.contains(|found: char| found == '\\' || found.is_control());
    let dotted = segments.split('/').any(|segment| matches!(segment, "." | ".."));
    (sound && !dotted).then_some(path)
}

fn decode_unreserved(raw: &str) -> Option<Cow<'_, str>> {
    if !raw.contains('%') {
        return Some(Cow::Borrowed(raw));
    }
    let mut parts = raw.split('%');
    let mut path = parts.next()?.to_owned();
    for part in parts {
        let (digits, plain) = part.split_at_checked(2)?;
        match escaped(digits)? {
            b'/' | b'\\' | 0 => return None,
            byte @ (b'-' | b'.' | b'_' | b'~' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z') => path.push(char::from(byte)),
            _ => path.extend(["%", digits]),
        }
        path.push_str(plain);
    }
    Some(Cow::Owned(path))
}

/// The byte that two hexadecimal digits stand for; a sign, which `from_str_radix` takes, is none.
fn escaped(digits: &str) -> Option<u8> {
    let hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    u8::from_str_radix(digits, 16).ok().filter(|_| hex)
}

/// What a parameter matched, decoded once; `None` when that is not UTF-8.
pub(super) fn parameter(matched: &str) -> Option<String> {
    percent_decode_str(matched).decode_utf8().ok().map(Cow::into_owned)
}

/// A Host field or authority as hosts are compared: lower case, without port and trailing dot.
pub(super) fn host(raw: &str) -> Cow<'_, str> {
    let name = match raw.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
        Some(_) | None => raw,
    };
    let name = name.strip_suffix('.').unwrap_or(name);
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}
