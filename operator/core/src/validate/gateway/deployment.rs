//! The parts of a gateway that become objects of the cluster. What is passed on to a pod must be what a pod has.

use boathook_crds::WebhookGatewaySpec;
use boathook_crds::gateway::deployment::PodTemplate;
use boathook_crds::gateway::storage::Embedded;
use k8s_openapi::api::core::v1::{Affinity, TopologySpreadConstraint};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::field::Field;
use crate::report::Report;
use crate::validate::valid::{ValidDeployment, ValidPod};

/// Reads them.
pub(super) fn read(spec: &WebhookGatewaySpec, at: &Field, report: &mut Report) -> ValidDeployment {
    let nothing = || Embedded { size: "10Gi".into(), storage_class_name: None };
    ValidDeployment {
        replicas: spec.replicas.unwrap_or(1),
        volume: spec.storage.embedded.clone().unwrap_or_else(nothing),
        service: spec.service.clone(),
        pod: pod(spec.pod_template.clone().unwrap_or_default(), &at.at("podTemplate"), report),
    }
}

fn pod(template: PodTemplate, at: &Field, report: &mut Report) -> ValidPod {
    let affinity = template.affinity.as_ref();
    let affinity = affinity.and_then(|given| same::<Affinity>(given, &at.at("affinity"), report));
    let constraints = template.topology_spread_constraints.iter().enumerate();
    let spread = constraints.filter_map(|(index, given)| {
        same::<TopologySpreadConstraint>(given, &at.at("topologySpreadConstraints").item(index), report)
    });
    ValidPod { spread: spread.collect(), affinity, template }
}

/// The value as Kubernetes' own type, where that keeps all of it.
fn same<T: Serialize + DeserializeOwned>(given: &Map<String, Value>, at: &Field, report: &mut Report) -> Option<T> {
    let given = Value::Object(given.clone());
    let read: Option<T> = serde_json::from_value(given.clone()).ok();
    let read = read.filter(|read| serde_json::to_value(read).is_ok_and(|again| again == given));
    if read.is_none() {
        report.refuse_once(at, "must be what this field of a pod is, and nothing else");
    }
    read
}
