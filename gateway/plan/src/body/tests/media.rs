//! Content-Type fields, and which reader they name.

use super::super::{BodyFault, Kind, MediaType};

fn kind(text: &str) -> Kind {
    Kind::of(&MediaType::parse(text).unwrap())
}

#[test]
fn the_table_names_a_reader_for_every_type() {
    for (text, expected) in [
        ("application/json", Kind::Json),
        ("Application/JSON ; charset=utf-8", Kind::Json),
        ("text/json", Kind::Json),
        ("application/problem+json", Kind::Json),
        ("application/vnd.api+json; profile=\"a;b\"", Kind::Json),
        ("application/cloudevents+json", Kind::CloudEvent),
        ("application/cloudevents-batch+json; charset=UTF-8", Kind::CloudEventBatch),
        ("application/x-www-form-urlencoded", Kind::Form),
        ("multipart/form-data; boundary=x", Kind::Multipart),
        ("multipart/mixed; boundary=x", Kind::Bytes),
        ("application/xml", Kind::Xml),
        ("text/xml", Kind::Xml),
        ("application/soap+xml", Kind::Xml),
        ("image/svg+xml", Kind::Xml),
        ("text/plain", Kind::Text),
        ("text/html", Kind::Text),
        ("application/jsonp", Kind::Bytes),
        ("application/octet-stream", Kind::Bytes),
        ("application/pdf; a=application/json", Kind::Bytes),
    ] {
        assert_eq!(kind(text), expected, "{text}");
    }
}

#[test]
fn parameters_are_what_they_mean() {
    let media = MediaType::parse("text/plain;; A=b ; c=\"d\\\"\\\\;e\\f\" ;").unwrap();
    assert_eq!(media.essence(), "text/plain");
    assert_eq!(media.parameter("a"), Some("b"));
    assert_eq!(media.parameter("c"), Some("d\"\\;e\\f"));
    assert_eq!(media.parameter("d"), None);
}

#[test]
fn what_is_no_type_is_refused() {
    for text in ["", "json", "/", "a/", "/b", "a/b/c", "a b/c", "application/json, text/plain", "*/*\u{e9}"] {
        assert_eq!(MediaType::parse(text), Err(BodyFault::Type), "{text:?}");
    }
    for text in ["a/b; c", "a/b; c=", "a/b; c=\"d", "a/b; =d", "a/b; c=d; C=e", "a/b; c=d e", "a/b; c=\"d\"e"] {
        assert_eq!(MediaType::parse(text), Err(BodyFault::Parameters), "{text:?}");
    }
}
