//! What a run asks of its executor.
//!
//! The effects of one event are performed in their order: an entry is durable (where the run promises that) before what
//! stands behind it is done.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::entry::Entry;
use super::outcome::Outcome;
use super::place::Place;
use crate::http_step::HttpProgram;
use crate::reply::Reply;
use crate::scope::Scope;

/// One thing to do.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Append to the journal.
    Journal(Entry),
    /// Begin an attempt, and report it by [`super::event::EventKind::Attempted`].
    Attempt(Box<Attempt>),
    /// Stop an attempt that was begun; its outcome would be ignored.
    Abandon(Place),
    /// Report [`super::event::EventKind::Due`] after this time.
    Alarm(Alarm, Duration),
    /// Answer the sender. At most once.
    Respond(Reply),
    /// The run is over. Exactly once, and nothing comes after it.
    Finish(Outcome),
}

/// One try of an `http` step.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Where in the run.
    pub place: Place,
    /// Which try of this step, from 1.
    pub attempt: u32,
    /// What is sent.
    pub program: Arc<HttpProgram>,
    /// The run's values. `$secrets` is not among them: the executor adds it, so that no secret is ever in a state, an
    /// entry or a trace, and a rotated one is used by the next attempt.
    pub scope: Scope,
    /// Of the whole attempt; past it the outcome is a failure with reason `Timeout`.
    pub timeout: Duration,
    /// Equal on each attempt at this place, and on resume.
    pub idempotency_key: Uuid,
}

/// What time may bring. An alarm that has lost its meaning may still go off.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Alarm {
    /// The sender waits no longer.
    Deadline,
    /// The main program's time is used up.
    Timeout,
    /// The time of `onFailure` is used up.
    FailureTimeout,
    /// The pause before an attempt is over.
    Pause(Place, u32),
    /// Others had their turn: at once, but behind whatever else waits for the processor.
    Turn,
}
