//! Senders that keep their connections, sign as GitHub does and wait for each answer.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use boathook_tests::durable::ledger::hex;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::gateway::{SECRET, Served};
use super::numbers::Turn;

/// A push of about 2 KiB.
pub static BODY: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
    format!(r#"{{"ref":"refs/heads/main","repository":{{"full_name":"shop/site"}},"filling":"{}"}}"#, "x".repeat(1_950))
});

/// Sends for as long as the turn lasts.
pub async fn load(served: &Served, connections: usize, turn: Duration) -> Turn {
    send(served, connections, Until::Time(Instant::now() + turn)).await
}

/// Sends so many deliveries.
pub async fn fill(served: &Served, deliveries: usize) -> Turn {
    send(served, 64, Until::Sent(deliveries)).await
}

/// From the first delivery to the end of the last execution.
pub async fn work_off(served: &Served, deliveries: usize) -> Duration {
    let started = Instant::now();
    fill(served, deliveries).await;
    finished(served, deliveries).await;
    started.elapsed()
}

/// Waits until so many executions have succeeded, as the metrics count them.
pub async fn finished(served: &Served, deliveries: usize) {
    while succeeded(served.place.admin).await < deliveries {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Executions that have succeeded since the process began.
pub async fn succeeded(admin: SocketAddr) -> usize {
    let text = reqwest::get(format!("http://{admin}/metrics")).await.expect("metrics").text().await.expect("text");
    let mut lines = text.lines();
    let line = lines.find(|line| line.starts_with("boathook_executions_total") && line.contains("Succeeded"));
    line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or_default()
}

/// When senders stop.
#[derive(Clone, Copy, Debug)]
enum Until {
    Time(Instant),
    Sent(usize),
}

impl Until {
    fn goes_on(self, sent: usize) -> bool {
        match self {
            Self::Time(end) => Instant::now() < end,
            Self::Sent(most) => sent < most,
        }
    }
}

async fn send(served: &Served, connections: usize, until: Until) -> Turn {
    let (started, cpu) = (Instant::now(), served.server.cpu());
    let sent = Arc::new(AtomicUsize::new(0));
    let mut senders = JoinSet::new();
    for _ in 0..connections {
        senders.spawn(sender(served.place.listen, Arc::clone(&sent), until));
    }
    let latencies = senders.join_all().await.concat();
    Turn { latencies, took: started.elapsed(), cpu: served.server.cpu().saturating_sub(cpu) }
}

/// One connection: a delivery after the other.
async fn sender(to: SocketAddr, sent: Arc<AtomicUsize>, until: Until) -> Vec<Duration> {
    let mut stream = TcpStream::connect(to).await.expect("a connection");
    stream.set_nodelay(true).expect("no delay");
    let mut latencies = Vec::new();
    while until.goes_on(sent.fetch_add(1, Ordering::Relaxed)) {
        let began = Instant::now();
        one(&mut stream).await;
        latencies.push(began.elapsed());
    }
    latencies
}

static HEAD: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("any key fits");
    mac.update(BODY.as_bytes());
    let signature = hex(&mac.finalize().into_bytes());
    format!(
        "POST /api/webhooks/default/orders HTTP/1.1\r\nhost: hooks.example.test\r\ncontent-type: application/json\r\n\
         x-github-event: push\r\nx-hub-signature-256: sha256={signature}\r\ncontent-length: {}\r\n",
        BODY.len()
    )
});

/// One delivery, and its answer read whole: small ones come in one piece and say their length.
async fn one(stream: &mut TcpStream) {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let request = format!("{}x-github-delivery: {number}\r\n\r\n{}", *HEAD, *BODY);
    stream.write_all(request.as_bytes()).await.expect("the request is taken");
    let mut answer = Vec::with_capacity(1_024);
    loop {
        assert!(stream.read_buf(&mut answer).await.expect("an answer") > 0, "hung up");
        if whole(&answer) {
            break;
        }
    }
    assert!(answer.starts_with(b"HTTP/1.1 202"), "{}", String::from_utf8_lossy(&answer));
}

fn whole(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    answer.len() >= end + 4 + length.unwrap_or_default()
}
