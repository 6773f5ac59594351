//! What a step does when its turn comes, by what its kind says.

use jiff::Timestamp;

use super::decide::{At, Decision};
use super::effect::{Attempt, CallAttempt};
use super::entry::{Fact, Tried};
use super::judge::bounded;
use super::kind::{Choice, Request, Spread, Turn};
use super::state::State;
use crate::json::Json;
use crate::limits::{CALL_DEPTH, FRAMES};
use crate::reason::{StepFailure, StepReason};
use crate::scope::Scope;

impl State {
    /// The next attempt of a step.
    pub(super) fn turn(&self, at: At<'_>, tried: Tried) -> Decision {
        if at.step.kind.answers() && self.progress.answered {
            let failure = StepFailure::new(StepReason::TooLate, "the sender has been answered already");
            return Decision::Write(at.failed(tried, failure));
        }
        let scope = self.scope(at.frame, at.place);
        match at.step.kind.turn(&scope) {
            Ok(turn) => self.take(at, tried, turn, scope),
            Err(failure) => Decision::Write(self.judge(at, tried, Err(failure))),
        }
    }

    fn take(&self, at: At<'_>, tried: Tried, turn: Turn, scope: Scope) -> Decision {
        let place = at.place.clone();
        match turn {
            Turn::Result(result) => Decision::Write(self.judge(at, tried, Ok(result))),
            Turn::Answer(reply) => Decision::Answer(at.succeeded(tried, Json::Null), reply),
            Turn::End(outcome, message) => {
                let abandoned = self.abandoned(|_| true);
                Decision::Write(Fact::Ended { place, outcome, message: message.map(bounded), abandoned })
            }
            Turn::Run(Choice { block, missing }) => {
                Decision::Write(Fact::Entered { place, block: block.map(|block| block.name.to_string()), missing })
            }
            Turn::Spread(spread) => Decision::Write(self.spread(at, tried, spread)),
            Turn::Fork => Decision::Write(self.fork(at, tried)),
            Turn::Sleep(due) if due <= self.live.clock => {
                Decision::Write(self.judge(at, Tried { began: at.frame.since, ..tried }, Ok(Json::Null)))
            }
            Turn::Sleep(due) => Decision::Write(self.wait(at, tried, due)),
            Turn::Call(request) => self.call(at, tried, request),
            Turn::Perform(work) => {
                let idempotency_key = self.input.seed.idempotency_key(&place);
                let timeout = at.step.timeout;
                let attempt = Attempt { place, attempt: tried.attempt, work, scope, timeout, idempotency_key };
                Decision::Attempt(Box::new(attempt), tried)
            }
        }
    }

    /// A `forEach` that certainly does not fit the journal is refused before its first effect.
    fn spread(&self, at: At<'_>, tried: Tried, spread: Spread) -> Fact {
        let Spread { items, concurrency, least } = spread;
        if let Err(failure) = self.progress.ledger.fits(&at.step.name, least) {
            return at.failed(tried, failure);
        }
        let room = FRAMES.saturating_sub(self.progress.frame.count()).max(1);
        let lanes = concurrency.min(items).min(room);
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Fact::Spread { place: at.place.clone(), items: number(items), lanes: number(lanes) }
    }

    fn wait(&self, at: At<'_>, tried: Tried, until: Timestamp) -> Fact {
        let fact = Fact::Waiting { place: at.place.clone(), tried, until };
        match self.progress.ledger.admit(&at.step.name, &fact, self.live.waiting.len()) {
            Ok(()) => fact,
            Err(failure) => self.stopped(failure),
        }
    }

    fn fork(&self, at: At<'_>, tried: Tried) -> Fact {
        let blocks = at.step.kind.blocks().len();
        if self.progress.frame.count().saturating_add(blocks) > FRAMES {
            let message = format!("step `{}` is not run: the execution runs {FRAMES} blocks already", at.step.name);
            return at.failed(tried, StepFailure::new(StepReason::ResourceExhausted, message));
        }
        Fact::Forked { place: at.place.clone() }
    }

    fn call(&self, at: At<'_>, tried: Tried, request: Request) -> Decision {
        if self.input.depth >= CALL_DEPTH {
            let message = format!("step `{}` is not run: calls are nested more than {CALL_DEPTH} deep", at.step.name);
            return Decision::Write(at.failed(tried, StepFailure::new(StepReason::CallFailed, message)));
        }
        let Request { workflow, input, detach } = request;
        let call = CallAttempt {
            place: at.place.clone(),
            attempt: tried.attempt,
            workflow,
            input,
            execution: at.place.child(self.input.execution, tried.attempt, at.frame.since),
            seed: self.input.seed.idempotency_key(at.place),
            depth: self.input.depth + 1,
            detach,
        };
        Decision::Call(Box::new(call), tried)
    }
}
