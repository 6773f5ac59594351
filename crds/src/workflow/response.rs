//! What the sender is told, and when.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::duration::Duration;
use crate::rule::forbidden;
use crate::text::TextTemplate;

/// What the sender is told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = [
    forbidden(
        "deadline",
        "!has(self.deadline) || self.mode == 'Sync'",
        "`deadline` must not be set unless `mode` is 'Sync'",
    ),
    forbidden(
        "late",
        "!has(self.late) || self.mode == 'Sync'",
        "`late` must not be set unless `mode` is 'Sync'",
    ),
    forbidden(
        "failed",
        "!has(self.failed) || self.mode == 'Sync'",
        "`failed` must not be set unless `mode` is 'Sync'",
    ),
]))]
pub struct Response {
    /// mode: `Async` answers once the delivery is durable, `Sync` when the steps are done.
    #[serde(default)]
    pub mode: ResponseMode,
    /// deadline is how long the sender waits with Sync. Default: 10s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Duration>,
    /// status of the answer. Default: 200 with Sync; with Async the preset's, else 202.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 200, max = 599))]
    pub status: Option<i32>,
    /// headers of the answer, a template each. At most 64.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "crate::open::headers")]
    pub headers: BTreeMap<String, String>,
    /// json is the body, any JSON with templates. Not with `text`. Default with Sync: the last step's result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    /// text is the body, a template. Not with `json`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<TextTemplate>,
    /// late is the answer at the deadline; the execution goes on unless `cancel` ends it. Default: 202, and the execution
    /// goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late: Option<LateAnswer>,
    /// failed is the answer after a failure. Default: 500 without internals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<Answer>,
    /// rejected is the answer when the schema or the filter refuses, for people's browsers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejected: Option<Answer>,
}

/// When the sender is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum ResponseMode {
    /// Once the delivery is durable.
    #[default]
    Async,
    /// When the steps are done.
    Sync,
}

/// Another answer than the usual one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Answer {
    /// status of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 200, max = 599))]
    pub status: Option<i32>,
    /// headers of the answer, a template each. At most 64.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "crate::open::headers")]
    pub headers: BTreeMap<String, String>,
    /// json is the body, any JSON with templates. Not with `text`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    /// text is the body, a template. Not with `json`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<TextTemplate>,
}

/// The answer at the deadline.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LateAnswer {
    /// cancel ends the execution at the deadline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancel: Option<bool>,
    /// status of the answer. Default: 504 with `cancel`, else 202.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 200, max = 599))]
    pub status: Option<i32>,
    /// headers of the answer, a template each. At most 64.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "crate::open::headers")]
    pub headers: BTreeMap<String, String>,
    /// json is the body, any JSON with templates. Not with `text`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    /// text is the body, a template. Not with `json`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<TextTemplate>,
}
