//! Takes credentials out of a request before anything keeps it: fields and query parameters that a scheme of the
//! workflow takes a secret from. A signature is no credential: it holds for this one request.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use url::form_urlencoded;

use crate::verify::{SecretPlace, Verifier};

/// What stands in place of a credential.
pub const REDACTED: &str = "[redacted]";

/// Takes them out of the fields.
pub(super) fn headers(fields: &mut HeaderMap, verifier: &Verifier) {
    let secret = verifier.secret_places().filter_map(|place| match place {
        SecretPlace::Header(name) => Some(name),
        SecretPlace::Query(_) => None,
    });
    for name in secret.chain([header::PROXY_AUTHORIZATION]) {
        hide(fields, name);
    }
}

/// All values of a field become one.
fn hide(fields: &mut HeaderMap, name: HeaderName) {
    if let header::Entry::Occupied(mut values) = fields.entry(name) {
        values.insert(HeaderValue::from_static(REDACTED));
    }
}

/// Takes out what nobody verified and may be a credential all the same: of a sender whose scheme has just been changed, or
/// of one who took this for another service.
pub(super) fn unverified(fields: &mut HeaderMap) {
    for name in [header::AUTHORIZATION, header::COOKIE] {
        hide(fields, name);
    }
}

/// The query without them; each parameter stays where it is.
pub(super) fn query(raw: String, verifier: &Verifier) -> String {
    let secret: Vec<&str> = verifier
        .secret_places()
        .filter_map(|place| match place {
            SecretPlace::Query(name) => Some(name),
            SecretPlace::Header(_) => None,
        })
        .collect();
    if secret.is_empty() {
        return raw;
    }
    let parameters = raw.split('&').map(|parameter| parameter_of(parameter, &secret));
    parameters.collect::<Vec<_>>().join("&")
}

fn parameter_of(raw: &str, secret: &[&str]) -> String {
    let named = form_urlencoded::parse(raw.as_bytes()).next().is_some_and(|(name, _)| secret.contains(&&*name));
    let name = raw.split('=').next().unwrap_or_default();
    if named { format!("{name}={REDACTED}") } else { raw.to_owned() }
}
