//! A gateway that stops.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::{PATIENCE, POST, Target, connect, exchange, get_from, hello, rest, start};
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
