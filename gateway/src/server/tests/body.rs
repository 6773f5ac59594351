//! Bodies on the wire.

use tokio::io::AsyncWriteExt as _;

use super::{connect, exchange, hello, metric, rest};
use crate::config::Limits;
use crate::log::tests::listen;

#[tokio::test]
async fn a_length_over_the_limit_is_refused_before_100_continue() {
    let gateway = hello(Limits::default()).await;
    let mut stream = connect(&gateway).await;
    let head = "POST /hello HTTP/1.1\r\nHost: h\r\nContent-Length: 99000000000\r\nExpect: 100-continue\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("connection: close\r\n"), "{answer}");
}

#[tokio::test]
async fn a_length_within_the_limit_is_asked_for_by_100_continue() {
    let gateway = hello(Limits::default()).await;
    let mut stream = connect(&gateway).await;
    let head = "POST /hello HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
    assert_eq!(exchange(&mut stream, head.as_bytes()).await, "HTTP/1.1 100 Continue\r\n\r\n");
    assert!(exchange(&mut stream, b"{}").await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn a_sender_that_goes_on_sending_still_reads_why_it_was_refused() {
    let gateway = hello(Limits::default()).await;
    let mut stream = connect(&gateway).await;
    stream.write_all(b"POST /hello HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n").await.unwrap();
    for _ in 0..10 {
        stream.write_all(&vec![b' '; 100_000]).await.unwrap();
    }
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains(r#""reason":"BodyTooLarge""#), "{answer}");
}

#[tokio::test]
async fn a_chunked_body_is_counted_while_it_is_read() {
    let gateway = hello(Limits::default()).await;
    let mut stream = connect(&gateway).await;
    let head =
        "POST /hello HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    let small = format!("{head}2\r\n{{}}\r\n0\r\nContent-Length: 7\r\n\r\n");
    assert!(exchange(&mut stream, small.as_bytes()).await.starts_with("HTTP/1.1 200 "));
    let large = format!("{head}401\r\n{}\r\n", " ".repeat(1025));
    stream.write_all(large.as_bytes()).await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[tokio::test]
async fn a_flaw_within_a_body_is_its_workflows_and_the_log_says_which() {
    let (lines, _guard) = listen();
    let gateway = hello(Limits::default()).await;
    let mut stream = connect(&gateway).await;
    let head = "POST /hello HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(format!("{head}2\r\n{{}}\r\n2 ;a\r\n").as_bytes()).await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    let line = lines.only("request");
    assert_eq!((&line["reason"], &line["workflow"]), (&"BadFraming".into(), &"hello".into()));
    assert_eq!(line["detail"], "a chunk's size is malformed");
    metric(&gateway, r#"boathook_requests_total{namespace="shop",workflow="hello",outcome="BadFraming"} 1"#).await;
}

#[tokio::test]
async fn a_sender_that_has_closed_its_side_gets_its_answer() {
    let gateway = hello(Limits::default()).await;
    let mut stream = connect(&gateway).await;
    stream.write_all(super::POST).await.unwrap();
    stream.shutdown().await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}
