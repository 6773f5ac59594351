//! Verification: published cases, each preset's negatives, the traps, the policies, and properties over all of them.

mod basic;
mod conformance;
mod content;
mod encrypted;
mod extract;
mod facts;
mod handshakes;
mod hmac;
mod jwt;
mod keys;
mod own;
mod page;
mod policy;
mod presets;
mod properties;
mod public;
mod secrecy;
mod timing;
mod token;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use jiff::Timestamp;

use super::sign::{Stamp, sign};
use super::{Rejection, Verifier};
use crate::plan::{
    HashAlgorithm, HmacForm, KeyEncoding, KeySpec, Match, Scheme, SchemeKind, SchemeOptions, SignatureEncoding,
    SignatureFormat, TimestampPlace, TimestampSource, TimestampUnit, Verification,
};
use crate::reason::Reason;
use crate::request::{Identity, RawRequest};
use crate::secret::{KeyValue, Secret, SecretText};

/// When the tests take place, in Unix seconds.
const NOW: i64 = 1_790_000_000;

fn now() -> Timestamp {
    at(NOW)
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn request(headers: &[(&str, &str)], body: &[u8]) -> RawRequest {
    let mut fields = HeaderMap::new();
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        fields.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    RawRequest {
        method: Method::POST,
        path: "/in/hook".to_owned(),
        query: None,
        headers: fields,
        body: Bytes::copy_from_slice(body),
        params: Vec::new(),
        client: [192, 0, 2, 1].into(),
        received_at: now(),
        url: "https://hooks.example.test/in/hook".to_owned(),
    }
}

/// The request with another query.
fn with_query(mut request: RawRequest, query: &str) -> RawRequest {
    request.query = Some(query.to_owned());
    request.url = format!("https://hooks.example.test{}?{query}", request.path);
    request
}

/// The request with a header field's value changed, or without it.
fn with_header(mut request: RawRequest, name: &str, value: Option<&str>) -> RawRequest {
    let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
    request.headers.remove(&name);
    if let Some(value) = value {
        request.headers.insert(name, HeaderValue::from_str(value).unwrap());
    }
    request
}

fn header<'a>(request: &'a RawRequest, name: &str) -> &'a str {
    request.headers.get(name).unwrap().to_str().unwrap()
}

fn key(text: &str) -> KeyValue {
    KeyValue::Bytes(secret(text))
}

fn secret(text: &str) -> SecretText {
    SecretText(Secret::new(text.as_bytes().to_vec()))
}

fn pair(username: &str, password: &str) -> KeyValue {
    KeyValue::BasicAuth { username: secret(username), password: secret(password) }
}

/// A scheme with one plain key.
fn scheme(kind: SchemeKind) -> Scheme {
    Scheme { kind, keys: vec![spec()], tolerance_ms: None, options: SchemeOptions::default() }
}

fn spec() -> KeySpec {
    KeySpec::default()
}

/// A scheme of a preset with one key written as its row says.
fn preset(name: &str) -> Scheme {
    let role = &super::preset::find(name).unwrap().keys[0];
    let spec = KeySpec {
        use_: role.use_,
        encoding: role.encoding,
        strip_prefix: role.strip_prefix.map(str::to_owned),
        not_after_ms: None,
    };
    Scheme {
        kind: SchemeKind::Preset(name.to_owned()),
        keys: vec![spec],
        tolerance_ms: None,
        options: SchemeOptions::default(),
    }
}

fn either(schemes: Vec<Scheme>) -> Verification {
    Verification { match_: Match::Any, schemes }
}

/// A verifier of one scheme with these values for its keys.
fn verifier(mut scheme: Scheme, values: Vec<KeyValue>) -> Verifier {
    let first = scheme.keys[0].clone();
    scheme.keys.resize(values.len(), first);
    Verifier::new(&either(vec![scheme]), &[values.into_iter().map(Some).collect()]).unwrap()
}

fn identity(verifier: &Verifier, request: &RawRequest) -> Result<Identity, Reason> {
    verifier.verify(request.clone(), now()).map(|passed| passed.identity().clone()).map_err(|no| no.reason)
}

/// The position of the key that matched.
fn matched(verifier: &Verifier, request: &RawRequest) -> Result<usize, Reason> {
    identity(verifier, request).map(|identity| identity.key.unwrap())
}

/// The request as a sender with this key would send it now.
fn signed(scheme: &Scheme, value: &KeyValue, request: RawRequest) -> RawRequest {
    signed_at(scheme, value, request, NOW)
}

fn signed_at(scheme: &Scheme, value: &KeyValue, request: RawRequest, second: i64) -> RawRequest {
    sign(scheme, &scheme.keys[0], value, request, Stamp { now: at(second), id: "msg_1" }).unwrap()
}

/// A form over the body alone: SHA-256, hexadecimal, no prefix, in `x-signature`.
fn plain_form() -> HmacForm {
    HmacForm {
        header: "X-Signature".to_owned(),
        format: SignatureFormat::Raw { prefix: String::new() },
        algorithm: HashAlgorithm::SHA256,
        encoding: SignatureEncoding::Hex,
        content: "{body}".to_owned(),
        timestamp: None,
        id_header: None,
    }
}

/// A form over time and body: the time in `x-time`, five minutes.
fn timed_form() -> HmacForm {
    HmacForm {
        content: "{timestamp}.{body}".to_owned(),
        timestamp: Some(timestamp(TimestampPlace::Header("X-Time".to_owned()))),
        ..plain_form()
    }
}

fn timestamp(place: TimestampPlace) -> TimestampSource {
    TimestampSource { place, unit: TimestampUnit::Seconds, tolerance_ms: 300_000 }
}

fn hmac(form: HmacForm) -> Scheme {
    scheme(SchemeKind::Hmac(Box::new(form)))
}

fn rejection(verifier: &Verifier, request: &RawRequest) -> Rejection {
    verifier.verify(request.clone(), now()).unwrap_err()
}
