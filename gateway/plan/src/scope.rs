//! The values that an expression sees: `$context`, `$steps`, `$vars` and the rest, by name.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use crate::json::Json;

/// Root variables, and the two facts that `now()` and `uuid()` yield. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Scope {
    roots: Vec<(Arc<str>, Json)>,
    now: Timestamp,
    uuid: Uuid,
}

impl Scope {
    /// A scope without variables. `now` is what `now()` yields; `uuid()` derives from `uuid` and its position.
    pub fn new(now: Timestamp, uuid: Uuid) -> Self {
        Self { roots: Vec::new(), now, uuid }
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
    pub fn at(mut self, now: Timestamp, uuid: Uuid) -> Self {
        self.now = now;
        self.uuid = uuid;
        self
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
}
