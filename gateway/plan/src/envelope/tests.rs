//! Envelopes: what is kept of a request, what never is, and that a kept one yields the same `$context`.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::*;
use crate::json::Json;
use crate::plan::{ApiKeyPlace, KeySpec, Match, Scheme, SchemeKind, SchemeOptions, Verification};
use crate::request::RawRequest;
use crate::secret::{KeyValue, Secret, SecretText};
use crate::verify::Verifier;

const NOW: &str = "2026-11-24T12:00:00Z";

fn verifier(kind: SchemeKind) -> Verifier {
    let scheme = Scheme { kind, keys: vec![KeySpec::default()], tolerance_ms: None, options: SchemeOptions::default() };
    let key = KeyValue::Bytes(SecretText(Secret::new(b"open sesame".to_vec())));
    Verifier::new(&Verification { match_: Match::Any, schemes: vec![scheme] }, &[vec![Some(key)]]).unwrap()
}

fn request(headers: &[(&str, &str)], query: &str) -> RawRequest {
    let field =
        |(name, value): &(&str, &str)| (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
    RawRequest {
        method: Method::POST,
        path: "/hello/a%20b".to_owned(),
        query: Some(query.to_owned()),
        headers: headers.iter().map(field).collect::<HeaderMap>(),
        body: Bytes::from_static(br#"{"type":"paid","n":12345678901234567890}"#),
        params: vec![("repo".to_owned(), "a b".to_owned())],
        client: "::ffff:192.0.2.7".parse().unwrap(),
        received_at: NOW.parse().unwrap(),
        url: format!("https://hooks.example.test/hello/a%20b?{query}"),
    }
}

fn sealed(verifier: &Verifier, request: RawRequest) -> (Envelope, Bytes) {
    let sender = verifier.verify(request, NOW.parse().unwrap()).unwrap();
    Envelope::seal(sender, "r".into(), verifier, &Json::Null)
}

#[test]
fn an_envelope_is_written_as_text_that_people_can_read() {
    let headers = [("content-type", "application/json"), ("x-tag", "one"), ("x-tag", "two")];
    let (envelope, _) = sealed(&Verifier::public(), request(&headers, "a=1"));
    assert_eq!(
        serde_json::to_string(&envelope).unwrap(),
        concat!(
            r#"{"requestID":"r","receivedAt":"2026-11-24T12:00:00Z","origin":{"hops":0,"trace":null},"#,
            r#""deduplicationKey":null,"source":{"request":{"method":"POST","path":"/hello/a%20b","query":"a=1","#,
            r#""headers":[["content-type","application/json"],["x-tag","one"],["x-tag","two"]],"#,
            r#""params":[["repo","a b"]],"client":"192.0.2.7","url":"https://hooks.example.test/hello/a%20b?a=1","#,
            r#""identity":{"scheme":"public","key":null,"subject":null},"event":null,"deliveryID":null,"#,
            r#""signature":null}}}"#
        )
    );
}

#[test]
fn an_envelope_comes_back_as_it_was_kept() {
    let headers = [("content-type", "application/json"), ("x-tag", "one"), ("x-tag", "two"), ("cookie", "a=b")];
    let (envelope, _) = sealed(&Verifier::public(), request(&headers, "a=1"));
    let text = serde_json::to_string(&envelope).unwrap();
    assert_eq!(serde_json::from_str::<Envelope>(&text).unwrap(), envelope);
}

#[test]
fn no_credential_of_the_workflow_is_kept() {
    let bearer = ("authorization", "Bearer open sesame");
    let key = ("x-api-key", "open sesame");
    let gitlab = ("x-gitlab-token", "open sesame");
    let header = |name: &str| SchemeKind::ApiKey(ApiKeyPlace::Header(name.to_owned()));
    let cases = [
        (SchemeKind::Bearer, bearer, "a=1"),
        (header("X-API-Key"), key, "a=1"),
        (SchemeKind::Preset("GitLab".to_owned()), gitlab, "a=1"),
        (SchemeKind::ApiKey(ApiKeyPlace::Query("key".to_owned())), ("x", "y"), "a=1&%6bey=open+sesame&b"),
    ];
    for (kind, field, query) in cases {
        let (envelope, _) = sealed(&verifier(kind.clone()), request(&[field], query));
        let text = serde_json::to_string(&envelope).unwrap();
        assert!(!text.contains("sesame"), "{kind:?}: {text}");
        assert!(text.contains("[redacted]"), "{kind:?}: {text}");
    }
}

#[test]
fn a_parameter_that_is_a_credential_keeps_its_place() {
    let verifier = verifier(SchemeKind::ApiKey(ApiKeyPlace::Query("key".to_owned())));
    let (envelope, _) = sealed(&verifier, request(&[], "a=1&key=open+sesame&b"));
    let request = envelope.request().unwrap();
    assert_eq!(request.query.as_deref(), Some("a=1&key=[redacted]&b"));
    assert_eq!(request.url, "https://hooks.example.test/hello/a%20b?a=1&key=[redacted]&b");
}

#[test]
fn a_proxy_s_credentials_are_never_kept_and_other_fields_are() {
    let headers = [("proxy-authorization", "Basic eDp5"), ("authorization", "Basic eDp5"), ("x-hub-signature", "ab")];
    let (envelope, _) = sealed(&Verifier::public(), request(&headers, ""));
    let fields = &envelope.request().unwrap().headers;
    assert_eq!(fields["proxy-authorization"], "[redacted]");
    assert_eq!(fields["authorization"], "Basic eDp5", "no scheme of this workflow takes it");
    assert_eq!(fields["x-hub-signature"], "ab");
}

#[test]
fn a_refused_request_is_kept_without_anything_that_may_be_a_credential() {
    let headers = [("authorization", "Basic eDp5"), ("cookie", "a=b"), ("proxy-authorization", "x"), ("x-tag", "one")];
    let envelope = Envelope::sketch(request(&headers, "a=1"), "r".into(), &Verifier::public());
    let fields = &envelope.request().unwrap().headers;
    let kept = ["authorization", "cookie", "proxy-authorization", "x-tag"].map(|name| fields[name].to_str().unwrap());
    assert_eq!(kept, ["[redacted]", "[redacted]", "[redacted]", "one"]);
}

#[test]
fn a_call_has_its_input_and_nothing_of_a_request() {
    let call = Call { parent: Uuid::nil(), place: Place::step("notify"), depth: 1, seed: Uuid::nil() };
    let envelope = Envelope {
        request_id: "r".into(),
        received_at: NOW.parse().unwrap(),
        origin: Origin::default(),
        deduplication_key: None,
        source: Source::Call(call),
    };
    let body = Bytes::from_static(br#"{"order":7}"#);
    let data = envelope.data(&body, &Projection::All).unwrap();
    let mut wanted = BTreeMap::new();
    for name in ["data", "headers", "query", "params", "event", "identity", "method", "receivedAt"] {
        wanted.insert(Arc::from(name), Projection::All);
    }
    let wanted = Wanted { context: Projection::Members(wanted), batch: false };
    assert_eq!(
        wanted.context(&Parts { envelope: &envelope, body: &body, data: &data }).to_string(),
        concat!(
            r#"{"data":{"order":7},"headers":{},"query":{},"params":{},"event":null,"identity":null,"method":null,"#,
            r#""receivedAt":"2026-11-24T12:00:00Z"}"#
        )
    );
}
