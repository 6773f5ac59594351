//! Stages 7 and 10.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use hyper::body::{Body, Frame, SizeHint};

use crate::config::{Limits, Pace};
use crate::testing::{App, answer, plan, request, route};

/// A body in parts.
pub(super) struct Parts {
    coming: VecDeque<Bytes>,
    declared: Option<u64>,
    /// Whether the body never ends.
    stalls: bool,
}

impl Body for Parts {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.coming.pop_front() {
            Some(part) => Poll::Ready(Some(Ok(Frame::data(part)))),
            None if self.stalls => Poll::Pending,
            None => Poll::Ready(None),
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.declared.map_or_else(SizeHint::new, SizeHint::with_exact)
    }
}

impl Parts {
    /// Parts whose length nobody declared.
    pub(super) fn of(coming: impl Iterator<Item = Bytes>) -> Self {
        Self { coming: coming.collect(), declared: None, stalls: false }
    }
}

fn post(body: Parts) -> Request<Parts> {
    request("POST", "/hello", "").map(|_| body)
}

/// Parts whose length nobody declared.
fn chunks<'a>(parts: impl IntoIterator<Item = &'a str>) -> Parts {
    Parts::of(parts.into_iter().map(|part| Bytes::copy_from_slice(part.as_bytes())))
}

/// A workflow that answers with the whole body as it read it; bodies up to 1,024 bytes.
fn echo() -> App {
    echo_within(Limits::default())
}

fn echo_within(limits: Limits) -> App {
    let mut plan = plan("hello", "/hello");
    plan.response.answer = answer(r#""{{ $context.data }}""#);
    App::within(limits, [route(plan)])
}

/// JSON text of exactly this many bytes.
pub(super) fn text_of(length: usize) -> String {
    format!("\"{}\"", "a".repeat(length - 2))
}

#[tokio::test]
async fn a_body_of_the_limit_is_taken_whole_and_one_byte_more_is_413() {
    let app = echo();
    let whole = text_of(1024);
    assert_eq!(app.post("/hello", &whole).await.body, whole);
    assert_eq!(app.send(post(chunks([&whole[..500], &whole[500..]]))).await.body, whole);
    let over = text_of(1025);
    for refused in [app.post("/hello", &over).await, app.send(post(chunks([&over[..1000], &over[1000..]]))).await] {
        assert_eq!((refused.status.as_u16(), refused.reason().as_str()), (413, "BodyTooLarge"));
    }
    assert_eq!(app.requests("BodyTooLarge"), 2);
}

#[tokio::test]
async fn a_declared_length_over_the_limit_is_refused_before_a_byte_is_read() {
    let body = Parts { coming: VecDeque::new(), declared: Some(1025), stalls: true };
    let seen = echo().send(post(body)).await;
    assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (413, "BodyTooLarge"));
    assert_eq!(seen.header("connection"), "close", "what was not read must not be taken for the next request");
}

#[tokio::test]
async fn the_limit_holds_for_every_type() {
    let app = echo();
    for name in ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"] {
        let mut request = request("POST", "/hello", &"a".repeat(1025));
        request.headers_mut().insert("content-type", name.parse().unwrap());
        assert_eq!(app.send(request).await.reason(), "BodyTooLarge", "{name}");
    }
}

#[tokio::test]
async fn an_endless_body_is_read_no_further_than_the_limit() {
    let body = Parts { stalls: true, ..chunks(["[", &" ".repeat(1023), "1"]) };
    assert_eq!(echo().send(post(body)).await.status, 413);
}

#[tokio::test]
async fn a_body_that_stops_coming_is_408() {
    let idle = Pace { body_idle: Duration::from_millis(20), ..Pace::default() };
    let total = Pace { body: Duration::from_millis(20), ..Pace::default() };
    for pace in [idle, total] {
        let app = echo_within(Limits { pace, ..Limits::default() });
        let seen = app.send(post(Parts { stalls: true, ..chunks(["["]) })).await;
        assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (408, "RequestTooSlow"));
        assert_eq!(seen.header("connection"), "close");
    }
}

#[tokio::test]
async fn json_of_any_type_is_read_exactly() {
    let app = echo();
    for text in [
        r#"{"b":1,"a":[1,2,{"x":null}]}"#,
        r#"[{"id":1},{"id":2}]"#,
        "9007199254740993",
        "18446744073709551615",
        "123456789012345678901234567890",
        "-0.10",
        "1.0",
        "1e400",
        "\"\"",
        "\"\\u00e9\\ud83d\\ude00\"",
        "true",
        "null",
    ] {
        let seen = app.post("/hello", text).await;
        let expected = if text.starts_with("\"\\u") { "\"é😀\"" } else { text };
        assert_eq!((seen.status.as_u16(), seen.body.as_str()), (200, expected));
    }
}

#[tokio::test]
async fn a_json_type_may_have_parameters_and_any_prefix() {
    let app = echo();
    for name in [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "application/problem+json",
        "application/vnd.api+json ; profile=x",
    ] {
        let mut request = request("POST", "/hello", "[1]");
        request.headers_mut().insert("content-type", name.parse().unwrap());
        assert_eq!(app.send(request).await.body, "[1]", "{name}");
    }
}

#[tokio::test]
async fn unknown_types_charsets_and_codings_are_415() {
    let app = echo();
    for (field, value) in [
        ("content-type", "json"),
        ("content-type", "application/json; charset=utf-7"),
        ("content-type", "text/plain; charset=x"),
        ("content-type", "multipart/form-data"),
        ("content-type", ""),
        ("content-encoding", "compress"),
        ("content-encoding", "gzip, gzip"),
        ("content-encoding", "unknown"),
    ] {
        let mut request = request("POST", "/hello", "[1]");
        request.headers_mut().insert(field, value.parse().unwrap());
        let seen = app.send(request).await;
        assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (415, "UnsupportedMediaType"), "{field}: {value}");
    }
    let mut none = request("POST", "/hello", "[1]");
    none.headers_mut().remove("content-type");
    let mut two = request("POST", "/hello", "[1]");
    two.headers_mut().append("content-type", "text/plain".parse().unwrap());
    for request in [none, two] {
        assert_eq!(app.send(request).await.status, 415);
    }
}

#[tokio::test]
async fn a_body_of_every_kind_is_read_by_its_type() {
    let app = echo();
    let part = "--b\r\nContent-Disposition: form-data; name=a; filename=f\r\n\r\n1\r\n--b--";
    for (media, body, expected) in [
        ("application/x-www-form-urlencoded", "a=1&b=2&a=3", r#"{"a":["1","3"],"b":"2"}"#),
        (
            "multipart/form-data; boundary=b",
            part,
            r#"{"a":{"filename":"f","contentType":"text/plain","size":1,"base64":"MQ=="}}"#,
        ),
        ("text/plain; charset=utf-8", "[1]", r#""[1]""#),
        ("application/xml", "<a><b>1</b></a>", r#"{"b":"1"}"#),
        ("application/octet-stream", "[1]", r#"{"base64":"WzFd"}"#),
    ] {
        let mut request = request("POST", "/hello", body);
        request.headers_mut().insert("content-type", media.parse().unwrap());
        let seen = app.send(request).await;
        assert_eq!((seen.status.as_u16(), seen.body.as_str()), (200, expected), "{media}");
    }
}

#[tokio::test]
async fn a_coded_body_is_verified_as_it_came_and_read_as_it_was_meant() {
    let bytes = zstd::stream::encode_all(&br#"{"a":1}"#[..], 3).unwrap();
    let mut request = request("POST", "/hello", "").map(|_| Full::new(Bytes::from(bytes)));
    request.headers_mut().insert("content-encoding", "zstd".parse().unwrap());
    assert_eq!(echo().send(request).await.body, r#"{"a":1}"#);
}

#[tokio::test]
async fn an_empty_body_is_null_whatever_its_type() {
    let app = echo();
    for name in ["application/json", "text/plain", "application/x-www-form-urlencoded"] {
        let mut request = request("POST", "/hello", "");
        request.headers_mut().insert("content-type", name.parse().unwrap());
        assert_eq!(app.send(request).await.body, "null");
    }
    let mut none = request("POST", "/hello", "");
    none.headers_mut().remove("content-type");
    assert_eq!(app.send(none).await.body, "null");
}

#[tokio::test]
async fn a_body_that_is_not_json_is_400_and_not_reflected() {
    let app = echo();
    let deep = format!("{}{}", "[".repeat(65), "]".repeat(65));
    for text in ["{", "{\"SECRET\":}", "[1]x", "NaN", "01", "\"\\ud800\"", "'a'", "[1,]", "\"\n\"", &deep] {
        let seen = app.post("/hello", text).await;
        assert_eq!(seen.status, 400, "{text:?}");
        assert_eq!(seen.reason(), "MalformedBody");
        assert!(!seen.body.contains("SECRET"));
    }
    let bytes = request("POST", "/hello", "").map(|_| Full::new(Bytes::from_static(b"\"\xff\"")));
    assert_eq!(app.send(bytes).await.status, 400);
}

#[tokio::test]
async fn more_values_than_a_body_may_hold_are_400() {
    let mut plan = plan("hello", "/hello");
    plan.webhook.as_mut().unwrap().max_body_size = 1 << 20;
    let app = App::new([route(plan)]);
    assert_eq!(app.post("/hello", &format!("[{}1]", "1,".repeat(99_998))).await.status, 200);
    let seen = app.post("/hello", &format!("[{}1]", "1,".repeat(99_999))).await;
    assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (400, "MalformedBody"));
}

#[tokio::test]
async fn a_get_may_have_a_body_and_a_post_a_query() {
    let mut plan = plan("hello", "/hello");
    plan.webhook.as_mut().unwrap().methods = vec!["GET".to_owned(), "POST".to_owned()];
    plan.response.answer = answer(r#"{"data":"{{ $context.data }}","query":"{{ $context.query }}"}"#);
    let app = App::new([route(plan)]);
    for method in ["GET", "POST"] {
        let seen = app.send(request(method, "/hello?a=1&b=x+y%20z&a=2", "[1]")).await;
        assert_eq!(seen.body, r#"{"data":[1],"query":{"a":["1","2"],"b":"x y z"}}"#);
    }
}
