//! Single values of a request: a header field or query parameter that may be there once or not at all.
//!
//! What is there twice is refused, never joined and never chosen from: another hop may have read the other one.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName};
use percent_encoding::percent_decode;

/// A field or parameter stands there more than once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Repeated;

/// The value of a header field.
pub(super) fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a [u8]>, Repeated> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(Repeated);
    }
    Ok(first.map(http::HeaderValue::as_bytes))
}

/// The decoded value of a query parameter, as `application/x-www-form-urlencoded`: `+` is a space.
pub(super) fn query<'a>(query: Option<&'a str>, name: &str) -> Result<Option<Cow<'a, [u8]>>, Repeated> {
    let mut found = None;
    for pair in query.unwrap_or_default().split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if *form_decode(key) == *name.as_bytes() && found.replace(value).is_some() {
            return Err(Repeated);
        }
    }
    Ok(found.map(form_decode))
}

fn form_decode(text: &str) -> Cow<'_, [u8]> {
    if text.contains('+') {
        Cow::Owned(percent_decode(text.replace('+', " ").as_bytes()).collect())
    } else {
        percent_decode(text.as_bytes()).into()
    }
}
