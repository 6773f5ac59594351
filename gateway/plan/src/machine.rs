//! A workflow as a pure state machine: `step(state, event) -> (state, [effect])`.
//!
//! The executor performs effects in their order and feeds back what came of them as events; it decides nothing. Whatever
//! a run does is decided here, from the program, the input and the journal alone, so that a run that goes on after a
//! crash takes the very same way: every change of a run is an [`Entry`], written before it is used, and the only
//! function that changes what is durable of a run applies entries (`progress`).
//!
//! A run is a tree of frames, one for each block that is being run (`frame`). What comes next is decided by `decide`,
//! what an attempt's outcome means by `judge`, what ends a program from outside by `halt`, what the sender is told by
//! `answer`; `step` strings them together. `$secrets` is never here: the executor adds it to the scope of an attempt.

pub mod effect;
pub mod entry;
pub mod event;
pub mod input;
pub mod outcome;
pub mod place;
pub mod program;
pub mod state;
pub mod step;
pub mod trace;

mod answer;
mod clock;
mod compile;
mod condition;
mod decide;
mod frame;
mod halt;
mod judge;
mod kind;
mod ledger;
mod progress;
mod replay;
mod scope;
mod size;
mod turn;

pub use effect::{Alarm, Attempt, CallAttempt, Effect, Work};
pub use entry::{Abandoned, Entry, Fact, StepResult, Tried};
pub use event::{Cancellation, Event, EventKind};
pub use input::{Caller, Input};
pub use outcome::{Outcome, RunError};
pub use place::{Place, Seed};
pub use program::{Program, ProgramError};
pub use replay::kept;
pub use state::{ResumeError, State};
pub use step::step;
pub use trace::{AttemptTrace, Phase, StepTrace, Trace};
