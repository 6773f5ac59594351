//! What an answer becomes.

use super::server::{Server, response};
use super::{against, step};
use boathook_plan::plan::{HttpBody, HttpStep};
use boathook_plan::reason::StepReason;
use serde_json::json;

#[tokio::test]
async fn an_answer_in_json_is_data() {
    let server = Server::answering(response(
        "200 OK",
        &["content-type: application/json", "X-A: 1", "X-A: 2"],
        r#"{"id":9007199254740993}"#,
    ))
    .await;
    let result = against(&server, &step("http://target.test/a?b=c")).await.unwrap();
    assert_eq!(
        serde_json::to_value(&result).unwrap(),
        json!({
            "status": 200,
            "headers": {"content-length": "23", "content-type": "application/json", "x-a": "1, 2"},
            "data": {"id": 9_007_199_254_740_993_u64},
            "text": null,
        })
    );
}

#[tokio::test]
async fn a_request_says_where_it_comes_from() {
    let server = Server::answering(response("204 No Content", &[], "")).await;
    against(&server, &step("http://target.test/a?b=c")).await.unwrap();
    let requests = server.requests();
    let mut lines: Vec<_> = requests[0].lines().filter(|line| !line.is_empty()).collect();
    lines[1..].sort_unstable();
    assert_eq!(
        lines,
        [
            "GET /a?b=c HTTP/1.1",
            "accept-encoding: zstd,gzip,deflate,br",
            "accept: */*",
            "boathook-hops: 1",
            "host: target.test",
            "idempotency-key: 6f1c",
            // sha256("6f1c") begins with these eight bytes.
            "traceparent: 00-01935b3c000070008000000000000001-4d482d944eb0a676-00",
            concat!("user-agent: Boathook/", env!("CARGO_PKG_VERSION")),
        ]
    );
}

#[tokio::test]
async fn a_body_arrives_as_it_was_rendered() {
    let server = Server::answering(response("200 OK", &[], "")).await;
    let mut step = step("http://target.test/");
    step.method = "POST".to_owned();
    step.body = Some(HttpBody::Json(json!({"a": [1, null]}).into()));
    against(&server, &step).await.unwrap();
    let requests = server.requests();
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    assert_eq!(body, r#"{"a":[1,null]}"#);
    assert!(head.contains("content-type: application/json\r\n"), "{head}");
    assert!(head.contains("content-length: 14"), "{head}");
}

#[tokio::test]
async fn a_post_without_a_body_says_so() {
    let server = Server::answering(response("200 OK", &[], "")).await;
    against(&server, &HttpStep { method: "POST".to_owned(), ..step("http://target.test/") }).await.unwrap();
    let request = &server.requests()[0];
    assert!(request.contains("content-length: 0\r\n") && !request.contains("content-type"), "{request}");
}

#[tokio::test]
async fn the_answer_to_head_has_no_body() {
    let server =
        Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\ncontent-encoding: gzip\r\n\r\n").await;
    let mut step = step("http://target.test/");
    step.method = "HEAD".to_owned();
    let result = against(&server, &step).await.unwrap();
    assert_eq!(super::text(&result, &["text"]), "");
}

#[tokio::test]
async fn an_unexpected_status_fails_and_says_when_to_come_back() {
    let cases = [
        ("400 Bad Request", false, None),
        ("401 Unauthorized", false, None),
        ("404 Not Found", false, None),
        ("409 Conflict", false, None),
        ("302 Found", false, None),
        ("408 Request Timeout", true, Some(7000)),
        ("425 Too Early", true, Some(7000)),
        ("429 Too Many Requests", true, Some(7000)),
        ("500 Internal Server Error", true, Some(7000)),
        ("503 Service Unavailable", true, Some(7000)),
    ];
    for (status, retryable, retry_after_ms) in cases {
        let server =
            Server::answering(response(status, &["retry-after: 7", "location: /x"], "the password is 12345")).await;
        let failure = against(&server, &step("http://target.test/secret/path?token=t")).await.unwrap_err();
        assert_eq!(failure.reason, StepReason::UnexpectedStatus, "{status}");
        assert_eq!((failure.retryable, failure.retry_after_ms), (retryable, retry_after_ms), "{status}");
        assert_eq!(
            failure.message,
            format!("GET target.test answered {}, which the step does not expect", &status[..3])
        );
    }
}

#[tokio::test]
async fn a_lost_answer_is_retried_with_the_same_idempotency_key() {
    let server = Server::losing_answers().await;
    let step = step("http://target.test/");
    for _ in 0..2 {
        let failure = against(&server, &step).await.unwrap_err();
        assert_eq!((failure.reason, failure.retryable), (StepReason::ConnectionFailed, true));
        assert_eq!(failure.message, "GET target.test: the connection broke before the answer was complete");
    }
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0], requests[1]);
    assert!(requests[0].contains("idempotency-key: 6f1c\r\n"));
}
