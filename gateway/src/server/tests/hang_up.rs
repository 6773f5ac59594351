//! Senders that do not wait for their answer.

use tokio::io::AsyncWriteExt as _;

use super::{POST, Target, connect, metric, start};
use crate::config::Limits;
use crate::testing::route;

#[tokio::test]
async fn a_sender_that_hangs_up_does_not_stop_its_run() {
    let target = Target::start().await;
    let gateway = start(Limits::default(), vec![route(target.plan())]).await;
    let mut stream = connect(&gateway).await;
    stream.write_all(POST).await.unwrap();
    let held = target.held().await;
    // Without lingering the close is a reset: nothing is left to answer to.
    stream.set_zero_linger().unwrap();
    drop(stream);
    held.answer().await;
    metric(&gateway, r#"boathook_executions_total{namespace="shop",workflow="hello",outcome="Succeeded"} 1"#).await;
}

#[tokio::test]
async fn a_sender_that_hangs_up_within_its_body_starts_nothing() {
    let target = Target::start().await;
    let gateway = start(Limits::default(), vec![route(target.plan())]).await;
    let mut stream = connect(&gateway).await;
    stream.write_all(b"POST /hello HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n{").await.unwrap();
    drop(stream);
    metric(&gateway, r#"boathook_requests_total{namespace="shop",workflow="hello",outcome="BadFraming"} 1"#).await;
}
