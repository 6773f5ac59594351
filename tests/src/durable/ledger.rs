//! What a client knows of its deliveries, and the oracle that holds a gateway to it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// A delivery as its client knows it.
#[derive(Clone, Debug)]
pub struct Known {
    /// SHA-256 of the body, in lower-case hexadecimal.
    pub sha256: String,
    /// The execution of the 202 that the client has read whole; `None` while it has none.
    pub acknowledged: Option<String>,
}

/// All deliveries of one client, by their ids.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    deliveries: BTreeMap<String, Known>,
}

/// A body's SHA-256 in lower-case hexadecimal.
pub fn sha256(body: &[u8]) -> String {
    hex(&Sha256::digest(body))
}

/// Bytes in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

impl Ledger {
    /// A delivery is about to be sent.
    pub fn sends(&mut self, id: &str, body: &[u8]) {
        let known = Known { sha256: sha256(body), acknowledged: None };
        self.deliveries.entry(id.to_owned()).or_insert(known);
    }

    /// A 202 was read whole.
    ///
    /// # Panics
    ///
    /// When another execution was promised for the same delivery before: two executions of one delivery.
    pub fn acknowledged(&mut self, id: &str, execution: &str) {
        let known = self.deliveries.get_mut(id).expect("what is acknowledged was sent");
        let before = known.acknowledged.get_or_insert_with(|| execution.to_owned());
        assert_eq!(before, execution, "delivery {id} was promised two executions");
    }

    /// Whether a 202 was read for a delivery.
    pub fn has_promise(&self, id: &str) -> bool {
        self.deliveries.get(id).is_some_and(|known| known.acknowledged.is_some())
    }

    /// How many deliveries were acknowledged.
    pub fn promised(&self) -> usize {
        self.deliveries.values().filter(|known| known.acknowledged.is_some()).count()
    }

    /// Holds the store's records and the target's effects to what was promised. `records` are executions in the shape of
    /// the execution API; `effects` are, by delivery, the bodies' hashes and idempotency keys that the target has seen.
    ///
    /// # Panics
    ///
    /// At the first promise that is not kept, with the delivery's id.
    pub fn hold(&self, records: &[Value], effects: &BTreeMap<String, Effects>) {
        let mut by_delivery: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
        for record in records {
            by_delivery.entry(delivery(record)).or_default().push(record);
        }
        for id in by_delivery.keys() {
            assert!(self.deliveries.contains_key(id), "the store has delivery {id:?}, which nobody sent");
        }
        for (id, known) in &self.deliveries {
            let executions = by_delivery.get(id).map_or(&[][..], Vec::as_slice);
            assert!(executions.len() <= 1, "delivery {id} has {} executions", executions.len());
            let Some(promised) = &known.acknowledged else { continue };
            let [execution] = executions else { panic!("delivery {id} was acknowledged as {promised} and is lost") };
            assert_eq!(execution["metadata"]["name"], **promised, "delivery {id} is another execution");
            assert_eq!(execution["status"]["phase"], "Succeeded", "delivery {id}: {execution}");
            assert_eq!(execution["spec"]["request"]["bodySHA256"], *known.sha256, "delivery {id}: the payload differs");
            let seen = effects.get(id).unwrap_or_else(|| panic!("delivery {id} succeeded without its effect"));
            assert_eq!(seen.sha256, BTreeSet::from([known.sha256.clone()]), "delivery {id}: what the target got");
            assert_eq!(seen.keys.len(), 1, "delivery {id} had several idempotency keys: {:?}", seen.keys);
        }
    }
}

/// What a target has seen of one delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// Hashes of the bodies.
    pub sha256: BTreeSet<String>,
    /// Idempotency keys.
    pub keys: BTreeSet<String>,
    /// Requests.
    pub count: usize,
}

/// The delivery's id, as its sender wrote it into the request's header.
fn delivery(record: &Value) -> String {
    record["spec"]["request"]["headers"]["x-delivery"].as_str().unwrap_or_default().to_owned()
}
