//! Steps that answer the sender or end the execution.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::text::{Template, TextTemplate};

/// An answer before the end.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RespondStep {
    /// status of the answer. Default: 200.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 200, max = 599))]
    pub status: Option<i32>,
    /// headers, a template each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "crate::open::headers")]
    pub headers: BTreeMap<String, String>,
    /// json body, any JSON with templates. Not with `text`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    /// text body. Not with `json`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<TextTemplate>,
}

/// An end before the last step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EndStep {
    /// outcome of the execution. Default: `Succeeded`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<EndOutcome>,
    /// message for its record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Template>,
}

/// How an execution ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum EndOutcome {
    /// As if the last step had succeeded.
    Succeeded,
    /// As if a step had failed.
    Failed,
}
