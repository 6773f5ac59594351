//! Senders that keep their connections, sign as GitHub does, and wait for each answer.

use std::time::{Duration, Instant};

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use boathook_tests::durable::ledger::hex;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::contender::{Contender, PATH, SECRET};

/// A signed request.
pub struct Work(Vec<u8>);

/// What the turns of one contender came to.
#[derive(Debug, Default)]
pub struct Load {
    requests: usize,
    took: Duration,
    cpu: Duration,
}

impl Load {
    pub fn add(&mut self, turn: &Self) {
        self.requests += turn.requests;
        self.took += turn.took;
        self.cpu += turn.cpu;
    }

    /// Requests a second.
    pub fn rate(&self) -> f64 {
        self.requests as f64 / self.took.as_secs_f64()
    }

    /// CPU seconds of a thousand requests.
    pub fn cpu(&self) -> f64 {
        self.cpu.as_secs_f64() * 1_000.0 / self.requests as f64
    }
}

/// A push of so many bytes: many commits, as a large one has.
pub fn push(size: usize) -> String {
    let commit = |number: usize| {
        format!(
            r#"{{"id":"{number:040x}","message":"tidy: keep the table in order","author":{{"name":"Ada","email":"ada@example.com"}},"added":[],"removed":[],"modified":["src/table.rs"]}}"#
        )
    };
    let head = r#"{"ref":"refs/heads/main","repository":{"id":7,"full_name":"shop/site"},"commits":["#;
    let mut text = head.to_owned();
    let mut number = 0;
    while text.len() + commit(number).len() + 40 < size {
        text.push_str(&commit(number));
        text.push(',');
        number += 1;
    }
    text.push_str(&commit(number));
    text.push_str(r#"],"filling":""#);
    text.push_str(&"x".repeat(size.saturating_sub(text.len() + 2)));
    text + r#""}"#
}

impl Work {
    pub fn of(size: usize) -> Self {
        let body = push(size);
        let signature = hex(sign(&Key::new(HMAC_SHA256, SECRET.as_bytes()), body.as_bytes()).as_ref());
        let head = format!(
            "POST {PATH} HTTP/1.1\r\nhost: hooks.example.test\r\ncontent-type: application/json\r\n\
             x-github-event: push\r\nx-hub-signature-256: sha256={signature}\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        Self([head.as_bytes(), body.as_bytes()].concat())
    }
}

/// Sends for as long as the turn lasts.
pub async fn load(contender: &Contender, work: &Work, (connections, turn): (usize, Duration)) -> Load {
    let (started, cpu) = (Instant::now(), contender.cpu());
    let mut senders = JoinSet::new();
    for _ in 0..connections {
        senders.spawn(sender(contender.address(), work.0.clone(), started + turn));
    }
    let requests = senders.join_all().await.into_iter().sum();
    Load { requests, took: started.elapsed(), cpu: contender.cpu().saturating_sub(cpu) }
}

/// One connection: a request after the other; how many.
async fn sender(to: std::net::SocketAddr, request: Vec<u8>, end: Instant) -> usize {
    let mut stream = TcpStream::connect(to).await.expect("a connection");
    stream.set_nodelay(true).expect("no delay");
    let mut count = 0;
    let mut answer = Vec::with_capacity(1_024);
    while Instant::now() < end {
        stream.write_all(&request).await.expect("the request is taken");
        answer.clear();
        while !answer.ends_with(br#"{"seen":"refs/heads/main"}"#) {
            assert!(stream.read_buf(&mut answer).await.expect("an answer") > 0, "{}", String::from_utf8_lossy(&answer));
        }
        assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
        count += 1;
    }
    count
}
