//! The Deployment of a gateway, and how many of its pods may be taken down at once.

use k8s_openapi::api::apps::v1::{DeploymentSpec, DeploymentStrategy};
use k8s_openapi::api::policy::v1::PodDisruptionBudgetSpec;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use serde_json::json;

use super::object::{Kind, Wanted, owned};
use super::{Part, labels, pod};

/// The pods. Two of them cannot have one volume, so the old one goes before the new one comes.
pub(super) fn deployment(part: &Part) -> Wanted {
    let spec = DeploymentSpec {
        replicas: Some(part.gateway.deployment.replicas),
        revision_history_limit: Some(2),
        selector: labels::pod_selector(&part.names),
        strategy: Some(DeploymentStrategy { type_: Some("Recreate".to_owned()), rolling_update: None }),
        template: pod::template(part),
        ..DeploymentSpec::default()
    };
    owned(part, Kind::Deployment, &part.names.base, json!({"spec": spec}))
}

/// One at a time; a pod that serves nothing holds up no drain.
pub(super) fn disruption_budget(part: &Part) -> Wanted {
    let spec = PodDisruptionBudgetSpec {
        max_unavailable: Some(IntOrString::Int(1)),
        selector: Some(labels::pod_selector(&part.names)),
        unhealthy_pod_eviction_policy: Some("AlwaysAllow".to_owned()),
        ..PodDisruptionBudgetSpec::default()
    };
    owned(part, Kind::PodDisruptionBudget, &part.names.base, json!({"spec": spec}))
}
