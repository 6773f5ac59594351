//! A delivery becomes a run, or a run goes on where its journal ends.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::Pinned;
use crate::envelope::Envelope;
use crate::json::Json;
use crate::machine::{Entry, Input, ResumeError, State};

/// A delivery as its run sees it.
#[derive(Clone, Copy, Debug)]
pub struct Delivered<'a> {
    /// The head.
    pub envelope: &'a Envelope,
    /// `$context`
    pub context: &'a Json,
}

/// What a run is given by the gateway that accepts it.
#[derive(Clone, Copy, Debug)]
pub struct RunFacts {
    /// The execution's id, of version 7.
    pub execution: Uuid,
    /// `$execution.attempt`: 1, and one more with each replay.
    pub attempt: u32,
    /// When it was accepted.
    pub accepted_at: Timestamp,
}

impl Pinned {
    /// A run that has not begun.
    pub fn run(&self, delivered: Delivered<'_>, facts: RunFacts) -> State {
        State::new(Arc::clone(&self.program), input(delivered, facts))
    }

    /// A run that goes on.
    pub fn resume(&self, delivered: Delivered<'_>, facts: RunFacts, entries: &[Entry]) -> Result<State, ResumeError> {
        State::resume(Arc::clone(&self.program), input(delivered, facts), entries)
    }
}

fn input(delivered: Delivered<'_>, facts: RunFacts) -> Input {
    let envelope = delivered.envelope;
    Input {
        execution: facts.execution,
        attempt: facts.attempt,
        deduplication_key: envelope.deduplication_key.clone(),
        request_id: Arc::clone(&envelope.request_id),
        received_at: envelope.received_at,
        started_at: facts.accepted_at,
        context: delivered.context.clone(),
        hops: envelope.origin.hops,
    }
}
