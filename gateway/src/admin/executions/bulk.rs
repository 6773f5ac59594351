//! Many executions at once: which ones is decided first, then each is replayed or cancelled, and told.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::task::{JoinError, JoinSet};
use uuid::Uuid;

use super::orders::{Cancelled, Done, Order, Replayed};
use super::{Asking, asked, orders, store};
use crate::admin::lines::{self, End, Lines};
use crate::admin::problem::Refusal;
use crate::shared::Shared;
use crate::store::{Filter, Phase, Store};

/// Executions at most: what can be told of in one answer, and held in memory.
const MANY: usize = 1_000_000;

/// Cancellations at a time, so that they share commits. Replays are made one by one: in the order in which the executions
/// were accepted.
const AT_ONCE: usize = 64;

/// A line of an answer about many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum BulkLine {
    /// The first one: how many there will be.
    Total {
        /// Lines after this one.
        total: usize,
    },
    /// One was replayed.
    Replayed(Replayed),
    /// One was cancelled.
    Cancelled(Cancelled),
    /// One was not.
    Refused(Refused),
}

/// Why one of many was left as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Which.
    #[serde(rename = "executionID")]
    pub execution_id: Uuid,
    /// One word for tools.
    pub reason: String,
    /// A sentence for people.
    pub detail: String,
}

/// Replays all that have failed, or have another phase that is asked for.
pub(super) async fn replay(
    State(shared): State<Arc<Shared>>,
    asking: Asking,
    body: Bytes,
) -> Result<Response, Refusal> {
    let order = Order::Replay(orders::request(&body)?);
    let ended = [Phase::Failed, Phase::Succeeded, Phase::Cancelled];
    let filter = filter(&shared, asking, &ended, &[Phase::Failed])?;
    all(shared, filter, order).await
}

/// Cancels all that have not ended.
pub(super) async fn cancel(State(shared): State<Arc<Shared>>, asking: Asking) -> Result<Response, Refusal> {
    let open = [Phase::Queued, Phase::Running, Phase::Waiting];
    let filter = filter(&shared, asking, &open, &open)?;
    all(shared, filter, Order::Cancel).await
}

/// What is asked for, where it is of phases that can be meant.
fn filter(shared: &Shared, asking: Asking, possible: &[Phase], usual: &[Phase]) -> Result<Filter, Refusal> {
    let wanted = asked(asking)?.whole(shared.clock.now())?;
    let names: Vec<_> = possible.iter().map(|phase| format!("{phase:?}")).collect();
    let wrong = || Refusal::bad(format!("phase: of many, those can be meant that are {}", names.join(", ")));
    let mut filter = wanted.executions.filter(|_| wanted.requests.is_none()).ok_or_else(wrong)?;
    if filter.phases.iter().any(|phase| !possible.contains(phase)) {
        return Err(wrong());
    }
    if filter.phases.is_empty() {
        filter.phases = usual.to_vec();
    }
    Ok(filter)
}

async fn all(shared: Arc<Shared>, filter: Filter, order: Order) -> Result<Response, Refusal> {
    let ids = ids(store(&shared)?, filter).await?;
    Ok(lines::answer(|lines| async move { each(&shared, ids, order, &lines).await }))
}

/// Those that are meant, oldest first. What comes later is not among them.
async fn ids(store: &Store, mut filter: Filter) -> Result<Vec<Uuid>, Refusal> {
    let mut ids = Vec::new();
    loop {
        let page = store.executions(filter.clone()).await?;
        ids.extend(page.rows.iter().map(|row| row.id));
        if ids.len() > MANY {
            return Err(Refusal::bad(format!(
                "more than {MANY} executions are meant: say which, by since or workflow"
            )));
        }
        filter.before = page.next;
        if page.next.is_none() {
            ids.reverse();
            return Ok(ids);
        }
    }
}

async fn each(shared: &Arc<Shared>, ids: Vec<Uuid>, order: Order, lines: &Lines) -> Result<(), End> {
    lines.send(&BulkLine::Total { total: ids.len() }).await?;
    let at_once = match order {
        Order::Replay(_) => 1,
        Order::Cancel => AT_ONCE,
    };
    let mut under_way = JoinSet::new();
    let mut ids = ids.into_iter();
    loop {
        for id in ids.by_ref().take(at_once - under_way.len()) {
            let shared = Arc::clone(shared);
            under_way.spawn(async move { (id, order.perform(&shared, id).await) });
        }
        let Some(done) = under_way.join_next().await else { return Ok(()) };
        if let Err(end) = tell(done, lines).await {
            // What is begun is done, whoever reads of it.
            under_way.detach_all();
            return Err(end);
        }
    }
}

async fn tell(done: Result<(Uuid, Result<Done, Refusal>), JoinError>, lines: &Lines) -> Result<(), End> {
    // A fault of ours has told its own story.
    let Ok((execution_id, done)) = done else { return Ok(()) };
    let line = match done {
        Ok(Done::Replayed(replayed)) => BulkLine::Replayed(replayed),
        Ok(Done::Cancelled(cancelled)) => BulkLine::Cancelled(cancelled),
        Err(refusal) if refusal.is_of_the_store() => return Err(End::Refused(refusal)),
        Err(refusal) => BulkLine::Refused(Refused {
            execution_id,
            reason: refusal.reason().to_owned(),
            detail: refusal.to_string(),
        }),
    };
    lines.send(&line).await
}
