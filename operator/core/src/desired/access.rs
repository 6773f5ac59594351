//! Who the pods are, what they prove themselves with, and who may connect to them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use k8s_openapi::api::networking::v1::{
    NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use serde_json::{Map, Value, json};

use super::names::boathook_port::{ADMIN, CHANNEL, PUBLIC};
use super::object::{Kind, Wanted, owned};
use super::{ChannelFiles, Part, labels};

/// The label that every namespace has.
const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";

/// An account that no token is made for.
pub(super) fn service_account(part: &Part) -> Wanted {
    owned(part, Kind::ServiceAccount, &part.names.base, json!({"automountServiceAccountToken": false}))
}

/// The gateway's end of the control channel.
pub(super) fn channel_secret(part: &Part, files: &ChannelFiles) -> Wanted {
    let data: Map<String, Value> =
        files.iter().map(|(name, file)| (name.clone(), STANDARD.encode(file.expose()).into())).collect();
    owned(part, Kind::Secret, &part.names.channel, json!({"type": "Opaque", "data": data}))
}

/// Senders reach the public port, scrapers the admin port, which says nothing but health and metrics; the operator alone
/// reaches the channel.
pub(super) fn network_policy(part: &Part) -> Wanted {
    let namespace = [(NAMESPACE_NAME.to_owned(), part.settings.operator_namespace.clone())];
    let operator = NetworkPolicyPeer {
        namespace_selector: Some(LabelSelector { match_labels: Some(namespace.into()), ..LabelSelector::default() }),
        pod_selector: Some(labels::operator_pods()),
        ip_block: None,
    };
    let spec = NetworkPolicySpec {
        pod_selector: Some(labels::pod_selector(&part.names)),
        policy_types: Some(vec!["Ingress".to_owned()]),
        ingress: Some(vec![
            NetworkPolicyIngressRule { ports: Some(vec![port(PUBLIC), port(ADMIN)]), from: None },
            NetworkPolicyIngressRule { ports: Some(vec![port(CHANNEL)]), from: Some(vec![operator]) },
        ]),
        egress: None,
    };
    owned(part, Kind::NetworkPolicy, &part.names.base, json!({"spec": spec}))
}

fn port(port: u16) -> NetworkPolicyPort {
    NetworkPolicyPort {
        port: Some(IntOrString::Int(port.into())),
        protocol: Some("TCP".to_owned()),
        ..NetworkPolicyPort::default()
    }
}
