//! Senders that wait for an execution that is not theirs to run: of the same delivery before, or queued behind others.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use boathook_plan::machine::{Effect, Event, EventKind, step};
use boathook_plan::pinned::{self, Delivered, RunFacts};
use boathook_plan::problem::Problem;
use boathook_plan::reason::Reason;
use boathook_plan::reply::Reply;
use jiff::Timestamp;
use tokio::sync::oneshot;
use tokio::time::timeout;
use uuid::Uuid;

use super::{Keyed, told};
use crate::ingest::respond::Verdict;
use crate::kept;
use crate::runner::First;
use crate::shared::Shared;
use crate::store::{Cancel, Duplicate, Which};

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
pub(super) async fn answer(shared: &Arc<Shared>, keyed: &Keyed, repeat: Repeat) -> Option<Verdict> {
    let (id, first) = match repeat {
        Repeat::Stored(first) if first.phase.is_final() => return Some(kept_answer(&first)),
        Repeat::Stored(first) => (first.id, within(shared, keyed, ended(shared, first.id)).await),
        Repeat::Memory(mut first) => {
            let id = first.id;
            let told =
                within(shared, keyed, async { first.answer.wait_for(Option::is_some).await.ok()?.clone() }).await;
            (id, told)
        }
    };
    match first {
        Some(Some(reply)) => Some(told(Reason::Duplicate, id, reply)),
        Some(None) => None,
        None => Some(told(Reason::Duplicate, id, late(keyed, id))),
    }
}

/// The answer to a sender whose delivery is queued behind others: its own, or `late` at its deadline. Where the deadline
/// cancels, it does not run any more.
pub(super) async fn queued(shared: &Arc<Shared>, keyed: &Keyed, answer: oneshot::Receiver<Reply>) -> Verdict {
    let id = keyed.birth.id;
    let reply = match within(shared, keyed, answer).await {
        Some(Ok(reply)) => reply,
        Some(Err(_)) => Problem::RUN_CANCELLED.reply(&keyed.birth.envelope.request_id),
        None => {
            give_up(shared, keyed).await;
            late(keyed, id)
        }
    };
    told(Reason::Accepted, id, reply)
}

async fn give_up(shared: &Arc<Shared>, keyed: &Keyed) {
    drop(shared.runner.asker(keyed.birth.id));
    if !keyed.birth.served.route.plan().response.cancel {
        return;
    }
    let cancel = Cancel { which: Which::Execution(keyed.birth.id), reason: "DeadlineExceeded".to_owned(), limit: 1 };
    if let Err(error) = shared.cancel(cancel).await {
        tracing::warn!(execution_id = %keyed.birth.id, error = %error, "cancelling an execution at its deadline");
    }
}

/// Returns once an execution has ended, with its answer where that is kept and the key still held.
async fn ended(shared: &Arc<Shared>, id: Uuid) -> Option<Reply> {
    loop {
        let ending = shared.runner.endings.of(id);
        let row = shared.runner.store().ok()?.execution(id).await.ok()??;
        if !row.phase.is_final() {
            ending.come().await;
            continue;
        }
        let answer = shared.runner.store().ok()?.answer(id).await.ok()??;
        let first = Duplicate { id, phase: row.phase, answer: Some(answer) };
        return is_held(&first).then(|| kept_answer(&first).reply);
    }
}

/// Whether an execution that has ended holds its key: it succeeded, and its sender was told no fault of ours.
fn is_held(first: &Duplicate) -> bool {
    first.phase == crate::store::Phase::Succeeded && first.answer.as_ref().is_some_and(|answer| answer.status < 500)
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

/// What the workflow says at the deadline: the machine's own word, of a run that begins and ends with it.
fn late(keyed: &Keyed, id: Uuid) -> Reply {
    let envelope = &keyed.birth.envelope;
    let facts = RunFacts::first(id, keyed.birth.accepted_at);
    let state =
        keyed.birth.served.route.pinned().run(Delivered { envelope, context: &keyed.context, batch: None }, facts);
    let (_, effects) = step(state, Event { at: deadline(keyed), kind: EventKind::Started });
    let told = effects.into_iter().find_map(|effect| match effect {
        Effect::Respond(reply) => Some(reply),
        Effect::Journal(_)
        | Effect::Attempt(_)
        | Effect::Call(_)
        | Effect::Abandon(_)
        | Effect::Alarm(..)
        | Effect::Finish(_) => None,
    });
    told.unwrap_or_else(|| Problem::DEADLINE_EXCEEDED.reply(&envelope.request_id))
}
