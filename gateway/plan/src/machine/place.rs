//! Where in a run something happens, as text: `save`, `tidy/save`, `each[3]/save`.
//!
//! The same program reaches a step at the same place on every attempt, resume and repeat, so what derives from a place
//! is equal there too: the idempotency key, `uuid()`, the jitter of a pause.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// The path of calling steps, and the step. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Place(Arc<str>);

impl Place {
    /// A step of the main program.
    pub fn step(name: &str) -> Self {
        Self(name.into())
    }

    /// What stands in front of the steps of `onFailure`. No step can have this name.
    pub fn on_failure() -> Self {
        Self("$onFailure".into())
    }

    /// Where the sender's answer is rendered.
    pub fn response() -> Self {
        Self("$response".into())
    }

    /// Where the keys and the acknowledgement of a delivery are rendered.
    pub fn request() -> Self {
        Self("$request".into())
    }

    /// A step of the block that the step at this place runs.
    #[must_use]
    pub fn within(&self, name: &str) -> Self {
        Self(format!("{}/{name}", self.0).into())
    }

    /// What stands in front of the steps that run for an item of the step at this place.
    #[must_use]
    pub fn item(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0).into())
    }

    /// Whether this is inside of what the step at `calling` runs.
    pub fn is_below(&self, calling: &Self) -> bool {
        self.0.strip_prefix(&*calling.0).is_some_and(|rest| rest.starts_with(['/', '[']))
    }

    /// The item of the `forEach` step at `calling` that this is inside of.
    pub fn index_below(&self, calling: &Self) -> Option<usize> {
        let (index, _) = self.0.strip_prefix(&*calling.0)?.strip_prefix('[')?.split_once("]/")?;
        index.parse().ok()
    }

    /// The id of the execution that the attempt at this place of this execution starts: of version 7, with the time at
    /// which the step's turn came (RFC 9562 section 5.7), so that ids sort by time.
    pub fn child(&self, execution: Uuid, attempt: u32, since: Timestamp) -> Uuid {
        let mut hash = Sha256::new();
        for part in [&b"call"[..], execution.as_bytes(), &attempt.to_be_bytes(), self.0.as_bytes()] {
            feed(&mut hash, part);
        }
        let mut random = [0; 10];
        random.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
        let milliseconds = u64::try_from(since.as_millisecond()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid()
    }

    /// The name of the step.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What `uuid()` derives from at this place of this execution.
    pub fn uuid(&self, execution: Uuid) -> Uuid {
        Uuid::new_v5(&execution, self.0.as_bytes())
    }

    /// A fraction in `0..1` that is the same whenever this place of this execution asks for its `number`th.
    pub(crate) fn fraction(&self, execution: Uuid, number: u32) -> f64 {
        let mut hash = Sha256::new();
        hash.update(execution.as_bytes());
        hash.update(number.to_be_bytes());
        hash.update(self.0.as_bytes());
        let bytes = hash.finalize();
        let [a, b, c, d, ..] = bytes[..] else { return 0.0 };
        f64::from(u32::from_be_bytes([a, b, c, d])) / (f64::from(u32::MAX) + 1.0)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// What the idempotency keys of a run derive from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seed {
    /// A delivery with a deduplication key: a sender's repeat after a failure has the same seed.
    Delivery {
        /// `metadata.uid` of the workflow.
        workflow: Arc<str>,
        /// The deduplication key.
        key: Arc<str>,
    },
    /// Any other: the execution's own id, that of the one it repeats from the failed step, or what the step that called it
    /// gave it.
    Execution(Uuid),
}

impl Seed {
    /// The idempotency key of the effect at `place`: equal on each attempt and on resume. It has the form of a UUID
    /// (version 8, RFC 9562 section 5.8), which every known receiver takes as a key.
    pub fn idempotency_key(&self, place: &Place) -> Uuid {
        let mut hash = Sha256::new();
        match self {
            Self::Delivery { workflow, key } => {
                for part in [b"delivery", workflow.as_bytes(), key.as_bytes()] {
                    feed(&mut hash, part);
                }
            }
            Self::Execution(id) => {
                for part in [&b"execution"[..], id.as_bytes()] {
                    feed(&mut hash, part);
                }
            }
        }
        feed(&mut hash, place.as_str().as_bytes());
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }
}

/// Length first, so that no two lists of parts feed the same bytes.
fn feed(hash: &mut Sha256, part: &[u8]) {
    hash.update((part.len() as u64).to_be_bytes());
    hash.update(part);
}

#[cfg(test)]
mod tests;
