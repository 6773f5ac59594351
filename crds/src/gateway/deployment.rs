//! The pods and the Service of a gateway.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::quantity::Quantity;
use crate::reference::LocalRef;
use crate::rule::invalid;
use crate::text::ObjectName;

/// How many replicas there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = [invalid(
    "max",
    "self.min <= self.max",
    "`max` must be greater than or equal to `min`",
)]))]
pub struct Autoscaling {
    /// min replicas.
    #[serde(default = "min_replicas")]
    #[schemars(range(min = 1, max = 100))]
    pub min: i32,
    /// max replicas.
    #[schemars(range(min = 1, max = 100))]
    pub max: i32,
    /// targetCPUUtilization in percent of what the pods request.
    #[serde(rename = "targetCPUUtilization", default = "target_cpu_utilization")]
    #[schemars(range(min = 1, max = 100))]
    pub target_cpu_utilization: i32,
}

/// One replica may fail.
const fn min_replicas() -> i32 {
    2
}

/// Percent; room for what comes while a pod starts.
const fn target_cpu_utilization() -> i32 {
    70
}

/// The Service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Service {
    /// type of the Service.
    #[serde(rename = "type", default)]
    pub type_: ServiceType,
    /// port of the Service. Default: 443 with TLS, else 80.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 65_535))]
    pub port: Option<i32>,
    /// annotations of the Service. At most 64.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "crate::open::annotations")]
    pub annotations: BTreeMap<String, String>,
}

/// Types of a Service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum ServiceType {
    /// Inside the cluster.
    #[default]
    ClusterIP,
    /// On each node's port.
    NodePort,
    /// Behind the provider's load balancer.
    LoadBalancer,
}

/// What is added to the pods.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PodTemplate {
    /// resources of the gateway's container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<Resources>,
    /// nodeSelector are labels that a node must have. At most 64.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "crate::open::labels")]
    pub node_selector: BTreeMap<String, String>,
    /// tolerations of taints, as in a pod. At most 16.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), extend("x-kubernetes-list-type" = "atomic"))]
    pub tolerations: Vec<Toleration>,
    /// affinity, as in a pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("maxProperties" = 3))]
    pub affinity: Option<Map<String, Value>>,
    /// topologySpreadConstraints, as in a pod. Default: over zones and nodes where possible. At most 8.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "crate::open::manifests")]
    pub topology_spread_constraints: Vec<Map<String, Value>>,
    /// annotations of the pods. At most 64.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "crate::open::annotations")]
    pub annotations: BTreeMap<String, String>,
    /// labels of the pods. At most 64.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "crate::open::labels")]
    pub labels: BTreeMap<String, String>,
    /// imagePullSecrets of the pods. At most 16.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["name"]))]
    pub image_pull_secrets: Vec<LocalRef>,
    /// priorityClassName of the pods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority_class_name: Option<ObjectName>,
}

/// Resources of a container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Resources {
    /// requests by name of the resource.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "crate::open::resources")]
    pub requests: BTreeMap<String, Quantity>,
    /// limits by name of the resource.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "crate::open::resources")]
    pub limits: BTreeMap<String, Quantity>,
}

/// A tolerated taint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Toleration {
    /// key of the taint. Default: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 317))]
    pub key: Option<String>,
    /// operator relates the taint to `value`. Default: `Equal`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<TolerationOperator>,
    /// value of the taint.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 63))]
    pub value: Option<String>,
    /// effect of the taint. Default: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<TaintEffect>,
    /// tolerationSeconds is for how long `NoExecute` is tolerated. Default: for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub toleration_seconds: Option<i64>,
}

/// How a taint's value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum TolerationOperator {
    /// The taint is there.
    Exists,
    /// The taint has the value.
    Equal,
}

/// What a taint does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum TaintEffect {
    /// No new pods.
    NoSchedule,
    /// No new pods if there is another place.
    PreferNoSchedule,
    /// No pods.
    NoExecute,
}
