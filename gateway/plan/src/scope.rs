//! The values that an expression sees: `$context`, `$steps`, `$vars` and the rest, by name.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use jiff::Timestamp;
use uuid::Uuid;

use crate::json::Json;

/// Every root variable that an expression may name. Which of them have a value depends on the place.
pub const ROOTS: [&str; 11] = [
    "$batch",
    "$context",
    "$error",
    "$execution",
    "$index",
    "$item",
    "$result",
    "$secrets",
    "$steps",
    "$vars",
    "$workflow",
];

/// Root variables, and the two facts that `now()` and `uuid()` yield. Cheap to clone.
#[derive(Clone)]
pub struct Scope {
    roots: Vec<(Arc<str>, Json)>,
    now: Timestamp,
    uuid: Uuid,
    /// Ids that `uuid()` has yielded here: clones share it, so that no two of a place are equal.
    drawn: Arc<AtomicU32>,
}

impl Scope {
    /// A scope without variables. `now` is what `now()` yields; `uuid()` derives from `uuid` and its position.
    pub fn new(now: Timestamp, uuid: Uuid) -> Self {
        Self { roots: Vec::new(), now, uuid, drawn: Arc::default() }
    }

    /// The scope with one more root; `name` is written as in expressions, with its `$`.
    #[must_use]
    pub fn with(mut self, name: &str, value: Json) -> Self {
        self.roots.retain(|(known, _)| &**known != name);
        self.roots.push((name.into(), value));
        self
    }

    /// The same roots elsewhere in a run.
    #[must_use]
    pub fn at(self, now: Timestamp, uuid: Uuid) -> Self {
        Self { now, uuid, drawn: Arc::default(), ..self }
    }

    /// A root's value.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.roots.iter().find(|(known, _)| &**known == name).map(|(_, value)| value)
    }

    /// Every root, in the order they were added.
    pub fn roots(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.roots.iter().map(|(name, value)| (&**name, value))
    }

    /// What `now()` yields.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// What `uuid()` derives from.
    pub fn uuid(&self) -> Uuid {
        self.uuid
    }

    /// The next id of `uuid()`. A scope that is made again for the same place yields the same ones in the same order.
    pub(crate) fn draw(&self) -> Uuid {
        let position = self.drawn.fetch_add(1, Ordering::Relaxed);
        Uuid::new_v5(&self.uuid, &position.to_be_bytes())
    }
}

impl fmt::Debug for Scope {
    /// Names alone: values may be secrets.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set().entries(self.roots.iter().map(|(name, _)| name)).finish()
    }
}
