//! Which gateway serves a workflow, and whether it admits it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::condition::Reason;
use crate::field::Field;
use crate::object::ObjectKey;
use crate::validate::{Candidate, ValidGateway, ValidWorkflow};
use crate::violation::Violation;
use crate::world::World;

/// The gateways that serve, by key.
pub(super) type Gateways = BTreeMap<ObjectKey, Arc<ValidGateway>>;

/// The gateway, or why there is none. Either refusal takes the route away at once: it is a revocation.
pub(super) fn admit(
    workflow: &ValidWorkflow,
    gateways: &Gateways,
    world: &World,
) -> Result<Arc<ValidGateway>, Violation> {
    let field = Field::spec().at("gatewayRef");
    let key = workflow.gateway.as_ref().unwrap_or(&world.platform.default_gateway);
    let Some(gateway) = gateways.get(key) else {
        let message = match &workflow.gateway {
            Some(key) => format!("must name a WebhookGateway that is there and accepted, and {key} is not"),
            None => "must be set: there is no default WebhookGateway, or it is not accepted".to_owned(),
        };
        return Err(Violation::new(Reason::GatewayNotFound, &field, message));
    };
    let namespace = &workflow.key.namespace;
    let labels = world.namespaces.get(namespace).cloned().unwrap_or_default();
    let candidate = Candidate { namespace, labels: &labels, own: &key.namespace };
    if gateway.admits.holds(candidate) {
        return Ok(Arc::clone(gateway));
    }
    let message = format!("must name a WebhookGateway whose allowedNamespaces admit namespace {namespace}");
    Err(Violation::new(Reason::NamespaceNotAllowed, &field, message))
}
