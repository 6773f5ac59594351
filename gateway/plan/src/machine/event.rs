//! What the executor tells a run.

use jiff::Timestamp;

use super::effect::Alarm;
use super::place::Place;
use crate::json::Json;
use crate::reason::StepFailure;

/// Something that happened, and when. Events may come late, twice or in any order: what no longer concerns the run
/// changes nothing.
#[derive(Clone, Debug)]
pub struct Event {
    /// When, by the executor's clock. A clock that goes back is taken as one that stands still.
    pub at: Timestamp,
    /// What.
    pub kind: EventKind,
}

/// The kinds of events.
#[derive(Clone, Debug)]
pub enum EventKind {
    /// The run has an owner: the first event of a new state and of a resumed one.
    Started,
    /// An attempt is over. `place` and `attempt` are those of the [`super::effect::Attempt`].
    Attempted {
        /// Of the step.
        place: Place,
        /// Which one, from 1.
        attempt: u32,
        /// The step's result, or why there is none.
        outcome: Result<Json, StepFailure>,
        /// What a script wrote to its console.
        console: Vec<String>,
    },
    /// The time of an alarm has come.
    Due(Alarm),
    /// The run is not wanted any more.
    Cancelled(Cancellation),
}

/// Why a run is not wanted any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancellation {
    /// The workflow was deleted, or somebody asked: a step in flight may finish.
    Requested,
    /// The gateway stops: nothing is waited for.
    ShuttingDown,
}
