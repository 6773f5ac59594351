//! What the schema of a gateway has and this build has not: one row a field.

use boathook_crds::WebhookGatewaySpec;
use boathook_crds::gateway::egress::Services;

use crate::field::Field;
use crate::report::Report;
use crate::validate::not_built::{Row, sweep};

const GATEWAY: [Row<WebhookGatewaySpec>; 6] = [
    Row::new("autoscaling", |spec| spec.autoscaling.is_some()),
    Row::new("storage.postgres", |spec| spec.storage.postgres.is_some()),
    Row::new("egress.services", |spec| spec.egress.services != Services::SameNamespace),
    Row::new("egress.proxy", |spec| spec.egress.proxy.is_some()),
    Row::new("email", |spec| spec.email.is_some()),
    Row::new("telemetry.otlpEndpoint", |spec| spec.telemetry.otlp_endpoint.is_some()),
];

/// Refuses everything of a gateway that is not built.
pub(super) fn gateway(spec: &WebhookGatewaySpec, at: &Field, report: &mut Report) {
    sweep(&GATEWAY, spec, at, report);
}
