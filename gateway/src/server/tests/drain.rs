//! A gateway that stops.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{PATIENCE, POST, Target, connect, exchange, get_from, hello, large, narrow, rest, start};
use crate::config::Limits;
use crate::testing::route;

#[tokio::test]
async fn what_is_in_flight_is_finished_and_its_connection_closed() {
    let target = Target::start().await;
    let gateway = start(Limits::default(), vec![route(target.plan())]).await;
    let addresses = gateway.addresses();
    let mut stream = connect(&gateway).await;
    stream.write_all(POST).await.unwrap();
    let held = target.held().await;
    let drained = tokio::spawn(gateway.drain());
    // A free port is refused at once; until then the listener is on its way out.
    while TcpStream::connect(addresses.public).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert_eq!(get_from(addresses.admin, "/readyz").await, (503, "stopping\n".to_owned()));
    assert!(!drained.is_finished());
    held.answer().await;
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains("connection: close\r\n"), "{answer}");
    drained.await.unwrap();
}

#[tokio::test]
async fn a_large_answer_is_finished_however_slowly_it_is_taken() {
    let gateway = start(Limits::default(), vec![large("hello", 1_000_000)]).await;
    let mut stream = narrow(&gateway).await;
    let last = b"POST /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    stream.write_all(last).await.unwrap();
    stream.readable().await.unwrap();
    let drained = tokio::spawn(gateway.drain());
    // Longer than an idle connection is kept.
    let mut answer = vec![0; 16 << 10];
    for piece in answer.chunks_mut(512) {
        stream.read_exact(piece).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("the rest of it").unwrap();
    let (head, body) = std::str::from_utf8(&answer).unwrap().split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert_eq!(body.len(), 1_000_000);
    drained.await.unwrap();
}

#[tokio::test]
async fn a_request_on_its_way_over_an_idle_connection_is_answered() {
    let gateway = hello(Limits::default()).await;
    let mut stream = connect(&gateway).await;
    exchange(&mut stream, POST).await;
    let drained = tokio::spawn(gateway.drain());
    tokio::task::yield_now().await;
    stream.write_all(POST).await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains("connection: close\r\n"), "{answer}");
    drained.await.unwrap();
}

#[tokio::test]
async fn a_run_whose_sender_is_gone_is_waited_for() {
    let target = Target::start().await;
    let gateway = start(Limits::default(), vec![route(target.plan())]).await;
    let mut stream = connect(&gateway).await;
    stream.write_all(POST).await.unwrap();
    let held = target.held().await;
    drop(stream);
    let mut drained = tokio::spawn(gateway.drain());
    let early = tokio::time::timeout(Duration::from_millis(400), &mut drained).await;
    assert!(early.is_err(), "did not wait for the run");
    held.answer().await;
    drained.await.unwrap();
}

#[tokio::test]
async fn what_takes_longer_than_the_drain_is_told_503() {
    let target = Target::start().await;
    let limits = Limits { drain: Duration::from_millis(50), ..Limits::default() };
    let gateway = start(limits, vec![route(target.plan())]).await;
    let mut stream = connect(&gateway).await;
    stream.write_all(POST).await.unwrap();
    let _held = target.held().await;
    let ((), answer) = tokio::join!(gateway.drain(), rest(&mut stream));
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.contains(r#""reason":"ShuttingDown""#), "{answer}");
    assert!(answer.contains("retry-after: 1\r\n"), "{answer}");
}

#[tokio::test]
async fn a_run_without_a_sender_is_ended_when_the_drain_is_over() {
    let target = Target::start().await;
    let limits = Limits { drain: Duration::from_millis(400), ..Limits::default() };
    let gateway = start(limits, vec![route(target.plan())]).await;
    let mut stream = connect(&gateway).await;
    stream.write_all(POST).await.unwrap();
    let _held = target.held().await;
    drop(stream);
    tokio::time::timeout(PATIENCE, gateway.drain()).await.expect("the drain ends");
}
