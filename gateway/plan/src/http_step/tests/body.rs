//! Bodies: each kind's bytes and the fields that describe them.

use serde_json::json;

use super::{failure, field, lists, render, step};
use crate::http_step::HttpCall;
use crate::plan::{CloudEvent, HttpBody, HttpStep, Part, PartContent};
use crate::reason::StepReason;

fn posting(body: HttpBody) -> HttpStep {
    HttpStep { method: "POST".to_owned(), body: Some(body), ..step("https://a.test/") }
}

fn sent(call: &HttpCall) -> &str {
    std::str::from_utf8(&call.body).unwrap()
}

#[test]
fn json_keeps_types_and_its_structure() {
    let body = HttpBody::Json(
        json!({"id": "{{ $vars.id }}", "text": "a {{ $vars.text }}", "list": ["{{ $vars.text }}"]}).into(),
    );
    let call =
        render(&posting(body), json!({"id": 9_007_199_254_740_993_u64, "text": "\",\"admin\":true,\"x\":\""})).unwrap();
    assert_eq!(
        sent(&call),
        r#"{"id":9007199254740993,"text":"a \",\"admin\":true,\"x\":\"","list":["\",\"admin\":true,\"x\":\""]}"#
    );
    assert_eq!(field(&call, "content-type"), Some("application/json"));
}

#[test]
fn text_is_text() {
    let call = render(
        &posting(HttpBody::Text("{{ $vars.a }} and {{ $vars.b }}".to_owned())),
        json!({"a": "é", "b": {"c": 1}}),
    )
    .unwrap();
    assert_eq!((sent(&call), field(&call, "content-type")), (r#"é and {"c":1}"#, Some("text/plain; charset=utf-8")));
}

#[test]
fn a_form_has_its_own_encoding() {
    let call = render(
        &posting(HttpBody::Form(lists([("a", &["{{ $vars.v }}", "2"]), ("b c", &["*-._~"])]))),
        json!({"v": "x&y=z +%"}),
    )
    .unwrap();
    assert_eq!(sent(&call), "a=x%26y%3Dz+%2B%25&a=2&b+c=*-._%7E");
    assert_eq!(field(&call, "content-type"), Some("application/x-www-form-urlencoded"));
}

#[test]
fn base64_becomes_bytes() {
    let step = posting(HttpBody::Base64("{{ $vars.v }}".to_owned()));
    let call = render(&step, json!({"v": "AP8="})).unwrap();
    assert_eq!((&*call.body, field(&call, "content-type")), (&[0, 255][..], Some("application/octet-stream")));
    assert_eq!(failure(&step, json!({"v": "A*"})), (StepReason::InvalidRequest, "base64: must be base64".to_owned()));
}

#[test]
fn parts_cannot_be_ended_by_their_names_or_contents() {
    let parts = vec![
        Part { name: "na\"me\r\n".to_owned(), content: PartContent::Value("{{ $vars.value }}".to_owned()) },
        Part {
            name: "file".to_owned(),
            content: PartContent::File {
                filename: "{{ $vars.filename }}".to_owned(),
                content_type: "text/csv".to_owned(),
                base64: "YSxi".to_owned(),
            },
        },
    ];
    let vars = json!({"value": "x\r\n--", "filename": "a\"; filename=\"b\r\nX: y.csv"});
    let call = render(&posting(HttpBody::Multipart(parts)), vars).unwrap();
    let content_type = field(&call, "content-type").unwrap();
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    assert_eq!(boundary.len(), 32);
    let expected = [
        "--B\r\nContent-Disposition: form-data; name=\"na%22me%0D%0A\"\r\n\r\nx\r\n--\r\n",
        "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a%22; filename=%22b%0D%0AX: y.csv\"\r\n",
        "Content-Type: text/csv\r\n\r\na,b\r\n--B--\r\n",
    ];
    assert_eq!(sent(&call).replace(boundary, "B"), expected.concat());
}

#[test]
fn a_boundary_is_the_same_at_each_attempt_and_another_for_other_contents() {
    let boundary = |value: &str| {
        let parts = vec![Part { name: "a".to_owned(), content: PartContent::Value("{{ $vars.v }}".to_owned()) }];
        let call = render(&posting(HttpBody::Multipart(parts)), json!({"v": value})).unwrap();
        field(&call, "content-type").unwrap().to_owned()
    };
    assert_eq!(boundary("x"), boundary("x"));
    assert_ne!(boundary("x"), boundary("y"));
    // A content that holds the boundary of another content does not hold its own.
    let learnt = boundary("x").rsplit('=').next().unwrap().to_owned();
    assert!(!boundary(&learnt).ends_with(&learnt));
}

#[test]
fn a_file_name_with_nul_is_refused() {
    let file = |content_type: &str| {
        let content = PartContent::File {
            filename: "{{ $vars.v }}".to_owned(),
            content_type: content_type.to_owned(),
            base64: String::new(),
        };
        posting(HttpBody::Multipart(vec![Part { name: "a".to_owned(), content }]))
    };
    let expected = (StepReason::InvalidRequest, "multipart[0].file.filename: must not contain NUL".to_owned());
    assert_eq!(failure(&file("text/csv"), json!({"v": "a\0.csv"})), expected);
    for content_type in ["text/csv\r\nX: y", "csv", ""] {
        assert_eq!(super::refusals(&file(content_type)), ["multipart[0].file.contentType: must be a media type"]);
    }
}

#[test]
fn a_cloud_event_is_in_binary_mode_and_its_id_is_the_idempotency_key() {
    let event = CloudEvent {
        type_: "dev.example.order".to_owned(),
        source: "/shops/{{ $vars.shop }}".to_owned(),
        subject: Some("{{ $vars.subject }}".to_owned()),
        data: Some(json!({"id": "{{ $vars.shop }}"}).into()),
    };
    let call = render(
        &posting(HttpBody::CloudEvent(Box::new(event.clone()))),
        json!({"shop": 7, "subject": "Euro € \"50%\"\r\n"}),
    )
    .unwrap();
    let names = ["ce-specversion", "ce-id", "ce-type", "ce-source", "ce-subject", "content-type"];
    assert_eq!(
        names.map(|name| field(&call, name).unwrap()),
        ["1.0", "6f1c", "dev.example.order", "/shops/7", "Euro%20%E2%82%AC%20%2250%25%22%0D%0A", "application/json"]
    );
    assert_eq!(sent(&call), r#"{"id":7}"#);
    let bare = CloudEvent { subject: None, data: None, ..event };
    let call = render(&posting(HttpBody::CloudEvent(Box::new(bare.clone()))), json!({"shop": 7})).unwrap();
    assert_eq!((sent(&call), field(&call, "content-type"), field(&call, "ce-subject")), ("", None, None));
    let empty = CloudEvent { type_: "{{ $vars.shop }}".to_owned(), ..bare };
    let expected = (StepReason::InvalidRequest, "cloudEvent.type: must not be empty".to_owned());
    assert_eq!(failure(&posting(HttpBody::CloudEvent(Box::new(empty))), json!({"shop": null})), expected);
}

#[test]
fn a_body_that_grows_too_long_is_given_up_at_once() {
    let values: Vec<_> = std::iter::repeat_n("{{ $vars.v }}", 17).chain(["{{ $vars.missing }}"]).collect();
    let part = |text: &&str| Part { name: "a".to_owned(), content: PartContent::Value((*text).to_owned()) };
    let bodies = [
        HttpBody::Form(lists([("a", &values)])),
        HttpBody::Multipart(values.iter().map(part).collect()),
        HttpBody::Json(json!(values.iter().map(|text| format!("x {text}")).collect::<Vec<_>>()).into()),
    ];
    for body in bodies {
        let (reason, message) = failure(&posting(body), json!({"v": "a".repeat(1_000_000)}));
        assert_eq!(reason, StepReason::ResourceExhausted, "{message}");
    }
}

#[test]
fn a_body_has_a_limit() {
    let parts = (0..18).map(|_| Part { name: "a".to_owned(), content: PartContent::Value("{{ $vars.v }}".to_owned()) });
    let step = posting(HttpBody::Multipart(parts.collect()));
    let (reason, message) = failure(&step, json!({"v": "a".repeat(1_000_000)}));
    assert_eq!(
        (reason, &*message),
        (StepReason::ResourceExhausted, "the request's body is longer than 16777216 bytes")
    );
}
