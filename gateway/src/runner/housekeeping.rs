//! What the store must be told from time to time: which workflows are gone, and that old records may go.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use super::Owner;
use crate::shared::Shared;
use crate::store::{Cancel, Prune, StoreError, Totals, Trim, Which};

/// How often the queues are looked at, for those who watch them.
const LOOK: Duration = Duration::from_secs(5);

/// How often old records are looked for.
const PRUNING: Duration = Duration::from_mins(1);

/// Rows of a kind that one command deletes: a few milliseconds of the writer.
const PRUNED: u32 = 500;

/// Tenths of a namespace's quota of storage above which history goes early.
const FULL: u64 = 9;

/// Executions that one command cancels.
const CANCELLED: u32 = 500;

/// Why the executions of a workflow that is gone are cancelled.
const WORKFLOW_DELETED: &str = "WorkflowDeleted";

/// Keeps house until it is aborted.
pub(crate) async fn run(shared: Arc<Shared>) {
    let [mut pruning, mut looking] = [PRUNING, LOOK].map(interval);
    for ticks in [&mut pruning, &mut looking] {
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    }
    loop {
        let done = tokio::select! {
            () = shared.runner.rerouted.notified() => reconcile(&shared).await,
            _ = pruning.tick() => prune(&shared).await,
            _ = looking.tick() => watch(&shared).await,
        };
        if let Err(error) = done {
            tracing::warn!(error = %error, "keeping the store in order");
        }
    }
}

/// Wakes every workflow that has work, and cancels the work of those that are gone.
async fn reconcile(shared: &Shared) -> Result<(), StoreError> {
    for totals in shared.runner.store()?.totals().await? {
        if totals.queued + totals.active > 0 {
            settle(shared, &totals).await?;
        }
    }
    Ok(())
}

async fn settle(shared: &Shared, totals: &Totals) -> Result<(), StoreError> {
    if shared.routes.of(&totals.workflow).is_some() {
        shared.runner.wake(Owner::of(&totals.workflow));
        return Ok(());
    }
    let which = Which::Workflow(totals.workflow.uid.clone());
    loop {
        let cancel = Cancel { which: which.clone(), reason: WORKFLOW_DELETED.to_owned(), limit: CANCELLED };
        if !shared.cancel(cancel).await?.more {
            return Ok(());
        }
    }
}

async fn watch(shared: &Shared) -> Result<(), StoreError> {
    look(shared).await?;
    trim(shared).await
}

/// Deletes early what has ended well of namespaces that are near their quota of storage, so that they go on.
async fn trim(shared: &Shared) -> Result<(), StoreError> {
    let quotas: HashMap<String, u64> = shared
        .routes
        .list()
        .iter()
        .map(|served| (served.workflow.namespace.clone(), served.route.plan().quota.storage))
        .collect();
    let store = shared.runner.store()?;
    for usage in store.usage().await? {
        let Some(quota) = quotas.get(&usage.namespace) else { continue };
        let stored = quota / 10 * FULL;
        let mut more = usage.stored > stored;
        while more {
            more = store.trim(Trim { namespace: usage.namespace.clone(), stored, limit: PRUNED }).await?.more;
        }
    }
    Ok(())
}

/// Shows how much there is of each workflow that is served.
async fn look(shared: &Shared) -> Result<(), StoreError> {
    let mut totals = shared.runner.store()?.totals().await?;
    totals.retain(|totals| shared.routes.of(&totals.workflow).is_some());
    shared.metrics.queues.show(&totals, shared.clock.now());
    Ok(())
}

async fn prune(shared: &Shared) -> Result<(), StoreError> {
    while shared.runner.store()?.prune(Prune { limit: PRUNED }).await?.more {}
    Ok(())
}
