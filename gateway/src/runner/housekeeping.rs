//! What the store must be told from time to time: which workflows are gone, and that old records may go. And what it must
//! be asked: which work is due, whoever forgot to say so.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::Owner;
use crate::shared::Shared;
use crate::store::{Cancel, Prune, StoreError, Totals, Trim, Which};

/// How often the queues are looked at.
const LOOK: Duration = Duration::from_secs(5);

/// How often old records are looked for.
const PRUNING: Duration = Duration::from_mins(1);

/// How long it takes until what the store refused is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// Rows of a kind that one command deletes: a few milliseconds of the writer.
const PRUNED: u32 = 500;

/// Tenths of a namespace's quota of storage above which history goes early.
const FULL: u64 = 9;

/// Executions that one command cancels.
const CANCELLED: u32 = 500;

/// Why the executions of a workflow that is gone are cancelled.
const WORKFLOW_DELETED: &str = "WorkflowDeleted";

type Act = for<'s> fn(&'s Shared) -> Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + 's>>;

/// What is done again and again.
struct Chore {
    /// What its failure is logged as.
    name: &'static str,
    every: Duration,
    act: Act,
}

const CHORES: [Chore; 3] = [
    Chore { name: "looking at the queues", every: LOOK, act: |shared| Box::pin(look(shared)) },
    Chore { name: "making room for namespaces", every: LOOK, act: |shared| Box::pin(trim(shared)) },
    Chore { name: "deleting what need not be kept", every: PRUNING, act: |shared| Box::pin(prune(shared)) },
];

/// Keeps house until it is aborted; none of these waits for another.
pub(super) fn start(shared: &Arc<Shared>) -> Vec<JoinHandle<()>> {
    let chores = CHORES.iter().map(|chore| tokio::spawn(doing(Arc::clone(shared), chore)));
    chores.chain([tokio::spawn(reconciling(Arc::clone(shared)))]).collect()
}

async fn reconciling(shared: Arc<Shared>) {
    loop {
        shared.runner.rerouted.notified().await;
        while let Err(error) = reconcile(&shared).await {
            if error == StoreError::Closed {
                return;
            }
            tracing::warn!(error = %error, "looking at what each workflow has to do");
            sleep(AGAIN).await;
        }
    }
}

async fn doing(shared: Arc<Shared>, chore: &Chore) {
    let mut ticks = interval(chore.every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = (chore.act)(&shared).await {
            tracing::warn!(error = %error, "{}", chore.name);
        }
    }
}

/// Wakes every workflow that has work, then cancels the work of those that are gone. One that exists and has no route
/// keeps what it has accepted.
async fn reconcile(shared: &Shared) -> Result<(), StoreError> {
    if !shared.routes.ready() {
        return Ok(());
    }
    let mut gone = Vec::new();
    for totals in shared.runner.store()?.totals().await?.into_iter().filter(has_work) {
        if shared.routes.of(&totals.workflow).is_some() {
            shared.runner.wake(Owner::of(&totals.workflow));
        } else if !shared.routes.knows(&totals.workflow) {
            gone.push(totals.workflow.uid.clone());
        }
    }
    for uid in gone {
        cancel_all(shared, &uid).await?;
    }
    Ok(())
}

fn has_work(totals: &Totals) -> bool {
    totals.queued + totals.active > 0
}

async fn cancel_all(shared: &Shared, uid: &str) -> Result<(), StoreError> {
    loop {
        let which = Which::Workflow(uid.to_owned());
        let cancel = Cancel { which, reason: WORKFLOW_DELETED.to_owned(), limit: CANCELLED };
        if !shared.cancel(cancel).await?.more {
            return Ok(());
        }
    }
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

/// Wakes the workflows whose time has come, and shows how much there is of each.
pub(super) async fn look(shared: &Shared) -> Result<(), StoreError> {
    let mut totals = shared.runner.store()?.totals().await?;
    let now = shared.clock.now();
    let due = totals.iter().filter(|totals| totals.due_at.is_some_and(|due| due <= now));
    for totals in due.filter(|totals| shared.routes.of(&totals.workflow).is_some()) {
        shared.runner.wake(Owner::of(&totals.workflow));
    }
    totals.retain(|totals| shared.routes.knows(&totals.workflow));
    shared.metrics.queues.show(&totals, now);
    Ok(())
}

async fn prune(shared: &Shared) -> Result<(), StoreError> {
    shared.expire_keys();
    while shared.runner.store()?.prune(Prune { limit: PRUNED }).await?.more {}
    Ok(())
}
