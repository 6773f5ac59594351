//! What every request of a gateway has in common.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use boathook_plan::route::Route;
use boathook_sandbox::Sandbox;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, interval};

use crate::clock::Clock;
use crate::config::Limits;
use crate::edge::Edge;
use crate::gate::Gate;
use crate::gateway::StartError;
use crate::http_step::HttpExecutor;
use crate::metrics::Metrics;
use crate::routes::{Rejected, Routes};
use crate::runner::Runner;
use crate::stop::StopSignal;
use crate::store::{OpenError, Opened, Settings, Store};

/// How often a store that another process holds is looked at again.
const LOOK: Duration = Duration::from_millis(50);

/// One a gateway. Nothing in it is locked on the request path.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) routes: Routes,
    pub(crate) edge: Edge,
    pub(crate) gate: Gate,
    pub(crate) runner: Runner,
    pub(crate) metrics: Metrics,
    pub(crate) http: HttpExecutor,
    pub(crate) sandbox: Sandbox,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) stop: StopSignal,
}

impl Shared {
    pub(crate) fn new(
        limits: Limits,
        clock: Clock,
        stop: StopSignal,
        http: HttpExecutor,
        sandbox: Sandbox,
    ) -> Result<Self, prometheus::Error> {
        let routes = Routes::default();
        Ok(Self {
            metrics: Metrics::new(&routes)?,
            routes,
            edge: Edge::default(),
            runner: Runner::new(None),
            gate: Gate::new(limits.in_flight),
            http,
            sandbox,
            clock,
            limits,
            stop,
        })
    }

    /// Replaces all routes at once, and has those that have work look at what is theirs now.
    pub(crate) fn swap(&self, routes: Vec<Arc<Route>>, alive: BTreeSet<String>) -> Vec<Rejected> {
        let rejected = self.routes.swap(routes, alive);
        self.runner.rerouted.notify_one();
        rejected
    }

    /// With the store of a directory, which is made where it is not there. Another process that holds it has so long to
    /// let go of it.
    pub(crate) async fn with_store(mut self, directory: PathBuf, wait: Duration) -> Result<Self, StartError> {
        let opened = self.open(directory, wait).await?;
        if opened.resumed > 0 || !opened.damaged.is_empty() {
            tracing::info!(resumed = opened.resumed, damaged = opened.damaged.len(), "the store is open");
        }
        self.runner = Runner::new(Some(opened.store));
        Ok(self)
    }

    async fn open(&self, directory: PathBuf, wait: Duration) -> Result<Opened, StartError> {
        let (begun, mut look, mut told) = (Instant::now(), interval(LOOK), false);
        loop {
            look.tick().await;
            let (directory, clock) = (directory.clone(), self.clock.clone());
            let settings = Settings { directory, clock, observer: self.metrics.observer() };
            let opened = spawn_blocking(|| Store::open(settings)).await.map_err(|_| StartError::StoreAborted)?;
            match opened {
                Err(error @ OpenError::Locked { .. }) if begun.elapsed() < wait => {
                    if !std::mem::replace(&mut told, true) {
                        tracing::info!(error = %error, "waiting for the store");
                    }
                }
                opened => return Ok(opened?),
            }
        }
    }
}
