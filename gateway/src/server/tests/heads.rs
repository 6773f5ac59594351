//! Heads that no real sender sends.

use tokio::io::AsyncWriteExt as _;

use super::{connect, hello, rest};
use crate::config::Limits;

/// What the gateway says to these bytes before it closes the connection, and how often it was asked.
async fn told(bytes: &str) -> String {
    let gateway = hello(Limits::default()).await;
    let mut stream = connect(&gateway).await;
    // The other side may close while we still write.
    let _ = stream.write_all(bytes.as_bytes()).await;
    let answer = rest(&mut stream).await;
    assert!(answer.matches("HTTP/1.1 ").count() <= 1, "{answer}");
    answer
}

#[tokio::test]
async fn a_hundred_header_fields_are_taken_and_one_more_is_431() {
    for (more, status) in [(97, "200"), (98, "431")] {
        let fields = "x: y\r\n".repeat(more);
        let head = "POST /hello HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nConnection: close\r\n";
        let answer = told(&format!("{head}{fields}\r\n")).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{more}: {answer}");
    }
}

#[tokio::test]
async fn a_head_over_32_kib_is_431() {
    let field = "y".repeat(33 << 10);
    let answer = told(&format!("POST /hello HTTP/1.1\r\nHost: h\r\nx: {field}\r\n\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[tokio::test]
async fn a_target_over_8_kib_is_414() {
    let query = "q".repeat(9 << 10);
    let answer =
        told(&format!("POST /hello?{query} HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
            .await;
    assert!(answer.starts_with("HTTP/1.1 414 "), "{answer}");
}

#[tokio::test]
async fn a_request_behind_a_refused_one_with_a_body_is_never_run() {
    let behind = "POST /hello HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n";
    let answer = told(&format!("POST /nowhere HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n{behind}")).await;
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
    assert!(answer.contains("connection: close\r\n"), "{answer}");
}
