//! Takes executions from the store in a fair order, as long as there are places for them, and has them run.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Owner;
use super::workers::Worker;
use crate::execute;
use crate::routes::Served;
use crate::shared::Shared;
use crate::store::{Claim, Claims, StoreError};

/// Claims under way at once: the store commits them together.
const CLAIMING: usize = 32;

/// Executions that one claim takes: each is in memory with its payload and journal.
const CLAIMED: usize = 32;

/// How long a workflow waits whose claim the store refused.
const PATIENCE: Duration = Duration::from_secs(1);

/// Schedules until the gateway drains; what it has claimed by then is given to its runs, which let go of it.
pub(crate) async fn run(shared: Arc<Shared>) {
    let mut stop = shared.stop.clone();
    let mut claims = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.draining() => break,
            owner = shared.runner.agenda.next(), if claims.len() < CLAIMING => {
                claims.spawn(look(Arc::clone(&shared), owner));
            }
            Some(_) = claims.join_next() => {}
        }
    }
    while claims.join_next().await.is_some() {}
}

/// Takes what there is of one workflow.
async fn look(shared: Arc<Shared>, owner: Owner) {
    let Some(served) = shared.routes.of(&owner.0) else { return unrouted(&shared) };
    if served.route.plan().suspend.execution() {
        return;
    }
    let quota = usize::try_from(served.route.plan().quota.running).unwrap_or(usize::MAX);
    let places = shared.runner.workers.reserve(&owner, CLAIMED, quota);
    if places.is_empty() {
        return shared.runner.hold(&owner, quota);
    }
    match claim(&shared, &served, places.len()).await {
        Ok(claims) => begin(&shared, &served, claims, places),
        Err(error) => {
            tracing::warn!(workflow = served.workflow.name, error = %error, "claiming executions");
            shared.runner.agenda.wake_at(owner, Instant::now() + PATIENCE);
        }
    }
}

/// Its route is gone: what was accepted while that happened is looked at once more.
fn unrouted(shared: &Shared) {
    if shared.routes.ready() {
        shared.runner.rerouted.notify_one();
    }
}

async fn claim(shared: &Shared, served: &Served, places: usize) -> Result<Claims, StoreError> {
    let claim = Claim {
        workflow: served.workflow.uid.clone(),
        limit: u32::try_from(places).unwrap_or(u32::MAX),
        max: served.route.plan().concurrency.max,
        lease: shared.runner.lease(shared.clock.now()),
    };
    shared.runner.store()?.claim(claim).await
}

fn begin(shared: &Arc<Shared>, served: &Arc<Served>, claims: Claims, places: Vec<Worker>) {
    let owner = Owner::of(&served.workflow);
    for settled in &claims.settled {
        tracing::error!(execution_id = %settled.id, "an execution cannot be run and has failed");
        shared.settled(settled);
    }
    for (claimed, place) in claims.claimed.into_iter().zip(places) {
        tokio::spawn(execute::take_up(Arc::clone(shared), Arc::clone(served), claimed, place));
    }
    if claims.more {
        shared.runner.agenda.wake(owner);
    } else if let Some(at) = claims.next {
        shared.runner.wake_at(owner, at, shared.clock.now());
    }
}
