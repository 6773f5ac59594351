//! The URL that a sender signed: the one that it called, unless the workflow says what the sender was told.

use std::borrow::Cow;

use crate::request::RawRequest;

use super::decode::hex_digits;

/// What HubSpot decodes before it signs (its page, "v3").
const DECODED: &[u8] = b":/?@!$'()*,;";

/// Where `{url}` comes from.
#[derive(Clone, Debug, Default)]
pub(super) struct SignedUrl {
    public: Option<String>,
    decodes: bool,
}

impl SignedUrl {
    /// With the workflow's `publicURL`, and the twelve escapes decoded or not.
    pub(super) fn new(public: Option<&str>, decodes: bool) -> Self {
        Self { public: public.map(str::to_owned), decodes }
    }

    /// The URL of a request. A public one takes the request's query, verbatim, unless it has one of its own.
    pub(super) fn of<'a>(&'a self, request: &'a RawRequest) -> Cow<'a, str> {
        let url = match (&self.public, &request.query) {
            (Some(public), Some(query)) if !public.contains('?') => Cow::Owned(format!("{public}?{query}")),
            (Some(public), _) => Cow::Borrowed(public.as_str()),
            (None, _) => Cow::Borrowed(request.url.as_str()),
        };
        if self.decodes && url.contains('%') { Cow::Owned(decode(&url)) } else { url }
    }
}

/// Decodes each escape of [`DECODED`] once.
fn decode(url: &str) -> String {
    let mut parts = url.split('%');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut done, part| {
        let escape = part.get(..2).and_then(|digits| hex_digits(digits.as_bytes()));
        let byte = escape.and_then(|bytes| bytes.first().copied()).filter(|byte| DECODED.contains(byte));
        if let (Some(byte), Some(rest)) = (byte, part.get(2..)) {
            done.push(char::from(byte));
            done.push_str(rest);
        } else {
            done.push('%');
            done.push_str(part);
        }
        done
    })
}
