//! What the operator says of a gateway. A reader of an older version ignores fields that it does not know.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text::LineText;

/// status is what the operator says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("default" = crate::condition::unknown(&["Accepted", "Programmed", "StorageReady", "SandboxReady", "HighlyAvailable", "Ready"])))]
pub struct WebhookGatewayStatus {
    /// observedGeneration is the generation of the spec that this status is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// url in front of every workflow's path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<LineText>,
    /// workflows of this gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflows: Option<Workflows>,
    /// replicas of this gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<Replicas>,
    /// selector of the gateway's pods, for the scale subresource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selector: Option<LineText>,
    /// conditions: Accepted, Programmed, `StorageReady`, `SandboxReady`, `HighlyAvailable` and Ready.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "crate::condition::conditions")]
    pub conditions: Vec<Condition>,
}

/// Counts of workflows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Workflows {
    /// attached workflows: they name this gateway and are admitted.
    #[schemars(range(min = 0))]
    pub attached: i32,
    /// programmed workflows: every ready replica serves them.
    #[schemars(range(min = 0))]
    pub programmed: i32,
}

/// Counts of replicas.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Replicas {
    /// desired replicas.
    #[schemars(range(min = 0))]
    pub desired: i32,
    /// ready replicas.
    #[schemars(range(min = 0))]
    pub ready: i32,
}
