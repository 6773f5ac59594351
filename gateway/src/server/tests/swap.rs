//! Routes change while requests come.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{POST, admin, connect, exchange, hello, metric};
use crate::config::Limits;
use crate::testing::{answer, plan, route};

/// Requests of each connection.
const REQUESTS: usize = 250;

/// Connections at once.
const CONNECTIONS: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_requests_pass_two_hundred_swaps() {
    let gateway = hello(Limits::default()).await;
    let done = Arc::new(AtomicBool::new(false));
    let mut senders = tokio::task::JoinSet::new();
    for _ in 0..CONNECTIONS {
        let mut stream = connect(&gateway).await;
        senders.spawn(async move {
            for _ in 0..REQUESTS {
                let answer = exchange(&mut stream, POST).await;
                assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
            }
        });
    }
    let finished = Arc::clone(&done);
    let swaps = async {
        let mut count = 0;
        while count < 200 || !finished.load(Ordering::Relaxed) {
            let mut plan = plan("hello", "/hello");
            plan.generation = count;
            plan.response.answer = answer(&format!(r#"{{"swap":{count}}}"#));
            assert_eq!(gateway.swap(vec![route(plan)], BTreeSet::new()), Vec::new());
            count += 1;
            tokio::task::yield_now().await;
        }
    };
    let all = async {
        while let Some(sender) = senders.join_next().await {
            sender.unwrap();
        }
        done.store(true, Ordering::Relaxed);
    };
    tokio::join!(swaps, all);
    metric(&gateway, r#"boathook_requests_total{namespace="shop",workflow="hello",outcome="Accepted"} 2000"#).await;
}

#[tokio::test]
async fn of_two_routes_with_one_path_the_earlier_is_served_and_the_later_returned() {
    let gateway = hello(Limits::default()).await;
    let (winner, loser) = (route(plan("older", "/a/{x}")), route(plan("younger", "/a/{y}")));
    let rejected =
        gateway.swap(vec![Arc::clone(&winner), Arc::clone(&loser), route(plan("hello", "/hello"))], BTreeSet::new());
    assert_eq!(rejected.len(), 1);
    assert_eq!((rejected[0].workflow.name.as_str(), rejected[0].winner.name.as_str()), ("younger", "older"));
    let served: Vec<String> = gateway.routes().into_iter().map(|route| route.workflow).collect();
    assert_eq!(served, ["hello", "older"]);
    assert_eq!(gateway.swap(vec![loser], BTreeSet::new()), Vec::new(), "the loser recovers when the winner goes");
}

#[tokio::test]
async fn the_series_of_a_workflow_go_with_it() {
    let gateway = hello(Limits::default()).await;
    exchange(&mut connect(&gateway).await, POST).await;
    metric(&gateway, r#"boathook_requests_total{namespace="shop",workflow="hello",outcome="Accepted"} 1"#).await;
    assert_eq!(gateway.swap(vec![route(plan("other", "/other"))], BTreeSet::new()), Vec::new());
    let (_, text) = admin(&gateway, "/metrics").await;
    assert!(!text.contains("hello"), "{text}");
    assert!(exchange(&mut connect(&gateway).await, POST).await.starts_with("HTTP/1.1 404 "));
}
