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
use crate::json::Json;
use crate::reply::Reply;
use crate::scope::Scope;
use crate::script::Script;

/// One thing to do.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Append to the journal.
    Journal(Entry),
    /// Begin an attempt, and report it by [`super::event::EventKind::Attempted`].
    Attempt(Box<Attempt>),
    /// Have another workflow run, and report it by [`super::event::EventKind::Attempted`]. A run that goes on elsewhere
    /// asks again, with the same id: the execution is there by then, or done.
    Call(Box<CallAttempt>),
    /// Stop an attempt that was begun; its outcome would be ignored. What was called goes on by itself.
    Abandon(Place),
    /// Report [`super::event::EventKind::Due`] after this time.
    Alarm(Alarm, Duration),
    /// Answer the sender. At most once.
    Respond(Reply),
    /// The run is over. Exactly once, and nothing comes after it.
    Finish(Outcome),
}

/// What an attempt does.
#[derive(Clone, Debug)]
pub enum Work {
    /// Sends a request.
    Http(Arc<HttpProgram>),
    /// Runs a script.
    Script(Arc<Script>),
}

/// One try of a step that others do: of an `http` or a `javascript` step.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Where in the run.
    pub place: Place,
    /// Which try of this step, from 1.
    pub attempt: u32,
    /// What is done.
    pub work: Work,
    /// The run's values. `$secrets` is not among them: the executor adds it, so that no secret is ever in a state, an
    /// entry or a trace, and a rotated one is used by the next attempt.
    pub scope: Scope,
    /// Of the whole attempt; past it the outcome is a failure with reason `Timeout`.
    pub timeout: Duration,
    /// Equal on each attempt at this place, and on resume.
    pub idempotency_key: Uuid,
}

/// One try of a `call` step.
#[derive(Clone, Debug)]
pub struct CallAttempt {
    /// Where in the run.
    pub place: Place,
    /// Which try of this step, from 1.
    pub attempt: u32,
    /// The workflow, of the same namespace.
    pub workflow: Arc<str>,
    /// Its `$context.data`.
    pub input: Json,
    /// The id of the execution to start: derives from this run, the place and the attempt, so that no try starts two. Of
    /// version 7, with the time at which the step's turn came.
    pub execution: Uuid,
    /// Its seed ([`super::place::Seed::Execution`]): equal on each attempt, so that its effects are not done twice.
    pub seed: Uuid,
    /// Its [`super::input::Input::depth`]. It is run for a [`super::input::Caller::Step`].
    pub depth: u32,
    /// Whether it is only started: reported with any value as soon as that is durable. Else reported when it has
    /// finished, with what it answered, or with a failure of the reason `CallFailed`.
    pub detach: bool,
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
    /// The pause before an attempt is over, or a `wait` step.
    Pause(Place, u32),
    /// Others had their turn: at once, but behind whatever else waits for the processor.
    Turn,
}
