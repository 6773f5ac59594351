//! Redirects: decides whether one is followed, and what of the request goes on (RFC 9110, 15.4).
//!
//! Where it leads is judged again by the egress guard when it is dialled.

use http::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LOCATION, CONTENT_TYPE, COOKIE, HeaderMap, LOCATION,
};
use http::{Method, StatusCode};
use url::Url;

use super::{HttpCall, HttpProgram, sign};
use crate::egress;
use crate::reason::{StepFailure, StepReason};

impl HttpProgram {
    /// The request that follows from a redirect; `None` when the answer is none, or the step follows none.
    pub fn follow(
        &self,
        call: &HttpCall,
        status: StatusCode,
        headers: &HeaderMap,
    ) -> Result<Option<HttpCall>, StepFailure> {
        let location = headers.get(LOCATION).filter(|_| self.terms.follow_redirects > 0 && redirects(status));
        let Some(location) = location else { return Ok(None) };
        let url = next(call, location.as_bytes())?;
        let refused = |why| Err(StepFailure::new(StepReason::EgressDenied, format!("{} redirects {why}", call.name())));
        if call.url.scheme() == "https" && url.scheme() != "https" {
            return refused("from https to http");
        }
        if !self.target.admits(&url) {
            return refused("to a host that is not one of the step's hosts");
        }
        let elsewhere = url.origin() != call.url.origin();
        let mut next = HttpCall { url, ..call.clone() };
        if becomes_get(status, &call.method) {
            drop_body(&mut next);
        }
        if elsewhere {
            drop_credentials(&mut next.headers);
            if next.body_is_secret {
                return refused("to another host, and a secret is in the body");
            }
        }
        Ok(Some(next))
    }
}

fn redirects(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// The URL that `location` means, without its fragment.
fn next(call: &HttpCall, location: &[u8]) -> Result<Url, StepFailure> {
    let failed = |why: &str| {
        StepFailure::new(StepReason::EgressDenied, format!("{} redirects to a URL that is refused: {why}", call.name()))
    };
    let text = std::str::from_utf8(location).map_err(|_| failed("it is not text"))?;
    if text.contains(|one: char| one == '\\' || one.is_whitespace() || one.is_control()) {
        return Err(failed("it contains a backslash, white space or control characters"));
    }
    let mut url = call.url.join(text).map_err(|_| failed("it is not well-formed"))?;
    url.set_fragment(None);
    egress::target(url.as_str()).map_err(|error| failed(&error.to_string()))
}

/// RFC 9110, 15.4.2 to 15.4.4: 303 always, 301 and 302 of a POST, as all clients do.
fn becomes_get(status: StatusCode, method: &Method) -> bool {
    match status.as_u16() {
        303 => *method != Method::HEAD && *method != Method::GET,
        301 | 302 => *method == Method::POST,
        _ => false,
    }
}

fn drop_body(call: &mut HttpCall) {
    call.method = Method::GET;
    call.body = bytes::Bytes::new();
    call.body_is_secret = false;
    for name in [CONTENT_TYPE, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LOCATION] {
        call.headers.remove(name);
    }
    // The signature was one of the body.
    for name in sign::NAMES {
        call.headers.remove(name);
    }
}

/// What must not reach another origin: credentials by name, and every value that a secret went into.
fn drop_credentials(headers: &mut HeaderMap) {
    let sensitive: Vec<_> =
        headers.iter().filter(|(_, value)| value.is_sensitive()).map(|(name, _)| name.clone()).collect();
    for name in sensitive.into_iter().chain([AUTHORIZATION, COOKIE]) {
        headers.remove(name);
    }
}
