//! How many workflows a namespace has at a gateway: past its quota none more is taken.

use std::collections::BTreeMap;

use crate::condition::Reason;
use crate::field::Field;
use crate::object::ObjectKey;
use crate::validate::{ValidGateway, ValidWorkflow};
use crate::violation::Violation;

/// The workflows that are served so far.
#[derive(Debug, Default)]
pub(super) struct Counted(BTreeMap<(ObjectKey, String), u32>);

impl Counted {
    /// Refuses a workflow that is one too many; the older ones have been counted before.
    pub fn check(&self, workflow: &ValidWorkflow, gateway: &ValidGateway) -> Result<(), Violation> {
        let most = gateway.quotas.workflows;
        if self.of(workflow, gateway) < most {
            return Ok(());
        }
        let message = format!(
            "must be one of at most {most} workflows that {} serves of namespace {} (its quotas.perNamespace.workflows); \
             delete one, or ask its owner to raise the quota",
            gateway.key, workflow.key.namespace
        );
        Err(Violation::new(Reason::QuotaExceeded, &Field::spec().at("gatewayRef"), message))
    }

    /// Counts a workflow that is served.
    pub fn add(&mut self, workflow: &ValidWorkflow, gateway: &ValidGateway) {
        *self.0.entry((gateway.key.clone(), workflow.key.namespace.clone())).or_default() += 1;
    }

    fn of(&self, workflow: &ValidWorkflow, gateway: &ValidGateway) -> u32 {
        self.0.get(&(gateway.key.clone(), workflow.key.namespace.clone())).copied().unwrap_or_default()
    }
}
