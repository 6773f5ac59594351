//! `WebhookWorkflow`: one webhook endpoint and the program behind it. Schema only.

pub mod execution;
pub mod response;
pub mod status;
pub mod step;
pub mod steps;
pub mod verification;
pub mod webhook;

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::duration::Duration;
use crate::reference::{SecretKeyRef, WholeConfigMapSource};
use crate::rule::{forbidden, invalid, rule};
use crate::text::{Expression, Identifier, NamespaceName, ObjectName};
use execution::{Batch, Concurrency, Deduplication, History, OnFailure, Retry};
use response::Response;
use status::WebhookWorkflowStatus;
use step::{Block, Step};
use webhook::Webhook;

/// spec is the endpoint and its program.
#[derive(CustomResource, Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[expect(clippy::duplicated_attributes, reason = "printer columns have arguments of one name")]
#[kube(
    group = "boathook.dev",
    version = "v1alpha1",
    kind = "WebhookWorkflow",
    plural = "webhookworkflows",
    namespaced,
    doc = "A WebhookWorkflow is one live webhook endpoint: who may call it, what then runs, and what the sender is told.",
    status = "WebhookWorkflowStatus",
    derive = "PartialEq",
    shortname = "whw",
    category = "boathook",
    selectable = ".spec.gatewayRef.name",
    selectable = ".spec.webhook.path",
    printcolumn(name = "URL", type_ = "string", json_path = ".status.url"),
    printcolumn(name = "Ready", type_ = "string", json_path = r#".status.conditions[?(@.type=="Ready")].status"#),
    printcolumn(name = "Reason", type_ = "string", json_path = r#".status.conditions[?(@.type=="Ready")].reason"#),
    printcolumn(name = "Received", type_ = "integer", json_path = ".status.deliveries.received"),
    printcolumn(name = "Failed", type_ = "integer", json_path = ".status.deliveries.failed"),
    printcolumn(name = "Last", type_ = "date", json_path = ".status.deliveries.lastReceived"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = [
    invalid(
        "onFailure.run",
        "!has(self.onFailure) || (has(self.blocks) && self.blocks.exists(b, b.name == self.onFailure.run))",
        "`onFailure.run` must name one of `blocks`",
    ),
    invalid(
        "blocks",
        "!has(self.blocks) || self.blocks.all(b, b.steps.all(s, !self.steps.exists(t, t.name == s.name)))",
        "a step's `name` in `blocks` must differ from those in `steps`",
    ),
    forbidden(
        "batch",
        "!has(self.batch) || self.response.mode == 'Async'",
        "`batch` must not be set unless `response.mode` is 'Async'",
    ),
    rule(
        "self.response.mode == 'Sync' || !(self.steps.exists(s, has(s.respond)) || \
         (has(self.blocks) && self.blocks.exists(b, b.steps.exists(s, has(s.respond)))))",
        "`respond` must not be set in a step unless `response.mode` is 'Sync'",
    ),
]))]
pub struct WebhookWorkflowSpec {
    /// gatewayRef is the gateway that serves this workflow. Default: the operator's default gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway_ref: Option<GatewayRef>,
    /// suspend stops a part of the work: `Intake` answers 503 with Retry-After while queued work drains, `Execution`
    /// accepts and starts nothing, `All` does both. Absent: running.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspend: Option<Suspend>,
    /// webhook is how requests come in. Absent: there is no URL, and only `call` steps start the workflow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook: Option<Webhook>,
    /// filter is a CEL condition on the verified request. False, or a path that is not there: 200 with
    /// `{"status":"filtered"}`, and nothing runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<Expression>,
    /// deduplication tells repeats of a delivery. Default: by the delivery id of a preset that has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deduplication: Option<Deduplication>,
    /// concurrency bounds the executions at one time, over all replicas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<Concurrency>,
    /// batch runs one execution for many deliveries. Async only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<Batch>,
    /// vars are constants, any JSON without templates: $vars.NAME. At most 64.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schemars(extend("maxProperties" = 64))]
    pub vars: Map<String, Value>,
    /// varsFrom are `ConfigMaps` whose keys become $vars too; `vars` and earlier entries win.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), extend("x-kubernetes-list-type" = "set"))]
    pub vars_from: Vec<WholeConfigMapSource>,
    /// secrets are values for $secrets.NAME, read when a step's effect is made and never recorded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["name"]))]
    pub secrets: Vec<SecretVariable>,
    /// serviceAccountName is who `kubernetes` steps act as; its owner must grant it to the operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_account_name: Option<ObjectName>,
    /// timeout of an execution, from its first step, waits included. Default: 30s with Sync, 1h with Async.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Duration>,
    /// retry of steps that do not say otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
    /// steps run in order. At most 64; names must be unique. An empty list only answers, and keeps the record.
    #[schemars(
        length(max = 64),
        extend("x-kubernetes-list-type" = "atomic"),
        extend("x-kubernetes-validations" = [step::unique_names("`name` must be unique in `steps`")])
    )]
    pub steps: Vec<Step>,
    /// blocks are lists of steps that other steps run by name. At most 32.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(
        length(max = 32),
        extend("x-kubernetes-list-type" = "atomic"),
        extend("x-kubernetes-validations" = [step::unique_names("`name` must be unique in `blocks`")])
    )]
    pub blocks: Vec<Block>,
    /// onFailure runs a block after the last retry, on a budget of its own; it sees $error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_failure: Option<OnFailure>,
    /// response is what the sender is told.
    #[serde(default)]
    pub response: Response,
    /// delimiters mark templates in strings: `Braces` {{ … }}, or `Parentheses` $( … ) for workflows in Helm charts.
    #[serde(default)]
    pub delimiters: Delimiters,
    /// history is how long and how much of an execution is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history: Option<History>,
}

/// A gateway.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-map-type" = "atomic"))]
pub struct GatewayRef {
    /// name of the `WebhookGateway`.
    pub name: ObjectName,
    /// namespace of the `WebhookGateway`, which must admit this workflow's. Default: the workflow's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<NamespaceName>,
}

/// What is suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum Suspend {
    /// Requests are answered 503.
    Intake,
    /// Deliveries are accepted and not started.
    Execution,
    /// Both.
    All,
}

/// How templates are marked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum Delimiters {
    /// `{{ … }}`
    #[default]
    Braces,
    /// `$( … )`
    Parentheses,
}

/// A value behind `$secrets`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretVariable {
    /// name behind $secrets.
    pub name: Identifier,
    /// secretKeyRef is the key that holds the value.
    pub secret_key_ref: SecretKeyRef,
}
