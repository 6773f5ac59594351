//! HTTP/2 frame by frame, as no client library sends them.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{PATIENCE, POST, Target, connect, exchange, hello, large, metric, start};
use crate::config::{Limits, Pace};
use crate::gateway::Gateway;
use crate::testing::route;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const PRIORITY: u8 = 2;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

const END_STREAM: u8 = 1;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;

/// A frame.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// `POST /hello` without a body, by literals and the static table.
fn post(stream: u32) -> Vec<u8> {
    let literal = |index: u8, value: &str| [&[index, u8::try_from(value.len()).unwrap()], value.as_bytes()].concat();
    let head = [&[0x83, 0x86][..], &literal(0x04, "/hello"), &literal(0x01, "h")].concat();
    frame(HEADERS, END_STREAM | END_HEADERS, stream, &head)
}

/// A connection on which both sides have said their settings.
async fn greeted(gateway: &Gateway) -> TcpStream {
    let mut stream = connect(gateway).await;
    stream.write_all(&[PREFACE, &frame(SETTINGS, 0, 0, &[])].concat()).await.unwrap();
    stream
}

/// The next frame's type, flags, stream and payload; `None` when the connection is closed.
async fn next(stream: &mut TcpStream) -> Option<(u8, u8, u32, Vec<u8>)> {
    let mut head = [0; 9];
    timeout(PATIENCE, stream.read_exact(&mut head)).await.expect("a frame or the end").ok()?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    let mut payload = vec![0; usize::try_from(length).unwrap()];
    stream.read_exact(&mut payload).await.ok()?;
    Some((head[3], head[4], u32::from_be_bytes([head[5], head[6], head[7], head[8]]), payload))
}

/// The payload of the next frame of a type; `None` when the connection is closed before.
async fn until(stream: &mut TcpStream, kind: u8) -> Option<Vec<u8>> {
    loop {
        let (found, _, _, payload) = next(stream).await?;
        if found == kind {
            return Some(payload);
        }
    }
}

/// What a flood consists of, by number.
type Frames = Box<dyn Fn(u32) -> Vec<u8>>;

/// Writes the same bytes until the other side has had enough, and reads what it says meanwhile.
async fn flood(stream: TcpStream, bytes: impl Fn(u32) -> Vec<u8>) {
    let (mut reader, mut writer) = stream.into_split();
    let mut sink = tokio::io::sink();
    let write = async {
        let mut number = 0;
        while writer.write_all(&bytes(number)).await.is_ok() {
            number += 1;
        }
    };
    let both = async { tokio::join!(write, tokio::io::copy(&mut reader, &mut sink)) };
    timeout(PATIENCE, both).await.expect("the connection is closed").1.ok();
}

/// The client's stream of a number.
const fn stream_of(number: u32) -> u32 {
    (number % 1_000_000) * 2 + 1
}

#[tokio::test]
async fn its_bounds_are_told_to_the_client() {
    let gateway = hello(Limits::default()).await;
    assert_eq!(bounds(&gateway).await, [100, 65_536, 32_768]);
}

#[tokio::test]
async fn one_of_very_many_connections_has_fewer_streams_and_shorter_heads() {
    let gateway = hello(Limits::default()).await;
    let mut held = Vec::new();
    for _ in 0..64 {
        held.push(connect(&gateway).await);
    }
    assert_eq!(bounds(&gateway).await, [16, 65_536, 8_192]);
}

/// Streams, window and bytes of a head, as the gateway tells them to a client.
async fn bounds(gateway: &Gateway) -> [u32; 3] {
    let settings = until(&mut greeted(gateway).await, SETTINGS).await.unwrap();
    let pairs = settings
        .chunks(6)
        .map(|pair| (u16::from_be_bytes([pair[0], pair[1]]), u32::from_be_bytes([pair[2], pair[3], pair[4], pair[5]])));
    let pairs: std::collections::BTreeMap<_, _> = pairs.collect();
    [3, 4, 6].map(|name| pairs[&name])
}

#[tokio::test]
async fn a_request_is_answered_on_its_stream() {
    let gateway = hello(Limits::default()).await;
    let mut stream = greeted(&gateway).await;
    stream.write_all(&post(1)).await.unwrap();
    assert!(until(&mut stream, HEADERS).await.is_some());
    assert_eq!(until(&mut stream, DATA).await.as_deref(), Some(&b"{\"ok\":true}"[..]));
}

#[tokio::test]
async fn a_head_of_more_than_one_reading_is_refused() {
    let gateway = hello(Limits::default()).await;
    let field = |name: &str, value: &str| {
        let length = |text: &str| u8::try_from(text.len()).unwrap();
        [&[0x00, length(name)], name.as_bytes(), &[length(value)], value.as_bytes()].concat()
    };
    let fine = [field(":method", "POST"), field(":scheme", "http")].concat();
    let (path, host) = (field(":path", "/hello"), field(":authority", "h"));
    for (says, fields) in [
        ("a space in the path", [field(":path", "/he llo"), host.clone()].concat()),
        ("two paths", [path.clone(), path.clone(), host.clone()].concat()),
        ("another host beside the authority", [path.clone(), host.clone(), field("host", "other")].concat()),
        ("two hosts", [path.clone(), field("host", "h"), field("host", "h")].concat()),
        ("no host", path.clone()),
        ("a field of the connection", [path.clone(), host.clone(), field("connection", "close")].concat()),
        ("a name in capitals", [path.clone(), host.clone(), field("Header", "a")].concat()),
        ("a line's end in a value", [path.clone(), host.clone(), field("a", "b\r\nc: d")].concat()),
        ("a length that is not the body's", [path, host, field("content-length", "1")].concat()),
    ] {
        let mut stream = greeted(&gateway).await;
        let head = [&fine[..], &fields].concat();
        stream.write_all(&frame(HEADERS, END_STREAM | END_HEADERS, 1, &head)).await.unwrap();
        let refused = loop {
            match next(&mut stream).await {
                // 400 stands in the static table.
                Some((HEADERS, _, _, payload)) => break payload.first() == Some(&0x8c),
                Some((RST_STREAM | GOAWAY, ..)) | None => break true,
                Some(_) => {}
            }
        };
        assert!(refused, "{says}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_flood_is_ended_and_others_are_served() {
    let gateway = hello(Limits::default()).await;
    let open = frame(HEADERS, END_HEADERS, 1, &post(1)[9..]);
    let reset = |number| [post(stream_of(number)), frame(RST_STREAM, 0, stream_of(number), &[0, 0, 0, 8])].concat();
    let floods: [(&str, Vec<u8>, Frames); 8] = [
        ("resets", Vec::new(), Box::new(reset)),
        ("settings", Vec::new(), Box::new(|_| frame(SETTINGS, 0, 0, &[]))),
        ("pings", Vec::new(), Box::new(|_| frame(PING, 0, 0, &[0; 8]))),
        ("priorities", Vec::new(), Box::new(|_| frame(PRIORITY, 0, 1, &[0, 0, 0, 0, 1]))),
        ("empty data", open.clone(), Box::new(|_| frame(DATA, 0, 1, &[]))),
        ("windows", open, Box::new(|_| frame(WINDOW_UPDATE, 0, 0, &[0, 0, 0, 1]))),
        ("continuations", frame(HEADERS, 0, 1, &[]), Box::new(|_| frame(CONTINUATION, 0, 1, &[]))),
        ("heads without an end", frame(HEADERS, 0, 1, &[]), Box::new(|_| frame(CONTINUATION, 0, 1, &[0x83; 16_384]))),
    ];
    for (name, begin, bytes) in floods {
        let mut stream = greeted(&gateway).await;
        stream.write_all(&begin).await.unwrap();
        flood(stream, bytes).await;
        let answer = exchange(&mut connect(&gateway).await, POST).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{name}: {answer}");
    }
}

#[tokio::test]
async fn what_carries_nothing_is_counted_as_a_flood() {
    let gateway = hello(Limits::default()).await;
    flood(greeted(&gateway).await, |_| frame(PING, ACK, 0, &[0; 8])).await;
    metric(&gateway, r#"boathook_connections_dropped_total{cause="Flood"} 1"#).await;
}

#[tokio::test]
async fn a_client_that_tells_of_each_2_kib_that_it_takes_has_every_answer() {
    let gateway = start(Limits::default(), vec![large("hello", 1_000_000)]).await;
    let mut stream = connect(&gateway).await;
    let windows = [frame(SETTINGS, 0, 0, &[0, 4, 1, 0, 0, 0]), frame(WINDOW_UPDATE, 0, 0, &[1, 0, 0, 0])].concat();
    stream.write_all(&[PREFACE, &windows].concat()).await.unwrap();
    for number in 0..4 {
        stream.write_all(&post(stream_of(number))).await.unwrap();
        let mut taken = 0;
        while taken < 1_000_000 {
            taken += until(&mut stream, DATA).await.expect("no flood").len();
        }
        stream.write_all(&frame(WINDOW_UPDATE, 0, 0, &[0, 0, 8, 0]).repeat(500)).await.unwrap();
    }
}

#[tokio::test]
async fn what_breaks_the_rules_is_counted_as_such() {
    let gateway = hello(Limits::default()).await;
    let mut stream = greeted(&gateway).await;
    stream.write_all(&frame(DATA, 0, 0, b"of no stream")).await.unwrap();
    assert!(until(&mut stream, GOAWAY).await.is_some());
    drop(stream);
    metric(&gateway, r#"boathook_connections_dropped_total{cause="Protocol"} 1"#).await;
}

#[tokio::test]
async fn the_101st_stream_is_refused_and_the_others_go_on() {
    let target = Target::start().await;
    let gateway = start(Limits::default(), vec![route(target.plan())]).await;
    let mut stream = greeted(&gateway).await;
    until(&mut stream, SETTINGS).await.unwrap();
    // Settings bind once they are acknowledged.
    stream.write_all(&frame(SETTINGS, ACK, 0, &[])).await.unwrap();
    let all: Vec<u8> = (0..101).flat_map(|number| post(stream_of(number))).collect();
    stream.write_all(&all).await.unwrap();
    let code = until(&mut stream, RST_STREAM).await;
    assert_eq!(code.as_deref(), Some(&[0, 0, 0, 7][..]), "REFUSED_STREAM");
    target.held().await.answer().await;
    assert!(until(&mut stream, HEADERS).await.is_some());
}

#[tokio::test]
async fn a_draining_gateway_says_so_and_finishes_what_it_has() {
    let target = Target::start().await;
    let gateway = start(Limits::default(), vec![route(target.plan())]).await;
    let mut stream = greeted(&gateway).await;
    stream.write_all(&post(1)).await.unwrap();
    let held = target.held().await;
    let drained = tokio::spawn(gateway.drain());
    assert!(until(&mut stream, GOAWAY).await.is_some());
    held.answer().await;
    assert!(until(&mut stream, HEADERS).await.is_some());
    drained.await.unwrap();
}

#[tokio::test]
async fn an_answer_that_is_not_taken_is_not_kept_for_ever() {
    let long = Duration::from_mins(10);
    let keep_alive = Duration::from_millis(60);
    let pace = Pace { head: long, body_idle: long, body: long, keep_alive, write: long };
    let gateway = hello(Limits { pace, ..Limits::default() }).await;
    let mut stream = connect(&gateway).await;
    let no_window = frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 0]);
    stream.write_all(&[PREFACE, &no_window, &post(1)].concat()).await.unwrap();
    assert!(until(&mut stream, HEADERS).await.is_some());
    assert_eq!(until(&mut stream, DATA).await, None, "closed");
}

/// The preface of a client whose streams have a window of so many bytes.
fn opened(window: u8) -> Vec<u8> {
    [PREFACE, &frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 0, window])].concat()
}

#[tokio::test]
async fn whoever_leaves_many_answers_is_closed_when_there_are_too_many_of_them() {
    for window in [0, 1] {
        let gateway = hello(Limits { untaken: 6, ..Limits::default() }).await;
        let mut few = connect(&gateway).await;
        few.write_all(&[opened(window), requests(8)].concat()).await.unwrap();
        for _ in 0..8 {
            assert!(until(&mut few, HEADERS).await.is_some());
        }
        let mut many = connect(&gateway).await;
        many.write_all(&[opened(window), requests(9)].concat()).await.unwrap();
        while until(&mut many, HEADERS).await.is_some() {}
        metric(&gateway, r#"boathook_connections_dropped_total{cause="SlowReader"} 1"#).await;
        // Who has few of them keeps them, and what the other left is given back.
        few.write_all(&frame(WINDOW_UPDATE, 0, 1, &[0, 0, 1, 0])).await.unwrap();
        while next(&mut few).await.expect("it goes on").1 & END_STREAM == 0 {}
        let mut taking = greeted(&gateway).await;
        for number in 0..20 {
            taking.write_all(&post(stream_of(number))).await.unwrap();
            assert!(until(&mut taking, DATA).await.is_some());
        }
    }
}

#[tokio::test]
async fn whoever_takes_none_for_a_second_is_closed_when_there_are_more_than_may_be() {
    let gateway = hello(Limits { untaken: 10, ..Limits::default() }).await;
    let mut many = connect(&gateway).await;
    many.write_all(&[opened(0), requests(11)].concat()).await.unwrap();
    for _ in 0..11 {
        assert!(until(&mut many, HEADERS).await.is_some());
    }
    let mut ticks = tokio::time::interval(Duration::from_millis(300));
    for number in 11..20 {
        ticks.tick().await;
        many.write_all(&post(stream_of(number))).await.unwrap();
        if until(&mut many, HEADERS).await.is_none() {
            assert!(number > 12, "it had its second");
            return;
        }
    }
    panic!("it is never closed");
}

/// So many requests, each on a stream of its own.
fn requests(count: u32) -> Vec<u8> {
    (0..count).flat_map(|number| post(stream_of(number))).collect()
}
