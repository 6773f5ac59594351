//! Who has which host and path: the first to claim keeps it.
//!
//! Claims are made in the order that decides: the oldest workflow first, then by namespace and name.

use std::collections::BTreeMap;

use boathook_plan::table::{Pattern, Table};
use jiff::Timestamp;

use super::CompiledRoute;
use crate::condition::Reason;
use crate::field::Field;
use crate::object::ObjectKey;
use crate::violation::Violation;

/// The claims at every gateway.
#[derive(Debug, Default)]
pub(super) struct Paths {
    gateways: BTreeMap<ObjectKey, Table<Claimant>>,
}

/// Who claims a path, and since when.
#[derive(Clone, Debug)]
pub(super) struct Claimant {
    pub workflow: ObjectKey,
    pub created: Timestamp,
}

impl Paths {
    /// Claims a route's path, or says who was there before: by name only to those of the same namespace.
    pub fn claim(&mut self, route: &CompiledRoute, claimant: &Claimant) -> Result<(), Violation> {
        let Some(webhook) = &route.plan.webhook else { return Ok(()) };
        let field = Field::spec().at("webhook.path");
        let pattern = Pattern::parse(&webhook.path).map_err(|error| {
            let message = format!("must fit behind the gateway's prefix and the namespace: the whole path {error}");
            Violation::new(Reason::InvalidSpec, &field, message)
        })?;
        let table = self.gateways.entry(route.gateway.clone()).or_default();
        let host = webhook.host.as_deref();
        let Err(conflict) = table.insert(host, &pattern, claimant.clone()) else { return Ok(()) };
        let winner = table.get(host, &conflict.with).map(|winner| describe(winner, claimant));
        let message = format!("must not match the same requests as that of {}", winner.unwrap_or_default());
        Err(Violation::new(Reason::RouteConflict, &field, message))
    }
}

fn describe(winner: &Claimant, loser: &Claimant) -> String {
    let why = if winner.created < loser.created { "is older" } else { "comes first by name" };
    if winner.workflow.namespace == loser.workflow.namespace {
        format!("workflow {}, which {why}", winner.workflow.name)
    } else {
        format!("a workflow of another namespace, which {why}")
    }
}
