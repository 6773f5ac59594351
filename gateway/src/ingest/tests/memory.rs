//! The accounts of memory: what bodies take, and what becomes of those for whom nothing is left.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use tokio::task::JoinSet;

use super::body::{Parts, text_of};
use crate::ingest::{Entry, enter};
use crate::testing::{App, answer, plan, request, route};

/// A workflow that answers with the whole body as it read it; bodies up to so many bytes.
fn echo_of(size: u64) -> App {
    let mut plan = plan("hello", "/hello");
    plan.response.answer = answer(r#""{{ $context.data }}""#);
    plan.webhook.as_mut().unwrap().max_body_size = size;
    App::new([route(plan)])
}

#[tokio::test]
async fn a_bomb_is_413_and_gives_its_memory_back() {
    let app = echo_of(1 << 10);
    let bytes = Bytes::from(zstd::stream::encode_all(&vec![0; 1 << 20][..], 3).unwrap());
    assert!(bytes.len() < 1024, "it is within the limit as it comes");
    let mut request = request("POST", "/hello", "").map(|_| Full::new(bytes));
    request.headers_mut().insert("content-encoding", "zstd".parse().unwrap());
    let seen = app.send(request).await;
    assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (413, "BodyTooLarge"));
    assert_eq!(app.shared.gate.reading.free(), 48 << 20);
}

#[tokio::test(start_paused = true)]
async fn without_memory_for_a_body_the_answer_is_503_and_the_sender_comes_back() {
    let app = echo_of(64 << 10);
    let (small, large) = (text_of(8 << 10), text_of(9 << 10));
    let all = app.shared.gate.reading.try_take(48 << 20).unwrap();
    let seen = app.post("/hello", &large).await;
    assert_eq!((seen.status.as_u16(), seen.reason().as_str(), seen.header("retry-after")), (503, "Overloaded", "1"));
    assert_eq!(app.post("/hello", &small).await.status, 200, "a flood of large bodies holds up no small one");
    drop(all);
    assert_eq!(app.post("/hello", &large).await.status, 200);
    assert_eq!(app.shared.gate.reading.free(), 48 << 20, "it is given back with the answer");
}

#[tokio::test]
async fn a_body_that_takes_87_times_its_bytes_is_read_all_the_same() {
    let app = echo_of(256 << 10);
    let text = format!("[{}[]]", "[],".repeat(80_000));
    let seen = app.post("/hello", &text).await;
    assert_eq!(seen.body, text);
    assert_eq!(app.shared.gate.reading.free(), 48 << 20);
}

#[tokio::test]
async fn a_body_larger_than_the_account_has_all_of_it_and_waits_for_no_more() {
    let mut plan = plan("hello", "/hello");
    let webhook = plan.webhook.as_mut().unwrap();
    webhook.max_body_size = 100 << 20;
    webhook.methods = vec!["POST".to_owned()];
    let app = App::new([route(plan)]);
    for size in [20 << 20, 31 << 20, 40 << 20] {
        let part = Bytes::from(vec![b' '; 1 << 20]);
        let request = request("POST", "/hello", "").map(|_| Parts::of(std::iter::repeat_n(part, size >> 20)));
        let seen = app.send(request).await;
        assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (400, "MalformedBody"), "{size}: white space alone");
        assert_eq!(app.shared.gate.arriving.free(), 32 << 20);
    }
}

/// Letters and digits that no coding makes shorter than three quarters.
fn letters(count: usize) -> String {
    let mut state = 1_u64;
    let mut next = || {
        // Knuth's MMIX.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[usize::try_from(state >> 58).unwrap()],
        )
    };
    (0..count).map(|_| next()).collect()
}

#[tokio::test]
async fn a_coded_body_that_needs_more_than_was_thought_waits_for_nothing_that_it_holds() {
    let app = echo_of(2 << 20);
    let text = format!("[\"{}\"{}]", letters(28 << 10), ",[]".repeat(99_000));
    let bytes = Bytes::from(zstd::stream::encode_all(text.as_bytes(), 3).unwrap());
    assert!(bytes.len() > 21 << 10, "it may be 2 MiB by its length: {}", bytes.len());
    let mut request = request("POST", "/hello", "").map(|_| Full::new(bytes));
    request.headers_mut().insert("content-encoding", "zstd".parse().unwrap());
    assert_eq!(app.send(request).await.status, 200);
    assert_eq!(app.shared.gate.reading.free(), 48 << 20);
}

#[tokio::test(start_paused = true)]
async fn bodies_on_their_way_have_an_account_too_and_small_ones_are_always_taken() {
    let app = echo_of(1 << 20);
    let all = app.shared.gate.arriving.try_take(32 << 20).unwrap();
    assert_eq!(app.post("/hello", &text_of(16 << 10)).await.status, 200);
    let seen = app.post("/hello", &text_of((16 << 10) + 1)).await;
    assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (503, "Overloaded"));
    drop(all);
    assert_eq!(app.post("/hello", &text_of(1 << 19)).await.status, 200);
    assert_eq!(app.shared.gate.arriving.free(), 32 << 20);
}

#[tokio::test(start_paused = true)]
async fn whoever_finds_no_memory_waits_for_those_before_and_is_served() {
    let app = Arc::new(echo_of(1 << 20));
    let (reading, arriving) = (&app.shared.gate.reading, &app.shared.gate.arriving);
    let all = (reading.try_take(48 << 20).unwrap(), arriving.try_take(32 << 20).unwrap());
    let text = text_of(256 << 10);
    let mut senders = JoinSet::new();
    for _ in 0..64 {
        let (app, text) = (Arc::clone(&app), text.clone());
        senders.spawn(async move { app.post("/hello", &text).await.status.as_u16() });
    }
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert!(senders.try_join_next().is_none(), "all of them wait");
    drop(all);
    assert_eq!(senders.join_all().await, [200; 64]);
    assert_eq!((reading.free(), arriving.free()), (48 << 20, 32 << 20));
}

#[tokio::test(start_paused = true)]
async fn an_answer_counts_until_its_client_has_taken_it() {
    let app = echo_of(64 << 10);
    let all = 16 << 20;
    let sent = request("POST", "/hello", "").map(|_| Full::new(Bytes::from(text_of(32 << 10))));
    let Entry::Let(entered) = enter(&app.shared, Ipv4Addr::LOCALHOST.into(), sent) else { panic!("it is refused") };
    let answer = entered.answer().await;
    assert_eq!((answer.status().as_u16(), app.shared.gate.answering.free()), (200, all - (32 << 10)));
    drop(answer);
    assert_eq!(app.shared.gate.answering.free(), all);
    let taken = app.shared.gate.answering.try_take(all).unwrap();
    let seen = app.post("/hello", &text_of(5 << 10)).await;
    assert_eq!((seen.status.as_u16(), seen.reason().as_str(), seen.header("retry-after")), (503, "Overloaded", "1"));
    assert_eq!(app.post("/hello", &text_of(4 << 10)).await.status, 200, "small answers are always given");
    assert_eq!((app.requests("Accepted"), app.requests("Overloaded")), (2, 1));
    drop(taken);
}

#[tokio::test]
async fn a_large_head_takes_of_an_account_of_heads_and_gives_it_back() {
    let app = echo_of(64 << 10);
    let large = || {
        let mut large = request("POST", "/hello", "{}");
        large.headers_mut().insert("x-large", "x".repeat(9 << 10).parse().unwrap());
        large
    };
    let all = app.shared.gate.heads.try_take(16 << 20).unwrap();
    let seen = app.send(large()).await;
    assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (503, "Overloaded"));
    assert_eq!(app.post("/hello", "{}").await.status, 200, "common heads are always taken");
    drop(all);
    assert_eq!(app.send(large()).await.status, 200);
    assert_eq!(app.shared.gate.heads.free(), 16 << 20);
}
