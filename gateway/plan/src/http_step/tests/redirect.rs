//! What of a request goes on after a redirect.

use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::json;

use super::{field, program, render, step, texts};
use crate::http_step::HttpCall;
use crate::plan::{HttpAuth, HttpBody, HttpStep};
use crate::reason::{StepFailure, StepReason};

fn posting() -> HttpStep {
    HttpStep {
        method: "POST".to_owned(),
        headers: texts([("X-Key", "{{ $secrets.token }}"), ("Cookie", "a=b"), ("X-Plain", "p")]),
        body: Some(HttpBody::Json(json!({"a": 1}).into())),
        auth: Some(HttpAuth::Bearer("t".to_owned())),
        sign_standard_webhooks: Some("whsec_MTIz".to_owned()),
        follow_redirects: 5,
        ..step("https://a.test/one/two")
    }
}

fn follow(step: &HttpStep, status: u16, location: &[u8]) -> Result<Option<HttpCall>, StepFailure> {
    let call = render(step, json!({"host": "a.example.com"})).unwrap();
    let headers = HeaderMap::from_iter([(http::header::LOCATION, HeaderValue::from_bytes(location).unwrap())]);
    program(step).follow(&call, StatusCode::from_u16(status).unwrap(), &headers)
}

fn followed(step: &HttpStep, status: u16, location: &str) -> HttpCall {
    follow(step, status, location.as_bytes()).unwrap().unwrap()
}

#[test]
fn a_location_is_read_against_the_url_and_loses_its_fragment() {
    for (location, url) in [
        ("/x?y=z#part", "https://a.test/x?y=z"),
        ("three", "https://a.test/one/three"),
        ("?q=1", "https://a.test/one/two?q=1"),
        ("//b.test/", "https://b.test/"),
        ("HTTPS://B.test:8443", "https://b.test:8443/"),
    ] {
        assert_eq!(followed(&posting(), 307, location).url.as_str(), url);
    }
}

#[test]
fn the_method_changes_as_rfc_9110_says() {
    for (status, method, becomes) in [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "POST", "GET"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
        (301, "PUT", "PUT"),
        (302, "DELETE", "DELETE"),
        (307, "POST", "POST"),
        (308, "PATCH", "PATCH"),
        (302, "GET", "GET"),
    ] {
        let next = followed(&HttpStep { method: method.to_owned(), ..posting() }, status, "/x");
        assert_eq!(next.method.as_str(), becomes, "{status} {method}");
        let body_goes = becomes == method;
        assert_eq!(!next.body.is_empty(), body_goes, "{status} {method}");
        assert_eq!(field(&next, "content-type").is_some(), body_goes);
        assert_eq!(field(&next, "webhook-signature").is_some(), body_goes);
    }
}

#[test]
fn credentials_stay_on_their_origin() {
    let same = followed(&posting(), 307, "/x");
    for name in ["authorization", "cookie", "x-key", "webhook-signature", "x-plain", "idempotency-key"] {
        assert!(field(&same, name).is_some(), "{name}");
    }
    for location in ["https://b.test/", "https://a.test:8443/", "https://sub.a.test/"] {
        let next = followed(&posting(), 307, location);
        for name in ["authorization", "cookie", "x-key", "webhook-signature"] {
            assert_eq!(field(&next, name), None, "{location} {name}");
        }
        assert_eq!(field(&next, "x-plain"), Some("p"));
        assert_eq!(field(&next, "idempotency-key"), Some("6f1c"));
    }
}

#[test]
fn a_body_with_a_secret_does_not_go_to_another_host() {
    let step = HttpStep { body: Some(HttpBody::Text("{{ $secrets.token }}".to_owned())), ..posting() };
    let failure = follow(&step, 307, b"https://b.test/").unwrap_err();
    assert_eq!(failure.reason, StepReason::EgressDenied);
    assert_eq!(failure.message, "POST a.test redirects to another host, and a secret is in the body");
    assert!(followed(&step, 303, "https://b.test/").body.is_empty());
    assert!(!followed(&step, 307, "/x").body.is_empty());
}

#[test]
fn a_redirect_leaves_neither_https_nor_the_listed_hosts() {
    let failure = follow(&posting(), 302, b"http://a.test/").unwrap_err();
    assert_eq!(failure.message, "POST a.test redirects from https to http");
    let listed =
        HttpStep { hosts: vec!["*.example.com".to_owned()], follow_redirects: 1, ..step("https://{{ $vars.host }}/") };
    assert_eq!(followed(&listed, 302, "https://b.example.com/").url.as_str(), "https://b.example.com/");
    let failure = follow(&listed, 302, b"https://b.example.net/").unwrap_err();
    assert_eq!(failure.message, "GET a.example.com redirects to a host that is not one of the step's hosts");
}

#[test]
fn a_location_that_is_no_plain_url_is_refused() {
    for location in [
        &b"ftp://b.test/"[..],
        b"file:///etc/passwd",
        b"javascript:alert(1)",
        b"https://u@b.test/",
        b"https://b.test:0/",
        b"/a\\b",
        b"\\\\b.test",
        b"/a b",
        b"/a\tb",
        b"https://",
        b"\xff",
    ] {
        let failure = follow(&posting(), 302, location).unwrap_err();
        assert_eq!((failure.reason, failure.retryable), (StepReason::EgressDenied, false), "{location:?}");
    }
}

#[test]
fn what_is_no_redirect_or_not_followed_is_an_answer() {
    for status in [200, 201, 300, 304, 305, 306, 400] {
        assert!(follow(&posting(), status, b"/x").unwrap().is_none(), "{status}");
    }
    assert!(follow(&HttpStep { follow_redirects: 0, ..posting() }, 302, b"/x").unwrap().is_none());
    let call = render(&posting(), json!({})).unwrap();
    assert!(program(&posting()).follow(&call, StatusCode::FOUND, &HeaderMap::new()).unwrap().is_none());
}
