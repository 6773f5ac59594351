//! The Services of a gateway: one for senders, and one by which the operator finds each pod.

use boathook_crds::gateway::deployment::ServiceType;
use k8s_openapi::api::core::v1::{ServicePort, ServiceSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use serde_json::json;

use super::names::boathook_port::CHANNEL;
use super::names::service_port;
use super::object::{Kind, Wanted, owned};
use super::{Part, labels};

/// For senders.
pub(super) fn public(part: &Part) -> Wanted {
    let given = &part.gateway.deployment.service;
    let scheme = if part.gateway.is_secure() { "https" } else { "http" };
    let spec = ServiceSpec {
        type_: Some(type_name(given.type_).to_owned()),
        ports: Some(vec![port(scheme, service_port(part.gateway), "public")]),
        selector: Some(labels::pods(&part.names)),
        ..ServiceSpec::default()
    };
    let annotations = (!given.annotations.is_empty()).then_some(&given.annotations);
    let metadata = annotations.map_or_else(|| json!({}), |annotations| json!({"annotations": annotations}));
    owned(part, Kind::Service, &part.names.base, json!({"metadata": metadata, "spec": spec}))
}

/// For the operator: pods that are not ready are in it too, since they wait for their routes to be.
pub(super) fn channel(part: &Part) -> Wanted {
    let spec = ServiceSpec {
        cluster_ip: Some("None".to_owned()),
        publish_not_ready_addresses: Some(true),
        ports: Some(vec![port("channel", CHANNEL.into(), "channel")]),
        selector: Some(labels::pods(&part.names)),
        ..ServiceSpec::default()
    };
    owned(part, Kind::Service, &part.names.channel, json!({"spec": spec}))
}

fn port(name: &str, port: i32, target: &str) -> ServicePort {
    ServicePort {
        name: Some(name.to_owned()),
        port,
        protocol: Some("TCP".to_owned()),
        target_port: Some(IntOrString::String(target.to_owned())),
        ..ServicePort::default()
    }
}

const fn type_name(service: ServiceType) -> &'static str {
    match service {
        ServiceType::ClusterIP => "ClusterIP",
        ServiceType::NodePort => "NodePort",
        ServiceType::LoadBalancer => "LoadBalancer",
    }
}
