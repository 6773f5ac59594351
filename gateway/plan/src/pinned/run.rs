//! A delivery becomes a run, or a run goes on where its journal ends.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::Pinned;
use crate::envelope::Envelope;
use crate::json::Json;
use crate::machine::{Caller, Entry, Input, ResumeError, Seed, State};

/// A delivery as its run sees it.
#[derive(Clone, Copy, Debug)]
pub struct Delivered<'a> {
    /// The head; of several deliveries, the first one's.
    pub envelope: &'a Envelope,
    /// `$context`
    pub context: &'a Json,
    /// `$batch`, of several deliveries.
    pub batch: Option<&'a Json>,
}

/// What a run is given by the gateway that accepts it.
#[derive(Clone, Copy, Debug)]
pub struct RunFacts {
    /// The execution's id, of version 7.
    pub execution: Uuid,
    /// `$execution.attempt`: 1, and one more with each replay.
    pub attempt: u32,
    /// When it began.
    pub started_at: Timestamp,
    /// What its idempotency keys derive from.
    pub seed: SeedOf,
}

/// What the idempotency keys of a run derive from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeedOf {
    /// What the delivery says; where it says nothing, the id of this execution, the first one of the delivery.
    Delivery(Uuid),
    /// The id of this execution, which replays the delivery from the start.
    Replay(Uuid),
}

impl RunFacts {
    /// Of a delivery that is run for the first time.
    pub fn first(execution: Uuid, started_at: Timestamp) -> Self {
        Self { execution, attempt: 1, started_at, seed: SeedOf::Delivery(execution) }
    }
}

impl Pinned {
    /// A run that has not begun.
    pub fn run(&self, delivered: Delivered<'_>, facts: RunFacts) -> State {
        State::new(Arc::clone(&self.program), input(self.program.uid(), delivered, facts))
    }

    /// A run that goes on.
    pub fn resume(&self, delivered: Delivered<'_>, facts: RunFacts, entries: &[Entry]) -> Result<State, ResumeError> {
        State::resume(Arc::clone(&self.program), input(self.program.uid(), delivered, facts), entries)
    }
}

fn input(workflow: &Arc<str>, delivered: Delivered<'_>, facts: RunFacts) -> Input {
    let envelope = delivered.envelope;
    // Which deliveries come together in a batch is chance: the key of one of them names none of it.
    let key = envelope.deduplication_key.as_ref().filter(|_| delivered.batch.is_none());
    let seed = match (facts.seed, key, envelope.call()) {
        (SeedOf::Replay(execution), _, _) => Seed::Execution(execution),
        (SeedOf::Delivery(_), Some(key), _) => Seed::Delivery { workflow: Arc::clone(workflow), key: Arc::clone(key) },
        (SeedOf::Delivery(_), None, Some(call)) => Seed::Execution(call.seed),
        (SeedOf::Delivery(first), None, None) => Seed::Execution(first),
    };
    Input {
        execution: facts.execution,
        attempt: facts.attempt,
        seed,
        request_id: Arc::clone(&envelope.request_id),
        received_at: envelope.received_at,
        started_at: facts.started_at,
        context: delivered.context.clone(),
        batch: delivered.batch.cloned(),
        hops: envelope.origin.hops,
        caller: caller(envelope, facts),
        depth: envelope.call().map_or(0, |call| call.depth),
    }
}

/// A replay is nobody's: the sender, or the step that called, has been told already.
fn caller(envelope: &Envelope, facts: RunFacts) -> Caller {
    if facts.attempt > 1 {
        return Caller::Nobody;
    }
    if envelope.call().is_some() { Caller::Step } else { Caller::Sender }
}
