//! What every request of a gateway has in common.

use crate::clock::Clock;
use crate::config::Limits;
use crate::gate::Gate;
use crate::http_step::HttpExecutor;
use crate::metrics::Metrics;
use crate::routes::Routes;
use crate::stop::StopSignal;

/// One a gateway. Nothing in it is locked on the request path.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) routes: Routes,
    pub(crate) gate: Gate,
    pub(crate) metrics: Metrics,
    pub(crate) http: HttpExecutor,
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
    ) -> Result<Self, prometheus::Error> {
        let routes = Routes::default();
        Ok(Self {
            metrics: Metrics::new(&routes)?,
            routes,
            gate: Gate::new(limits.in_flight),
            http,
            clock,
            limits,
            stop,
        })
    }
}
