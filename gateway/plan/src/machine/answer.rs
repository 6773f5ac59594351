//! What the sender is told when the steps did not answer.

use http::StatusCode;

use super::decide::Decision;
use super::entry::Fact;
use super::outcome::RunError;
use super::place::Place;
use super::state::State;
use crate::json::Json;
use crate::plan::Mode;
use crate::problem::Problem;
use crate::reason::{StepFailure, StepReason};
use crate::reply::{AnswerProgram, Reply, Unsaid};
use crate::scope::Scope;

impl State {
    /// The steps are done: the sender gets the answer of the workflow, which is the last step's result where it says
    /// nothing. An answer that cannot be rendered fails the run.
    pub(super) fn succeed(&self) -> Decision {
        if self.progress.answered {
            return Decision::Write(Fact::Completed);
        }
        let last = &self.progress.frame.last;
        // A sensitive result is shown nowhere, so not to a sender that nobody meant to show it to.
        let value = if last.sensitive { Json::Null } else { last.value.clone() };
        match self.success_answer(value) {
            Ok(reply) => Decision::Answer(Fact::Completed, reply),
            Err(mut failure) => {
                failure.message = format!("response.{}", failure.message);
                Decision::Write(self.stopped(failure))
            }
        }
    }

    /// What an Async workflow says is an acknowledgement, which is no answer to the step that called it.
    fn success_answer(&self, value: Json) -> Result<Reply, StepFailure> {
        match self.program.answers.mode {
            Mode::Sync => self.program.answers.success.render(&self.answer_scope(), Unsaid::Value(value)),
            Mode::Async => Ok(Reply::json(StatusCode::OK, &value)),
        }
    }

    /// The answer of a run that has just failed: never internals. At the deadline the sender is told that it has passed,
    /// whatever failed then.
    pub(super) fn failure_answer(&self, error: &RunError) -> Reply {
        match error.failure.reason {
            StepReason::Cancelled => Problem::RUN_CANCELLED.reply(&self.input.request_id),
            StepReason::ShuttingDown => Problem::SHUTTING_DOWN.reply(&self.input.request_id),
            StepReason::DeadlineExceeded => self.late_answer(),
            StepReason::ExpressionFailed
            | StepReason::PathMissing
            | StepReason::ResourceExhausted
            | StepReason::ValidationFailed
            | StepReason::NotYet
            | StepReason::Timeout
            | StepReason::ConnectionFailed
            | StepReason::EgressDenied
            | StepReason::UnexpectedStatus
            | StepReason::BadResponse
            | StepReason::InvalidRequest
            | StepReason::SecretUnavailable
            | StepReason::TooManyHops
            | StepReason::ResultTooLarge
            | StepReason::CallFailed
            | StepReason::ScriptFailed
            | StepReason::ScriptCrashed
            | StepReason::SandboxUnavailable
            | StepReason::TooLate
            | StepReason::Ended
            | StepReason::ExecutionTimeout => {
                if self.deadline().is_some_and(|deadline| deadline <= self.live.clock) {
                    return self.late_answer();
                }
                self.render(&self.program.answers.failed, Problem::RUN_FAILED)
            }
        }
    }

    /// Whether the run goes on when its sender waits no longer.
    pub fn outlasts_sender(&self) -> bool {
        !self.program.answers.cancel
    }

    /// What a sender is told who waits no longer: at the deadline, or because the run goes on elsewhere. Of a run that goes
    /// on it never fails.
    pub fn late_answer(&self) -> Reply {
        let late = &self.program.answers.late;
        if self.program.answers.cancel {
            return self.render(late, Problem::DEADLINE_EXCEEDED);
        }
        let unsaid = || Unsaid::GoesOn { execution: self.input.execution };
        late.render(&self.answer_scope(), unsaid()).unwrap_or_else(|_| unsaid().reply())
    }

    /// What the answer says, or the problem alone when the answer itself fails.
    fn render(&self, answer: &AnswerProgram, problem: Problem) -> Reply {
        let request_id = self.input.request_id.clone();
        answer
            .render(&self.answer_scope(), Unsaid::Problem { problem, request_id })
            .unwrap_or_else(|_| problem.reply(&self.input.request_id))
    }

    fn answer_scope(&self) -> Scope {
        self.scope(&self.progress.frame, &Place::response())
    }
}
