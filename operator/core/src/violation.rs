//! What is wrong with a resource: where, why, and how to mend it.
//!
//! Plain data. A message never holds a secret, nor a name of another namespace that the resource does not itself name.

use std::fmt;

use serde::Serialize;

use crate::condition::{Condition, Reason};
use crate::field::Field;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// The condition that it makes False.
    pub condition: Condition,
    /// Why, for machines.
    pub reason: Reason,
    /// Where.
    pub field: Field,
    /// How to mend it, for people: "must …".
    pub message: String,
}

impl Violation {
    /// A violation of the condition that `reason` belongs to.
    pub fn new(reason: Reason, field: &Field, message: impl Into<String>) -> Self {
        Self { condition: reason.condition(), reason, field: field.clone(), message: message.into() }
    }
}

impl fmt::Display for Violation {
    /// `spec.steps[2].timeout: must be at most 720h`
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.field, self.message)
    }
}
