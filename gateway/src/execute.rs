//! Runs workflows: performs the effects that the machine asks for and tells it what came of them. Decides nothing.
//!
//! A run is a task of its own that the request awaits, so that a sender who hangs up does not stop it. What is durable of
//! a run is written before it is used (`keeping`); a run that has nothing to do for a while is let go (`driver`).

mod attempt;
mod call;
mod driver;
mod effects;
mod guard;
mod keeping;
mod resume;
mod run;
#[cfg(test)]
mod tests;
mod turn;

use std::sync::Arc;

use boathook_plan::http_step::Origin;
use boathook_plan::machine::State;
use boathook_plan::problem::Problem;
use boathook_plan::reply::Reply;
use tokio::sync::oneshot;

use crate::gate::Place;
use crate::memory::Held;
use crate::runner::Worker;
use crate::shared::Shared;

pub(crate) use guard::Lifeline;
pub(crate) use keeping::{Durable, Keeping, Memory};
pub(crate) use resume::take_up;
pub(crate) use run::Run;
pub(crate) use turn::written;

/// A run, and all that it needs to go on.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) run: Run,
    pub(crate) state: State,
    pub(crate) origin: Origin,
    pub(crate) keeping: Keeping,
    pub(crate) seat: Seat,
}

/// What a run takes up of the gateway.
#[derive(Debug)]
pub(crate) enum Seat {
    /// The place of its request.
    Request {
        /// Held as long as the run promises nothing beyond its answer.
        place: Place,
    },
    /// A place among the workers.
    Worker {
        /// Held until the run ends or is let go.
        _place: Worker,
        /// What was read of it takes this much memory.
        _memory: Vec<Held>,
    },
}

/// Starts a run and waits for its answer.
pub(crate) async fn answer(shared: &Arc<Shared>, job: Job) -> Reply {
    let request_id = Arc::clone(&job.run.request_id);
    let (sender, answer) = oneshot::channel();
    let (line, run) = (job.keeping.line(), driver::drive(Arc::clone(shared), job, Some(sender)));
    tokio::spawn(guard::guarded(Arc::clone(shared), line, run));
    reply(answer, &request_id).await
}

/// The run's answer. Without one its task has panicked, and what it was doing is over.
pub(crate) async fn reply(answer: oneshot::Receiver<Reply>, request_id: &str) -> Reply {
    answer.await.unwrap_or_else(|_| Problem::RUN_FAILED.reply(request_id))
}
