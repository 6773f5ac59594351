//! What every request of a gateway has in common.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use boathook_plan::route::Route;
use boathook_sandbox::Sandbox;
use tokio::task::spawn_blocking;

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
use crate::store::{Settings, Store};

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

    /// With the store of a directory, which is made where it is not there.
    pub(crate) async fn with_store(mut self, directory: PathBuf) -> Result<Self, StartError> {
        let settings = Settings { directory, clock: self.clock.clone(), observer: self.metrics.observer() };
        let opened = spawn_blocking(|| Store::open(settings)).await.map_err(|_| StartError::StoreAborted)??;
        if opened.resumed > 0 || !opened.damaged.is_empty() {
            tracing::info!(resumed = opened.resumed, damaged = opened.damaged.len(), "the store is open");
        }
        self.runner = Runner::new(Some(opened.store));
        Ok(self)
    }
}
