//! Servers that mean harm: each attempt ends in time, within its bounds, with the right reason.

use std::time::Duration;

use tokio::io::AsyncWriteExt;

use super::server::{Server, request};
use super::{PUBLIC, TestNetwork, against, attempt, executor, step};
use boathook_plan::plan::HttpStep;
use boathook_plan::reason::{StepFailure, StepReason};
use std::collections::BTreeMap;
use std::sync::Arc;

async fn failure(server: &Server) -> StepFailure {
    against(server, &step("http://target.test/")).await.unwrap_err()
}

/// One attempt with a timeout of 200 ms.
async fn impatient(server: &Server) -> StepFailure {
    let network = TestNetwork::default().name("target.test", &[PUBLIC]).leads("93.184.216.34:80", server.address);
    let mut attempt = attempt(&step("http://target.test/"));
    attempt.timeout = Duration::from_millis(200);
    executor(&Arc::new(network)).perform(&attempt, &BTreeMap::new()).await.unwrap_err()
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let server = Server::start(|mut stream| async move {
        request(&mut stream).await?;
        std::future::pending().await
    })
    .await;
    let failure = impatient(&server).await;
    assert_eq!((failure.reason, failure.retryable), (StepReason::Timeout, true));
    assert_eq!(failure.message, "GET target.test: no answer within 200 ms");
}

#[tokio::test]
async fn a_server_that_trickles_is_given_up() {
    for head in ["", "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n"] {
        let server = Server::start(move |mut stream| async move {
            request(&mut stream).await?;
            stream.write_all(head.as_bytes()).await?;
            let mut ticks = tokio::time::interval(Duration::from_millis(10));
            for byte in b"HTTP/1.1 200 OK\r\n".iter().cycle() {
                ticks.tick().await;
                stream.write_all(&[*byte]).await?;
                stream.flush().await?;
            }
            Ok(())
        })
        .await;
        let failure = impatient(&server).await;
        assert!(matches!(failure.reason, StepReason::Timeout | StepReason::BadResponse), "{failure:?}");
    }
}

#[tokio::test]
async fn informational_answers_without_end_are_given_up() {
    let server = Server::repeating("", "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n").await;
    assert_eq!(impatient(&server).await.reason, StepReason::Timeout);
}

#[tokio::test]
async fn a_head_without_end_is_cut_off() {
    for (head, piece) in [
        ("HTTP/1.1 200 OK\r\n", "x-a: b\r\n"),
        ("HTTP/1.1 200 OK\r\nx-a: ", "bbbbbbbbbbbbbbbb"),
        ("HTTP/1.1 200 ", "OKOKOKOKOKOKOKOK"),
    ] {
        let server = Server::repeating(head, piece).await;
        let failure = failure(&server).await;
        assert_eq!((failure.reason, failure.retryable), (StepReason::BadResponse, false), "{piece}");
    }
}

#[tokio::test]
async fn a_body_without_end_is_cut_off() {
    for (head, piece) in [
        ("HTTP/1.1 200 OK\r\n\r\n", "0123456789abcdef"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n", "0123456789abcdef"),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "10\r\n0123456789abcdef\r\n"),
    ] {
        let server = Server::repeating(head, piece).await;
        let failure = failure(&server).await;
        assert_eq!(failure.reason, StepReason::BadResponse);
        assert_eq!(failure.message, "GET target.test: the answer is longer than 1048576 bytes");
    }
}

#[tokio::test]
async fn what_is_not_http_is_refused() {
    for bytes in [
        "SSH-2.0-OpenSSH_9.2p1\r\n",
        "220 mail.example.com ESMTP\r\n",
        "\u{0}\u{1}\u{2}\u{3}",
        "HTTP/1.1 20 OK\r\n\r\n",
        "<html>",
    ] {
        let failure = failure(&Server::saying(bytes).await).await;
        assert_eq!((failure.reason, failure.retryable), (StepReason::BadResponse, false), "{bytes}");
    }
}

#[tokio::test]
async fn contradictory_framing_is_refused() {
    for fields in
        ["content-length: 5\r\ncontent-length: 6\r\n", "content-length: -1\r\n", "transfer-encoding: chunked\r\n"]
    {
        let server = Server::saying(format!("HTTP/1.1 200 OK\r\n{fields}\r\nzz\r\nhello")).await;
        assert_eq!(failure(&server).await.reason, StepReason::BadResponse, "{fields}");
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_may_be_tried_again() {
    let server = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf").await;
    let closed = failure(&server).await;
    let server = Server::start(|mut stream| async move {
        request(&mut stream).await?;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf").await?;
        stream.set_zero_linger()
    })
    .await;
    let reset = failure(&server).await;
    let before_the_head = failure(&Server::losing_answers().await).await;
    for failure in [closed, reset, before_the_head] {
        assert_eq!((failure.reason, failure.retryable), (StepReason::ConnectionFailed, true), "{failure:?}");
        assert_eq!(failure.message, "GET target.test: the connection broke before the answer was complete");
    }
}

#[tokio::test]
async fn a_reason_phrase_is_never_repeated() {
    let server = Server::saying("HTTP/1.1 404 hunter2\r\ncontent-length: 0\r\n\r\n").await;
    let failure = against(&server, &HttpStep { expect: vec!["200".to_owned()], ..step("http://target.test/") }).await;
    assert_eq!(failure.unwrap_err().message, "GET target.test answered 404, which the step does not expect");
}
