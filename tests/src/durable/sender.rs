//! A client that writes into its ledger what it has read, and sends again what was not answered, as senders do.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::ledger::Ledger;
use crate::wire::{Answer, Sent, send};

/// Where the deliveries of a campaign go.
const TARGET: &str = "/api/webhooks/default/orders";

/// A client; clones share what it knows.
#[derive(Clone, Debug)]
pub struct Sender {
    to: SocketAddr,
    known: Arc<Mutex<Known>>,
}

#[derive(Debug, Default)]
struct Known {
    ledger: Ledger,
    /// Bodies of the deliveries that have no 202 yet.
    unanswered: BTreeMap<String, Vec<u8>>,
    /// Whether answers do not come through: the line to the gateway is cut.
    is_cut_off: bool,
}

impl Sender {
    /// A client of the gateway at `to`, with an empty ledger.
    pub fn new(to: SocketAddr) -> Self {
        Self { to, known: Arc::default() }
    }

    /// What it knows.
    pub fn ledger(&self) -> Ledger {
        self.known().ledger.clone()
    }

    /// How many of its deliveries were acknowledged.
    pub fn promised(&self) -> usize {
        self.known().ledger.promised()
    }

    /// Sends one delivery once. `None` is no answer, or one that is not whole.
    ///
    /// # Panics
    ///
    /// When a 202 names no execution, or another than before.
    pub async fn deliver(&self, id: &str, body: &[u8]) -> Option<Answer> {
        self.sends(id, body);
        let headers = [("content-type", "application/json"), ("x-delivery", id)];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let answer = send(self.to, &Sent { method: "POST", target: TARGET, headers: &headers, body }).await.ok()?;
        let length = answer.header("content-length").parse::<usize>().ok()?;
        if answer.body.len() != length {
            return None;
        }
        if answer.status == 202 {
            let told: Value = serde_json::from_str(&answer.body).expect("an acknowledgement is JSON");
            let execution = told["executionID"].as_str().expect("an acknowledgement names its execution").to_owned();
            self.acknowledged(id, &execution);
        }
        Some(answer)
    }

    /// No answer comes through any more, or again. A machine without power sends none, but a process whose disk is gone
    /// may, and what the kernel tells it then of its disk is of no disk.
    pub fn cut_off(&self, is_cut_off: bool) {
        self.known().is_cut_off = is_cut_off;
    }

    /// Sends everything again that has no 202 yet, until it has one.
    ///
    /// # Panics
    ///
    /// When a delivery gets another answer.
    pub async fn insist(&self) {
        let unanswered = self.known().unanswered.clone();
        for (id, body) in unanswered {
            let answer = self.deliver(&id, &body).await;
            let status = answer.as_ref().map(|answer| answer.status);
            assert_eq!(status, Some(202), "delivery {id}, sent again: {answer:?}");
        }
    }

    fn sends(&self, id: &str, body: &[u8]) {
        let mut known = self.known();
        known.ledger.sends(id, body);
        if !known.ledger.has_promise(id) {
            known.unanswered.insert(id.to_owned(), body.to_owned());
        }
    }

    fn acknowledged(&self, id: &str, execution: &str) {
        let mut known = self.known();
        if known.is_cut_off {
            return;
        }
        known.ledger.acknowledged(id, execution);
        known.unanswered.remove(id);
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A body of a delivery: JSON of up to 2 KiB that no other delivery has.
pub fn body(id: &str, chance: &mut fastrand::Rng) -> Vec<u8> {
    let length = chance.usize(0..2_000);
    let filling: String = std::iter::repeat_with(|| chance.alphanumeric()).take(length).collect();
    serde_json::json!({ "id": id, "filling": filling }).to_string().into_bytes()
}
