//! What an entry does to the frame whose current step it is about.

use jiff::Timestamp;

use super::{Doing, Frame};
use crate::json::Json;
use crate::machine::clock::after;
use crate::machine::entry::{Fact, StepResult};
use crate::machine::outcome::RunError;
use crate::plan::OnError;
use crate::reason::{StepFailure, StepReason};

impl Frame {
    /// Moves the current step as the fact says. What does not fit changes nothing: [`Frame::takes`] tells.
    pub(in crate::machine) fn apply(&mut self, fact: &Fact, at: Timestamp) {
        match fact {
            Fact::Skipped { .. } | Fact::Entered { block: None, .. } => self.settle(StepResult::default(), at),
            Fact::Entered { block: Some(name), .. } => self.enter(name, at),
            Fact::Returned { .. } => {
                if let Some(result) = self.returned() {
                    self.settle(result, at);
                }
            }
            Fact::Retrying { tried, pause_ms, .. } => {
                self.doing = Doing::Pausing { attempt: tried.attempt.saturating_add(1), due: after(at, *pause_ms) };
            }
            Fact::Succeeded { result, .. } => self.settle(result.clone(), at),
            Fact::Failed { failure, .. } => self.fail(failure, at),
            Fact::Spread { .. }
            | Fact::Forked { .. }
            | Fact::Ended { .. }
            | Fact::Completed
            | Fact::Late
            | Fact::Stopped { .. } => {}
        }
    }

    /// Whether the fact can be the next one about the current step.
    pub(in crate::machine) fn takes(&self, fact: &Fact) -> bool {
        let (attempt, inner) = match &self.doing {
            Doing::Ready => (Some(1), None),
            Doing::Pausing { attempt, .. } => (Some(*attempt), None),
            Doing::Within(inner) => (None, Some(inner)),
            Doing::Failed(_) => (None, None),
        };
        match fact {
            Fact::Entered { block: Some(name), .. } => attempt.is_some() && self.block(name).is_some(),
            Fact::Returned { .. } => inner.is_some_and(|inner| inner.current().is_none()),
            Fact::Failed { tried, .. } => inner.map_or_else(|| attempt == Some(tried.attempt), |inner| inner.ended()),
            Fact::Retrying { tried, .. } | Fact::Succeeded { tried, .. } => attempt == Some(tried.attempt),
            Fact::Skipped { .. } | Fact::Entered { block: None, .. } | Fact::Ended { .. } => attempt.is_some(),
            Fact::Spread { .. } | Fact::Forked { .. } | Fact::Completed | Fact::Late | Fact::Stopped { .. } => false,
        }
    }

    /// What a calling step results in once its block is done: sensitive when the block's last result is.
    pub(in crate::machine) fn returned(&self) -> Option<StepResult> {
        let (Doing::Within(inner), Some((step, _))) = (&self.doing, self.current()) else { return None };
        let sensitive = step.sensitive || inner.last.sensitive;
        Some(StepResult { value: inner.last.value.clone(), sensitive })
    }

    fn ended(&self) -> bool {
        self.current().is_none() || matches!(self.doing, Doing::Failed(_))
    }

    fn enter(&mut self, name: &str, at: Timestamp) {
        if let (Some(block), Some((_, place))) = (self.block(name), self.current()) {
            self.doing = Doing::Within(Box::new(Self::new(block, Some(place.clone()), &self.steps, at)));
        }
    }

    fn block(&self, name: &str) -> Option<std::sync::Arc<crate::machine::program::Block>> {
        self.current()?.0.kind.blocks().into_iter().find(|block| *block.name == *name).cloned()
    }

    fn fail(&mut self, failure: &StepFailure, at: Timestamp) {
        let Some((step, _)) = self.current() else { return };
        // An answer that came too late has failed no work: the run goes on whatever the step says.
        if step.on_error == OnError::Continue || failure.reason == StepReason::TooLate {
            return self.settle(StepResult { value: error(failure), sensitive: false }, at);
        }
        self.doing = match &self.doing {
            Doing::Within(inner) if matches!(inner.doing, Doing::Failed(_)) => inner.doing.clone(),
            Doing::Within(_) | Doing::Ready | Doing::Pausing { .. } | Doing::Failed(_) => {
                Doing::Failed(RunError { step: Some(step.name.to_string()), failure: failure.clone() })
            }
        };
    }
}

/// `$steps.x` of a step that failed and goes on.
fn error(failure: &StepFailure) -> Json {
    let members = [("reason", Json::text(failure.reason.as_str())), ("message", Json::text(&failure.message))];
    Json::object([("error", Json::object(members))])
}
