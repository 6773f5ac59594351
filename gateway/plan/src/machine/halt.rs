//! What ends a program from outside its steps: the sender's patience, the run's time, a loop.

use jiff::Timestamp;

use super::clock::later;
use super::decide::Decision;
use super::effect::Alarm;
use super::entry::{Abandoned, Fact};
use super::frame::Doing;
use super::input::Caller;
use super::judge::bounded;
use super::place::Place;
use super::progress::Stage;
use super::state::State;
use crate::limits::HOPS;
use crate::plan::Mode;
use crate::reason::{StepFailure, StepReason};

impl State {
    /// What time or a loop does to the program: it ends, or its sender is told that it goes on.
    pub(super) fn halt(&self) -> Option<Decision> {
        let looping = matches!(self.progress.stage, Stage::Main) && self.input.hops > HOPS;
        if looping {
            let message = format!("the request passed through Boathook more than {HOPS} times");
            return Some(Decision::Write(self.stopped(StepFailure::new(StepReason::TooManyHops, message))));
        }
        let limits = self.alarms().into_iter().filter(|(_, due)| *due <= self.live.clock);
        let (alarm, _) = limits.min_by_key(|(_, due)| *due)?;
        let (reason, message) = match alarm {
            Alarm::Deadline if !self.program.answers.cancel => {
                return Some(Decision::Answer(Fact::Late, self.late_answer()));
            }
            Alarm::Deadline => (StepReason::DeadlineExceeded, "the sender's deadline passed"),
            Alarm::Timeout | Alarm::FailureTimeout | Alarm::Pause(..) | Alarm::Turn => {
                (StepReason::ExecutionTimeout, "the execution's time is used up")
            }
        };
        Some(Decision::Write(self.stopped(StepFailure::new(reason, message))))
    }

    /// When the sender waits no longer, where one waits.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        let waits = self.program.mode() == Mode::Sync && self.input.caller == Caller::Sender;
        waits.then(|| later(self.input.received_at, self.program.deadline()))
    }

    /// The limits of the stage, and when they are reached.
    pub(super) fn alarms(&self) -> Vec<(Alarm, Timestamp)> {
        match &self.progress.stage {
            Stage::Main => {
                let timeout = (Alarm::Timeout, later(self.input.started_at, self.program.timeout));
                let deadline = self.deadline().filter(|_| !self.progress.answered);
                deadline.map(|due| (Alarm::Deadline, due)).into_iter().chain([timeout]).collect()
            }
            Stage::OnFailure { since, .. } => vec![(Alarm::FailureTimeout, later(*since, self.program.timeout))],
            Stage::Ended { .. } | Stage::Over(_) => Vec::new(),
        }
    }

    /// An entry that ends the program where it is.
    pub(super) fn stopped(&self, mut failure: StepFailure) -> Fact {
        failure.message = bounded(failure.message);
        let abandoned = self.abandoned(|_| true);
        let leaf = self.progress.frame.leaf();
        let step = leaf.current().filter(|_| !matches!(leaf.doing, Doing::Failed(_)));
        Fact::Stopped { step: step.map(|(step, _)| step.name.to_string()), failure, abandoned }
    }

    /// Attempts under way at such places; their outcome will not be known.
    pub(super) fn abandoned(&self, at: impl Fn(&Place) -> bool) -> Vec<Abandoned> {
        let waiting = self.live.waiting.iter().filter(|(place, _)| at(place));
        let tried = waiting.filter_map(|(place, waiting)| Some((place, waiting.tried()?)));
        tried.map(|(place, tried)| Abandoned { place: place.clone(), tried }).collect()
    }
}
