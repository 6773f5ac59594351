//! `WebhookGateway`: what listens, stores and runs for the workflows that it admits. Schema only.

pub mod deployment;
pub mod egress;
pub mod limits;
pub mod status;
pub mod storage;
pub mod traffic;

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::namespaces::Namespaces;
use crate::rule::{at_most_one, forbidden, invalid};
use deployment::{Autoscaling, PodTemplate, Service};
use egress::Egress;
use limits::{Ceilings, Quotas};
use status::WebhookGatewayStatus;
use storage::Storage;
use traffic::{ClientAddress, Email, Host, Telemetry, Tls};

/// spec is what listens, stores and runs.
#[derive(CustomResource, Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[expect(clippy::duplicated_attributes, reason = "printer columns have arguments of one name")]
#[kube(
    group = "boathook.dev",
    version = "v1alpha1",
    kind = "WebhookGateway",
    plural = "webhookgateways",
    namespaced,
    doc = "A WebhookGateway is a deployment that receives webhooks and runs the workflows that it admits.",
    status = "WebhookGatewayStatus",
    derive = "PartialEq",
    shortname = "whg",
    category = "boathook",
    scale(
        spec_replicas_path = ".spec.replicas",
        status_replicas_path = ".status.replicas.desired",
        label_selector_path = ".status.selector"
    ),
    printcolumn(name = "URL", type_ = "string", json_path = ".status.url"),
    printcolumn(name = "Workflows", type_ = "integer", json_path = ".status.workflows.attached"),
    printcolumn(name = "Replicas", type_ = "integer", json_path = ".status.replicas.ready"),
    printcolumn(name = "Ready", type_ = "string", json_path = r#".status.conditions[?(@.type=="Ready")].status"#),
    printcolumn(name = "Reason", type_ = "string", json_path = r#".status.conditions[?(@.type=="Ready")].reason"#),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = [
    at_most_one(&["replicas", "autoscaling"]),
    invalid(
        "replicas",
        "!has(self.storage.embedded) || !has(self.replicas) || self.replicas <= 1",
        "`replicas` must be less than or equal to 1 with `storage.embedded`",
    ),
    forbidden(
        "autoscaling",
        "!has(self.storage.embedded) || !has(self.autoscaling)",
        "`autoscaling` must not be set with `storage.embedded`",
    ),
]))]
pub struct WebhookGatewaySpec {
    /// baseURL is what senders see in front of the path. Default: the Service's URL in the cluster.
    #[serde(rename = "baseURL", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 8, max = 300), extend("x-kubernetes-validations" = [crate::rule::rule(
        "self.matches('^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$')",
        "`baseURL` must be 'http://' or 'https://', a host and perhaps a port, without a path",
    )]))]
    pub base_url: Option<String>,
    /// routePrefix in front of a workflow's namespace and path.
    #[serde(default = "route_prefix")]
    #[schemars(length(max = 256), regex(pattern = "^(/[A-Za-z0-9._~-]*[A-Za-z0-9_~-])*$"))]
    pub route_prefix: String,
    /// hosts of single namespaces, where a workflow's URL is its path alone. At most 64.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["hostname"]))]
    pub hosts: Vec<Host>,
    /// allowedNamespaces are those whose workflows are admitted.
    #[serde(default = "Namespaces::same")]
    pub allowed_namespaces: Namespaces,
    /// replicas of the gateway. Default: 1 with `embedded` storage, else 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 100))]
    pub replicas: Option<i32>,
    /// autoscaling chooses the replicas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autoscaling: Option<Autoscaling>,
    /// storage of deliveries, executions and records. It cannot be changed later.
    pub storage: Storage,
    /// tls makes the gateway speak HTTPS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<Tls>,
    /// service in front of the gateway.
    #[serde(default)]
    pub service: Service,
    /// clientAddress is how the sender's address is found behind proxies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_address: Option<ClientAddress>,
    /// ceilings that no workflow can go over.
    #[serde(default)]
    pub ceilings: Ceilings,
    /// quotas of each namespace.
    #[serde(default)]
    pub quotas: Quotas,
    /// egress is what steps may reach. Always refused: loopback, link-local, metadata and node addresses, the API server.
    #[serde(default)]
    pub egress: Egress,
    /// email is the server of `email` steps that name none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// telemetry is where traces go, and what is logged.
    #[serde(default)]
    pub telemetry: Telemetry,
    /// podTemplate adds to the gateway's pods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod_template: Option<PodTemplate>,
}

/// The prefix of a gateway that names none.
fn route_prefix() -> String {
    "/api/webhooks".to_owned()
}
