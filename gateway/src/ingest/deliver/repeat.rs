//! Senders that wait for an execution that is not theirs to run: of the same delivery before, or queued behind others.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use boathook_plan::pinned::{self, Delivered, RunFacts};
use boathook_plan::problem::Problem;
use boathook_plan::reason::Reason;
use boathook_plan::reply::Reply;
use jiff::Timestamp;
use tokio::sync::oneshot;
use tokio::time::timeout;
use uuid::Uuid;

use super::{Keyed, told, unavailable};
use crate::ingest::refusal::Refusal;
use crate::ingest::respond::Verdict;
use crate::kept;
use crate::runner::First;
use crate::shared::Shared;
use crate::store::{Cancel, Duplicate, StoreError, Which};

/// Who has the key of a delivery.
#[derive(Debug)]
pub(super) enum Repeat {
    /// A run in memory.
    Memory(First),
    /// An execution in the store.
    Stored(Duplicate),
}

/// The answer to a repeat: the first one's, or `late` at the repeat's own deadline. `None` says that the first one has
/// freed the key.
pub(super) async fn answer(shared: &Arc<Shared>, keyed: &Keyed, repeat: Repeat) -> Result<Option<Verdict>, Refusal> {
    let (id, first) = match repeat {
        Repeat::Stored(first) if first.phase.is_final() || has_answered(&first) => {
            return Ok(Some(kept_answer(&first)));
        }
        Repeat::Stored(first) => (first.id, within(shared, keyed, ended(shared, first.id)).await),
        Repeat::Memory(first) => {
            let id = first.id;
            (id, within(shared, keyed, async { Ok(first.answered().await) }).await)
        }
    };
    // What cannot be read is no freed key.
    let first = first.transpose().map_err(|error| unavailable(&error))?;
    Ok(match first {
        Some(Some(reply)) => Some(told(Reason::Duplicate, id, reply)),
        Some(None) => None,
        None => Some(told(Reason::Duplicate, id, late(keyed, id))),
    })
}

/// The answer to a sender whose delivery is queued behind others: its own, or `late` at its deadline. Where the deadline
/// cancels, it does not run any more.
pub(super) async fn queued(shared: &Arc<Shared>, keyed: &Keyed, answer: oneshot::Receiver<Reply>) -> Verdict {
    let id = keyed.birth.id;
    let request_id = &keyed.birth.envelope.request_id;
    let first = async {
        tokio::select! {
            biased;
            answer = answer => Some(answer),
            () = left_over(shared, id) => None,
        }
    };
    let reply = match within(shared, keyed, first).await {
        Some(Some(Ok(reply))) => reply,
        Some(Some(Err(_))) => Problem::RUN_CANCELLED.reply(request_id),
        Some(None) => {
            give_up(shared, keyed).await;
            if cancels(keyed) { Problem::SHUTTING_DOWN.reply(request_id) } else { late(keyed, id) }
        }
        None => {
            give_up(shared, keyed).await;
            late(keyed, id)
        }
    };
    told(Reason::Accepted, id, reply)
}

/// Returns once the gateway drains, if the execution has not begun by then: it will begin elsewhere, or not at all.
async fn left_over(shared: &Shared, id: Uuid) {
    shared.stop.clone().draining().await;
    if shared.runner.asker(id).is_none() {
        std::future::pending::<()>().await;
    }
}

/// Whether the deadline ends the run.
fn cancels(keyed: &Keyed) -> bool {
    keyed.birth.served.route.plan().response.cancel
}

async fn give_up(shared: &Arc<Shared>, keyed: &Keyed) {
    drop(shared.runner.asker(keyed.birth.id));
    if !cancels(keyed) {
        return;
    }
    let cancel = Cancel { which: Which::Execution(keyed.birth.id), reason: "DeadlineExceeded".to_owned(), limit: 1 };
    if let Err(error) = shared.cancel(cancel).await {
        tracing::warn!(execution_id = %keyed.birth.id, error = %error, "cancelling an execution at its deadline");
    }
}

/// Returns once an execution has ended, with its answer where that is kept and the key still held.
async fn ended(shared: &Arc<Shared>, id: Uuid) -> Result<Option<Reply>, StoreError> {
    let store = shared.runner.store()?;
    loop {
        let ending = shared.runner.endings.of(id);
        let Some(row) = store.execution(id).await? else { return Ok(None) };
        if !row.phase.is_final() {
            ending.come().await;
            continue;
        }
        let Some(answer) = store.answer(id).await? else { return Ok(None) };
        let first = Duplicate { id, phase: row.phase, answer: Some(answer) };
        return Ok(is_held(&first).then(|| kept_answer(&first).reply));
    }
}

/// Whether an execution that goes on has answered its sender already, and not that we failed.
fn has_answered(first: &Duplicate) -> bool {
    first.answer.as_ref().is_some_and(|answer| answer.status < 500)
}

/// Whether an execution that has ended holds its key: it succeeded, and its sender was told no fault of ours.
fn is_held(first: &Duplicate) -> bool {
    first.phase == crate::store::Phase::Succeeded && has_answered(first)
}

fn kept_answer(first: &Duplicate) -> Verdict {
    let reply = first.answer.as_ref().and_then(kept::reply).unwrap_or_else(|| pinned::duplicate(first.id));
    told(Reason::Duplicate, first.id, reply)
}

/// What comes before the sender's deadline; `None` is nothing.
async fn within<T>(shared: &Shared, keyed: &Keyed, what: impl Future<Output = T>) -> Option<T> {
    let left = deadline(keyed).duration_since(shared.clock.now());
    timeout(Duration::try_from(left).unwrap_or(Duration::ZERO), what).await.ok()
}

fn deadline(keyed: &Keyed) -> Timestamp {
    let patience = keyed.birth.served.route.pinned().program().deadline();
    keyed.birth.envelope.received_at.checked_add(patience).unwrap_or(Timestamp::MAX)
}

/// What the workflow says at the deadline.
fn late(keyed: &Keyed, id: Uuid) -> Reply {
    let envelope = &keyed.birth.envelope;
    let facts = RunFacts::first(id, keyed.birth.accepted_at);
    let delivered = Delivered { envelope, context: &keyed.context, batch: None };
    keyed.birth.served.route.pinned().run(delivered, facts).late_answer()
}
