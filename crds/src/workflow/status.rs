//! What the operator says of a workflow. A reader of an older version ignores fields that it does not know.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text::{DateTime, LineText, ShortText};

/// status is what the operator says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("default" = crate::condition::unknown(&["Accepted", "ResolvedRefs", "Programmed", "Ready"])))]
pub struct WebhookWorkflowStatus {
    /// observedGeneration is the generation of the spec that this status is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// url that senders call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<LineText>,
    /// revision of the newest accepted plan and of the objects that it uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<ShortText>,
    /// serving is the older revision that goes on while the newest is not accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serving: Option<Serving>,
    /// conditions: Accepted, `ResolvedRefs`, Programmed and Ready always; Reconciling, Stalled and `RotationPending` while true.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "crate::condition::conditions")]
    pub conditions: Vec<Condition>,
    /// deliveries are counts, written at most every 30 seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deliveries: Option<Deliveries>,
}

/// What is served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Serving {
    /// generation of the spec that is served.
    pub generation: i64,
    /// revision that is served.
    pub revision: ShortText,
}

/// Counts since the workflow was made, and the last of each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Deliveries {
    /// received requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub received: Option<i64>,
    /// accepted deliveries.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub accepted: Option<i64>,
    /// duplicates of a delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub duplicates: Option<i64>,
    /// filtered requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub filtered: Option<i64>,
    /// rejected requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub rejected: Option<i64>,
    /// succeeded executions.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub succeeded: Option<i64>,
    /// failed executions.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub failed: Option<i64>,
    /// running executions, now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub running: Option<i64>,
    /// queued deliveries, now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub queued: Option<i64>,
    /// deadLettered executions, now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub dead_lettered: Option<i64>,
    /// lastReceived is when the last request came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_received: Option<DateTime>,
    /// lastSuccess is when an execution last succeeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_success: Option<DateTime>,
    /// lastFailure is the last execution that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_failure: Option<LastFailure>,
    /// lastRejection is the last request that was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_rejection: Option<LastRejection>,
}

/// A failed execution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LastFailure {
    /// time of the failure.
    pub time: DateTime,
    /// step that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<ShortText>,
    /// reason of the failure.
    pub reason: ShortText,
}

/// A refused request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LastRejection {
    /// time of the refusal.
    pub time: DateTime,
    /// reason of the refusal.
    pub reason: ShortText,
}
