//! Who has which host and path: the first to claim keeps it.
//!
//! Claims are made in the order that decides: the oldest workflow first, then by namespace and name.

use std::collections::BTreeMap;

use boathook_plan::plan::Webhook;
use boathook_plan::table::{Pattern, Table};

use crate::condition::Reason;
use crate::field::Field;
use crate::object::ObjectKey;
use crate::violation::Violation;

/// The claims at every gateway.
#[derive(Debug, Default)]
pub(super) struct Paths {
    gateways: BTreeMap<ObjectKey, Table<ObjectKey>>,
}

impl Paths {
    /// Claims a workflow's path, or says who was there before: by name only to those of the same namespace.
    pub fn claim(&mut self, gateway: &ObjectKey, webhook: &Webhook, owner: &ObjectKey) -> Result<(), Violation> {
        let field = Field::spec().at("webhook.path");
        let pattern = Pattern::parse(&webhook.path).map_err(|error| {
            let message =
                format!("must leave room for the gateway's prefix and the namespace: {} {error}", webhook.path);
            Violation::new(Reason::InvalidSpec, &field, message)
        })?;
        let table = self.gateways.entry(gateway.clone()).or_default();
        let host = webhook.host.as_deref();
        let Err(conflict) = table.insert(host, &pattern, owner.clone()) else { return Ok(()) };
        let winner = table.get(host, &conflict.with).filter(|winner| winner.namespace == owner.namespace);
        let message = match winner {
            Some(winner) => format!(
                "must not match the same requests as that of workflow {}, which is older (or first by name)",
                winner.name
            ),
            None => "must not match the same requests as that of an older workflow of another namespace".to_owned(),
        };
        Err(Violation::new(Reason::RouteConflict, &field, message))
    }
}
