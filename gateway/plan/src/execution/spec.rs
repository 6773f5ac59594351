//! What an execution was asked to do, as its record shows it. Plain data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::json::Json;
use crate::plan::Mode;

/// What an execution was asked to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Spec {
    /// Whose it is.
    pub workflow_ref: WorkflowName,
    /// The revision of the workflow that it is pinned to; none of a request that started nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// Whether a sender waited for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// The execution of the same delivery that failed before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_of: Option<Uuid>,
    /// The execution that this one replays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay_of: Option<Uuid>,
    /// Of a duplicate: the execution that it repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<Uuid>,
    /// The step that called it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called_by: Option<Caller>,
    /// The request; of several, the first. None in a list, and where nothing of it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Request>,
    /// The further requests of a batch.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub batch: Vec<Request>,
}

/// A workflow by name; its namespace is the record's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkflowName {
    /// `metadata.name`
    pub name: String,
    /// `metadata.uid`
    pub uid: String,
}

/// The step that called an execution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Caller {
    /// The execution that the step is of.
    #[serde(rename = "executionID")]
    pub execution_id: Uuid,
    /// The step's place in it.
    pub step: String,
}

/// A request as it is shown. A call has a body alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// As sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The raw path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Lower-case names; repeated fields are joined. Credentials and what is redacted stand as `[redacted]`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Each parameter; a repeated one is a list.
    #[serde(default, skip_serializing_if = "Json::is_null")]
    pub query: Json,
    /// What the preset says happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// The sender's own id of the delivery.
    #[serde(rename = "deliveryID", default, skip_serializing_if = "Option::is_none")]
    pub delivery_id: Option<String>,
    /// The body's declared type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// `$context.data`: what the body holds by its type. None where it is empty or not kept.
    #[serde(default, skip_serializing_if = "Json::is_null")]
    pub body: Json,
    /// SHA-256 of the raw body in lower-case hexadecimal. None where the body was not kept at all.
    #[serde(rename = "bodySHA256", default, skip_serializing_if = "Option::is_none")]
    pub body_sha256: Option<String>,
}
