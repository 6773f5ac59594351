//! Clients that are slow on purpose. Each is closed at its limit, and a healthy one is not.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::time::{Instant, timeout};

use super::{POST, Target, connect, exchange, hello, large, metric, rest, start};
use crate::config::{Limits, Pace};
use crate::testing::route;

/// The limit under test; the others are far off.
const SHORT: Duration = Duration::from_millis(60);

const LONG: Pace = Pace {
    head: Duration::from_mins(10),
    body_idle: Duration::from_mins(10),
    body: Duration::from_mins(10),
    keep_alive: Duration::from_mins(10),
    write: Duration::from_mins(10),
};

fn limits(pace: Pace) -> Limits {
    Limits { pace, ..Limits::default() }
}

#[tokio::test]
async fn a_connection_without_a_whole_head_is_closed() {
    let gateway = hello(limits(Pace { head: SHORT, ..LONG })).await;
    for begun in ["", "P", "POST /hello HT", "POST /hello HTTP/1.1\r\nHost: h\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]
    {
        let mut stream = connect(&gateway).await;
        stream.write_all(begun.as_bytes()).await.unwrap();
        let began = Instant::now();
        rest(&mut stream).await;
        assert!(began.elapsed() < Duration::from_secs(10), "{begun:?}");
    }
}

#[tokio::test]
async fn a_head_that_comes_byte_by_byte_is_closed_at_its_limit() {
    let gateway = hello(limits(Pace { head: SHORT, ..LONG })).await;
    let mut stream = connect(&gateway).await;
    let drip = async {
        while stream.write_all(b"P").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(10), drip).await.expect("the connection is closed");
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_a_second_head_has_its_own_limit() {
    let gateway = hello(limits(Pace { keep_alive: SHORT, ..LONG })).await;
    let mut stream = connect(&gateway).await;
    exchange(&mut stream, POST).await;
    assert_eq!(rest(&mut stream).await, "");

    let gateway = hello(limits(Pace { head: SHORT, ..LONG })).await;
    let mut stream = connect(&gateway).await;
    exchange(&mut stream, POST).await;
    stream.write_all(b"POST /hel").await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[tokio::test]
async fn a_head_that_stops_is_answered_408_and_counted_and_a_silent_connection_is_neither() {
    let gateway = hello(limits(Pace { head: SHORT, ..LONG })).await;
    assert_eq!(rest(&mut connect(&gateway).await).await, "");
    let mut stream = connect(&gateway).await;
    stream.write_all(b"POST /hello HTTP/1.1\r\nHo").await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains(r#""reason":"RequestTooSlow""#), "{answer}");
    metric(&gateway, r#"boathook_requests_total{namespace="",workflow="",outcome="RequestTooSlow"} 1"#).await;
}

#[tokio::test]
async fn a_head_begun_behind_another_message_has_its_own_limit() {
    let gateway = hello(limits(Pace { head: SHORT, ..LONG })).await;
    let mut stream = connect(&gateway).await;
    stream.write_all(&[POST, b"POST /hel"].concat()).await.unwrap();
    let answers = rest(&mut stream).await;
    assert!(answers.starts_with("HTTP/1.1 200 "), "{answers}");
    assert!(answers.contains("HTTP/1.1 408 "), "{answers}");
}

#[tokio::test]
async fn a_body_that_stops_is_answered_408_and_closed() {
    let gateway = hello(limits(Pace { body_idle: SHORT, ..LONG })).await;
    let mut stream = connect(&gateway).await;
    stream.write_all(b"POST /hello HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n{").await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains(r#""reason":"RequestTooSlow""#), "{answer}");
}

#[tokio::test]
async fn a_run_may_take_longer_than_any_limit_on_its_client() {
    let target = Target::start().await;
    let pace = Pace { head: SHORT, keep_alive: SHORT, body_idle: SHORT, ..LONG };
    let gateway = start(limits(pace), vec![route(target.plan())]).await;
    let mut stream = connect(&gateway).await;
    let release = async {
        let held = target.held().await;
        tokio::time::sleep(SHORT * 4).await;
        held.answer().await;
    };
    let (answer, ()) = tokio::join!(exchange(&mut stream, POST), release);
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[tokio::test]
async fn a_client_that_does_not_read_is_closed() {
    let gateway = start(limits(Pace { write: SHORT, ..LONG }), vec![large("hello", 60_000)]).await;
    let mut stream = connect(&gateway).await;
    let flood = async { while stream.write_all(POST).await.is_ok() {} };
    timeout(Duration::from_secs(20), flood).await.expect("the connection is closed");
}
