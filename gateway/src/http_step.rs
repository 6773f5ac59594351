//! Performs attempts of `http` steps: puts secrets in, sends, follows redirects, reads the answer within its bounds.
//!
//! What is sent, where a redirect leads and what an answer means is decided in `boathook_plan::http_step`.

mod exchange;
mod failure;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use boathook_plan::http_step::{CallFacts, HttpProgram};
use boathook_plan::json::Json;
use boathook_plan::plan::Egress;
use boathook_plan::reason::{StepFailure, StepReason};
use boathook_plan::scope::Scope;
use boathook_plan::secret::SecretText;

use crate::egress::{Clients, Site, SystemNetwork, system_trust};

/// One try of an `http` step.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The step.
    pub program: Arc<HttpProgram>,
    /// The run's values, without `$secrets`.
    pub scope: Scope,
    /// What the request says of the run.
    pub facts: CallFacts,
    /// Of everything: name lookup, connection, redirects, the last byte of the answer.
    pub timeout: Duration,
    /// What may be dialled.
    pub egress: Arc<Egress>,
}

/// Sends requests. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct HttpExecutor {
    clients: Arc<Clients>,
}

impl HttpExecutor {
    /// An executor over the system's resolver, sockets and certificate authorities, which keeps away from `admin`.
    pub fn new(admin: SocketAddr) -> Self {
        Self::at(Site { network: Arc::new(SystemNetwork::default()), trust: system_trust(), admin: Some(admin) })
    }

    /// An executor that connects from `site`.
    pub fn at(site: Site) -> Self {
        Self { clients: Arc::new(Clients::new(site)) }
    }

    /// Performs one attempt. `secrets` are the live route's; neither the result nor a failure holds any of them.
    pub async fn perform(
        &self,
        attempt: &Attempt,
        secrets: &BTreeMap<String, SecretText>,
    ) -> Result<Json, StepFailure> {
        let scope = attempt.program.with_secrets(&attempt.scope, secrets)?;
        let call = attempt.program.render(&scope, &attempt.facts)?;
        let mask = attempt.program.mask(&scope, &call);
        let name = call.name();
        let exchange = exchange::run(self.clients.under(&attempt.egress), attempt, call);
        let answer = tokio::time::timeout(attempt.timeout, exchange).await.map_err(|_| late(&name, attempt.timeout))?;
        answer?.result(&mask)
    }
}

fn late(name: &str, timeout: Duration) -> StepFailure {
    StepFailure::new(StepReason::Timeout, format!("{name}: no answer within {} ms", timeout.as_millis()))
}

#[cfg(test)]
mod tests;
