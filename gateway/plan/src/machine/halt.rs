//! What ends a program from outside its steps: the sender's patience, the run's time, a loop.

use jiff::Timestamp;

use super::clock::later;
use super::effect::Alarm;
use super::entry::{Abandoned, Fact};
use super::frame::Doing;
use super::judge::bounded;
use super::progress::Stage;
use super::state::{State, Waiting};
use crate::limits::HOPS;
use crate::reason::{StepFailure, StepReason};

impl State {
    /// The entry that ends the program, when it is time.
    pub(super) fn halt(&self) -> Option<Fact> {
        let looping = matches!(self.progress.stage, Stage::Main) && self.input.hops > HOPS;
        if looping {
            let message = format!("the request passed through Boathook more than {HOPS} times");
            return Some(self.stopped(StepFailure::new(StepReason::TooManyHops, message)));
        }
        let limits = self.alarms().into_iter().filter(|(_, due)| *due <= self.live.clock);
        let (alarm, _) = limits.min_by_key(|(_, due)| *due)?;
        let (reason, message) = match alarm {
            Alarm::Deadline => (StepReason::DeadlineExceeded, "the sender's deadline passed"),
            Alarm::Timeout | Alarm::FailureTimeout | Alarm::Pause(..) | Alarm::Turn => {
                (StepReason::ExecutionTimeout, "the execution's time is used up")
            }
        };
        Some(self.stopped(StepFailure::new(reason, message)))
    }

    /// When the sender waits no longer.
    pub(super) fn deadline(&self) -> Timestamp {
        later(self.input.received_at, self.program.deadline())
    }

    /// The limits of the stage, and when they are reached.
    pub(super) fn alarms(&self) -> Vec<(Alarm, Timestamp)> {
        match &self.progress.stage {
            Stage::Main => {
                let timeout = (Alarm::Timeout, later(self.input.started_at, self.program.timeout));
                let deadline = (Alarm::Deadline, self.deadline());
                if self.progress.answered { vec![timeout] } else { vec![deadline, timeout] }
            }
            Stage::OnFailure { since, .. } => vec![(Alarm::FailureTimeout, later(*since, self.program.timeout))],
            Stage::Ended { .. } | Stage::Over(_) => Vec::new(),
        }
    }

    /// An entry that ends the program where it is.
    pub(super) fn stopped(&self, mut failure: StepFailure) -> Fact {
        failure.message = bounded(failure.message);
        let abandoned = self.live.waiting.iter().filter_map(|(place, waiting)| match waiting {
            Waiting::Attempt(tried) => Some(Abandoned { place: place.clone(), tried: *tried }),
            Waiting::Pause(_) => None,
        });
        let leaf = self.progress.frame.leaf();
        let step = leaf.current().filter(|_| !matches!(leaf.doing, Doing::Failed(_)));
        Fact::Stopped { step: step.map(|(step, _)| step.name.to_string()), failure, abandoned: abandoned.collect() }
    }
}
