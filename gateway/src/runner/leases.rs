//! Prolongs the leases of the runs of this process, in one command, and tells runs what the store says of them.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use super::Control;
use crate::shared::Shared;
use crate::store::{Renew, Renewed};

/// How often: a lease survives two renewals that fail.
const RENEWAL: Duration = Duration::from_secs(10);

/// Renews until it is aborted.
pub(crate) async fn run(shared: Arc<Shared>) {
    let mut ticks = interval(RENEWAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        renew(&shared).await;
    }
}

async fn renew(shared: &Shared) {
    let fences = shared.runner.running.fences();
    let Ok(store) = shared.runner.store() else { return };
    if fences.is_empty() {
        return;
    }
    let lease = shared.runner.lease(shared.clock.now());
    match store.renew(Renew { fences, lease }).await {
        Ok(renewed) => told(shared, &renewed),
        Err(error) => tracing::warn!(error = %error, "renewing leases"),
    }
}

fn told(shared: &Shared, renewed: &Renewed) {
    for fence in &renewed.fenced {
        shared.runner.running.lose(*fence);
    }
    for (id, reason) in &renewed.cancelling {
        shared.runner.running.tell(*id, &Control::Cancel(reason.clone()));
    }
}
