//! Takes executions from the store in a fair order, as long as there are places for them, and has them run.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Owner;
use super::workers::Worker;
use crate::execute;
use crate::routes::Served;
use crate::shared::Shared;
use crate::store::{Claim, Claims, StoreError};

/// Claims at once whose executions are not all opened yet: they are in memory, and may wait for more. The store commits
/// those together that are under way at one time.
const CLAIMING: usize = 8;

/// Executions that one claim takes: each is in memory with its payload and journal.
const CLAIMED: usize = 32;

/// How long a workflow waits whose claim the store refused.
const PATIENCE: Duration = Duration::from_secs(1);

/// A claim, until all of its executions are opened; then its workflow is looked at again, if it has more.
struct Opening {
    _place: OwnedSemaphorePermit,
    shared: Arc<Shared>,
    more: Option<Owner>,
}

impl Drop for Opening {
    fn drop(&mut self) {
        if let Some(owner) = self.more.take() {
            self.shared.runner.agenda.wake(owner);
        }
    }
}

/// Schedules until the gateway drains; what it has claimed by then is given to its runs, which let go of it.
pub(crate) async fn run(shared: Arc<Shared>) {
    let mut stop = shared.stop.clone();
    let mut claims = JoinSet::new();
    let places = Arc::new(Semaphore::new(CLAIMING));
    loop {
        tokio::select! {
            () = stop.draining() => break,
            Some((owner, place)) = next(&shared, &places) => {
                claims.spawn(look(Arc::clone(&shared), owner, place));
            }
            Some(_) = claims.join_next() => {}
        }
    }
    while claims.join_next().await.is_some() {}
}

/// The next workflow to look at, once there is a place for a claim.
async fn next(shared: &Shared, places: &Arc<Semaphore>) -> Option<(Owner, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    Some((shared.runner.agenda.next().await, place))
}

/// Takes what there is of one workflow.
async fn look(shared: Arc<Shared>, owner: Owner, place: OwnedSemaphorePermit) {
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
        Ok(claims) => {
            let more = claims.more.then(|| owner.clone());
            let opening = Opening { _place: place, shared: Arc::clone(&shared), more };
            begin(&shared, &served, claims, (places, opening));
        }
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

fn begin(shared: &Arc<Shared>, served: &Arc<Served>, claims: Claims, (places, opening): (Vec<Worker>, Opening)) {
    let opening: Arc<dyn Send + Sync> = Arc::new(opening);
    let owner = Owner::of(&served.workflow);
    for settled in &claims.settled {
        tracing::error!(execution_id = %settled.id, "an execution cannot be run and has failed");
        shared.settled(settled);
    }
    for (claimed, place) in claims.claimed.into_iter().zip(places) {
        let seat = (place, Arc::clone(&opening));
        tokio::spawn(execute::take_up(Arc::clone(shared), Arc::clone(served), claimed, seat));
    }
    if let Some(at) = claims.next.filter(|_| !claims.more) {
        shared.runner.wake_at(owner, at, shared.clock.now());
    }
}
