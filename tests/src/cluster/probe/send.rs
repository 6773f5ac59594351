//! Deliveries as GitHub sends them, each on a connection of its own, and what became of each.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use crate::durable::ledger::hex;
use crate::wire::{Sent, send};

/// Deliveries at the same time.
const SENDERS: usize = 4;

/// Between two deliveries of one sender: 200 in a second of all.
const PACE: Duration = Duration::from_millis(20);

/// As long as GitHub waits for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The body of each.
const PUSH: &str = include_str!("../../../data/github-push/push.json");

/// What to send.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// Where to.
    pub address: SocketAddr,
    /// The path of the URL.
    pub path: &'a str,
    /// What is signed with.
    pub secret: &'a str,
    /// How many at least.
    pub count: usize,
}

/// Sends them, and goes on until standard input is closed.
///
/// # Panics
///
/// When a sender does.
pub async fn all(job: Job<'_>) -> Vec<Value> {
    let over = Arc::new(AtomicBool::new(false));
    let (told, sent) = (Arc::clone(&over), Arc::new(AtomicUsize::new(0)));
    std::thread::spawn(move || {
        // Its end is all that is wanted of it.
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        told.store(true, Ordering::Relaxed);
    });
    let mut senders = JoinSet::new();
    for _ in 0..SENDERS {
        let (over, sent) = (Arc::clone(&over), Arc::clone(&sent));
        let (path, signature) = (job.path.to_owned(), signature(job.secret));
        senders.spawn(async move {
            let mut pace = interval(PACE);
            pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut seen = VecDeque::new();
            while sent.fetch_add(1, Ordering::Relaxed) < job.count || !over.load(Ordering::Relaxed) {
                pace.tick().await;
                seen.push_back(one(job.address, &path, &signature).await);
            }
            seen
        });
    }
    senders.join_all().await.into_iter().flatten().collect()
}

async fn one(address: SocketAddr, path: &str, signature: &str) -> Value {
    let delivery = format!("{:08x}-0000-4000-8000-{:012x}", fastrand::u32(..), fastrand::u64(..1 << 48));
    let headers = [
        ("accept", "*/*"),
        ("content-type", "application/json"),
        ("user-agent", "GitHub-Hookshot/044aadd"),
        ("x-github-delivery", &delivery),
        ("x-github-event", "push"),
        ("x-github-hook-id", "292430182"),
        ("x-hub-signature-256", signature),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let at = milliseconds(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default());
    let begun = Instant::now();
    let request = Sent { method: "POST", target: path, headers: &headers, body: PUSH.as_bytes() };
    let answer = timeout(PATIENCE, send(address, &request)).await;
    let took = milliseconds(begun.elapsed());
    let seen = match answer {
        Err(_) => json!({"error": "TimedOut"}),
        Ok(Err(error)) => json!({"error": format!("{:?}", error.kind()), "said": error.to_string()}),
        Ok(Ok(answer)) => {
            let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
            json!({"status": answer.status, "execution": body["executionID"], "reason": body["reason"]})
        }
    };
    let mut line = json!({"delivery": delivery, "at": at, "took": took});
    if let (Some(line), Some(seen)) = (line.as_object_mut(), seen.as_object()) {
        line.extend(seen.clone());
    }
    line
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn signature(secret: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key will do");
    mac.update(PUSH.as_bytes());
    format!("sha256={}", hex(&mac.finalize().into_bytes()))
}
