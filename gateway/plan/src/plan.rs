//! A compiled workflow: plain data without secrets, serialisable, the same on both planes.
//!
//! Expressions and templates are kept as source text that the compiler has accepted; [`crate::route::Route`] holds them
//! compiled. Durations are whole milliseconds. Decides nothing.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::json::Json;

mod egress;
mod execution;
mod http;
mod jwt;
mod policy;
mod program;
mod verification;

pub use self::egress::{AddressRule, Egress, HostRule};
pub use self::execution::{
    Batch, BodyKept, Concurrency, Deduplication, History, Overflow, Quota, ScriptBounds, Suspend,
};
pub use self::http::{CloudEvent, HttpAuth, HttpBody, HttpStep, Part, PartContent};
pub use self::jwt::{JwtAlgorithm, JwtRules};
pub use self::policy::{Policy, Rate, RateKey};
pub use self::program::{
    Block, BranchStep, CallStep, Case, Check, EndOutcome, EndStep, ForEachStep, JavaScriptStep, OnError, OnItemError,
    ParallelStep, Program, Retry, Step, StepKind, ValidateStep, WaitStep,
};
pub use self::verification::{
    ApiKeyPlace, HashAlgorithm, HmacForm, KeyEncoding, KeySpec, KeyUse, Match, Scheme, SchemeKind, SchemeOptions,
    SignatureEncoding, SignatureFormat, TimestampPlace, TimestampSource, TimestampUnit, Verification,
};

/// A workflow's identity.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkflowRef {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The object's UID; without a cluster, derived from namespace and name.
    pub uid: String,
}

/// All that a gateway needs to know of one workflow, but its keys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// Whose plan this is.
    pub workflow: WorkflowRef,
    /// `metadata.generation` that it was compiled from.
    pub generation: i64,
    /// How requests come in; `None`: only `call` steps start it.
    pub webhook: Option<Webhook>,
    /// `$vars`.
    pub vars: Json,
    /// Names that may stand behind `$secrets.`; the values come with the route.
    pub secrets: Vec<String>,
    /// From the first step to the last, in milliseconds.
    pub timeout_ms: u64,
    /// How templates are marked.
    pub delimiters: Delimiters,
    /// The program.
    pub program: Program,
    /// A CEL condition over what a request stage sees; a delivery for which it is false starts nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Which deliveries are one.
    pub deduplication: Option<Deduplication>,
    /// How many run at once, and in which order.
    pub concurrency: Concurrency,
    /// Several deliveries as one execution.
    pub batch: Option<Batch>,
    /// What is kept of a finished execution.
    pub history: History,
    /// What is stopped. Read of the live route, whatever an execution is pinned to.
    pub suspend: Suspend,
    /// What the namespace may use. Read of the live route, whatever an execution is pinned to.
    #[serde(default, skip_serializing_if = "Quota::is_default")]
    pub quota: Quota,
    /// What its scripts may use at most. Read of the live route, whatever an execution is pinned to.
    #[serde(default, skip_serializing_if = "ScriptBounds::is_default")]
    pub scripts: ScriptBounds,
    /// What the sender is told.
    pub response: Response,
    /// What outbound requests may reach.
    pub egress: Egress,
    /// JSON Schemas of ConfigMaps, by [`ConfigMapKey`] as text. One that is missing or none is not here.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub schemas: BTreeMap<String, Json>,
}

/// An entry of a ConfigMap in the workflow's namespace; its text is `name/key`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigMapKey {
    /// The ConfigMap.
    pub name: String,
    /// The key in its `data`.
    pub key: String,
}

impl fmt::Display for ConfigMapKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.name, self.key)
    }
}

/// How templates are marked in this workflow's strings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delimiters {
    /// `{{ … }}`
    #[default]
    Braces,
    /// `$( … )`
    Parentheses,
}

/// Where a workflow listens and whom it admits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Webhook {
    /// The host whose table this route is in; `None` is the gateway's default table.
    pub host: Option<String>,
    /// The whole path pattern, gateway prefix and namespace included, such as `/api/webhooks/shop/github/{repo}`.
    pub path: String,
    /// What senders see in front of the path: scheme and authority, without a slash at the end.
    pub base_url: String,
    /// Upper-case methods that start the workflow.
    pub methods: Vec<String>,
    /// Bytes.
    pub max_body_size: u64,
    /// JSON Schema 2020-12 of `$context.data`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Json>,
    /// Where it is kept, in place of `schema`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema_from: Option<ConfigMapKey>,
    /// `None` is `public: true`.
    pub verification: Option<Verification>,
    /// What is asked of a request besides.
    #[serde(default, skip_serializing_if = "Policy::is_default")]
    pub policy: Policy,
}

/// When the sender is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    /// Once the delivery is durable.
    #[default]
    Async,
    /// Once the steps are done, or at the deadline.
    Sync,
}

/// What the sender is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// When.
    pub mode: Mode,
    /// Sync: how long the sender waits, in milliseconds.
    pub deadline_ms: u64,
    /// Async: the acknowledgement, where it is not the preset's own. Sync: the answer after success; a body of `None` is
    /// the last step's result as JSON.
    pub answer: Answer,
    /// Sync: what is said at the deadline.
    pub late: Option<Answer>,
    /// Sync: whether the deadline ends the run.
    pub cancel: bool,
    /// After a failure; `None` is 500 as problem+json.
    pub failed: Option<Answer>,
    /// What is said of a delivery that the schema or the filter refuses; `None` is their own answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejected: Option<Answer>,
}

/// Status, headers and body of an answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// 200 to 599; `None` is the default of its place.
    pub status: Option<u16>,
    /// A template each.
    pub headers: BTreeMap<String, String>,
    /// At most one.
    pub body: Option<AnswerBody>,
}

/// The body of an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AnswerBody {
    /// JSON whose string leaves may hold templates.
    Json(Json),
    /// A template, as `text/plain; charset=utf-8`.
    Text(String),
}
