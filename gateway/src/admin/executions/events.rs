//! What happens from now on: a row whenever an execution comes or moves to another phase.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use boathook_plan::execution::{Execution, Phase};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

use super::pages::{self, Row};
use super::query::Wanted;
use super::{Asking, asked, store};
use crate::admin::lines::{self, End, Lines};
use crate::admin::problem::Refusal;
use crate::shared::Shared;
use crate::store::{Moved, Store, StoreError};

/// Pages of what was before, where that is asked for: of more, the newest are told.
const PAGES: u32 = 20;

/// Executions whose last phase is remembered, so that it is not told twice.
const REMEMBERED: usize = 16_384;

/// The rows. With `since` those come first that there are already, oldest first. A phase that is over before it can be read
/// is left out, and so is what a slow reader leaves behind.
pub(super) async fn follow(State(shared): State<Arc<Shared>>, asking: Asking) -> Result<Response, Refusal> {
    let wanted = asked(asking)?.whole(shared.clock.now())?;
    // From before the answer begins: what its reader does next is told.
    let news = store(&shared)?.moves();
    Ok(lines::answer(|lines| async move { write(&shared, wanted, news, &lines).await }))
}

async fn write(shared: &Shared, wanted: Wanted, mut news: Receiver<Moved>, lines: &Lines) -> Result<(), End> {
    let store = shared.runner.store()?;
    let mut stop = shared.stop.clone();
    let mut told = HashMap::new();
    if wanted.since().is_some() {
        for row in past(store, wanted.clone()).await?.iter().rev() {
            tell(row, &mut told, lines).await?;
        }
    }
    loop {
        let moved = tokio::select! {
            moved = news.recv() => moved,
            () = lines.closed() => return Err(End::Reader),
            () = stop.draining() => return Ok(()),
        };
        match moved {
            Ok(moved) => {
                if let Some(row) = row(store, moved).await?.filter(|row| wanted.holds(row)) {
                    tell(&row, &mut told, lines).await?;
                }
            }
            Err(RecvError::Lagged(missed)) => tracing::debug!(missed, "a follower of executions is too slow"),
            Err(RecvError::Closed) => return Ok(()),
        }
    }
}

/// What there is already, newest first.
async fn past(store: &Store, mut wanted: Wanted) -> Result<Vec<Row>, StoreError> {
    let mut rows = Vec::new();
    for _ in 0..PAGES {
        let page = pages::read(store, &wanted).await?;
        rows.extend(page.rows);
        let Some(next) = page.next else { break };
        wanted.go_on(next);
    }
    Ok(rows)
}

/// What moved, as it is now; nothing where it is gone or damaged.
async fn row(store: &Store, moved: Moved) -> Result<Option<Row>, StoreError> {
    let found = match moved {
        Moved::Execution(id) => store.execution(id).await.map(|row| row.map(Box::new).map(Row::Execution)),
        Moved::Request(id) => store.request(id).await.map(|row| row.map(Box::new).map(Row::Request)),
    };
    match found {
        Err(StoreError::Damaged(_)) => Ok(None),
        found => found,
    }
}

async fn tell(row: &Row, told: &mut HashMap<Uuid, Phase>, lines: &Lines) -> Result<(), End> {
    let facts = row.facts();
    if told.len() >= REMEMBERED {
        told.clear();
    }
    if told.insert(facts.id, facts.phase) == Some(facts.phase) {
        return Ok(());
    }
    lines.send(&Execution::summary(&facts)).await
}
