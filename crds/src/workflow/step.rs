//! One step, of one kind; a block of them. Step kinds are a table: one row here, one file beside.

use kube::core::Rule;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::execution::Retry;
use super::steps::answer::{EndStep, RespondStep};
use super::steps::email::EmailStep;
use super::steps::flow::{BranchStep, CallStep, ForEachStep, ParallelStep, WaitStep};
use super::steps::http::HttpStep;
use super::steps::javascript::JavaScriptStep;
use super::steps::kubernetes::KubernetesStep;
use super::steps::message::MessageStep;
use super::steps::record::RecordStep;
use super::steps::validate::ValidateStep;
use crate::duration::Duration;
use crate::rule::{exactly_one, rule};
use crate::text::{Expression, Identifier};

/// Steps that run as one, by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Block {
    /// name of the block, unique among blocks.
    pub name: Identifier,
    /// steps run in order. 1 to 32.
    #[schemars(
        length(min = 1, max = 32),
        extend("x-kubernetes-list-type" = "atomic"),
        extend("x-kubernetes-validations" = [unique_names("`name` must be unique in `steps`")])
    )]
    pub steps: Vec<Step>,
}

/// No two items have one name. The reason is not "duplicate": with that, the API server says no message.
pub fn unique_names(message: &str) -> Rule {
    rule("self.all(a, self.exists_one(b, b.name == a.name))", message)
}

macro_rules! step {
    ($($(#[$attribute:meta])* $field:ident: $kind:ident($type:ty) = $name:literal,)*) => {
        /// One step.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        #[schemars(extend("x-kubernetes-validations" = [exactly_one(KINDS)]))]
        pub struct Step {
            /// name behind $steps, unique in the workflow, blocks included.
            pub name: Identifier,
            /// if: a CEL condition; false, or a path that is not there, skips the step.
            #[serde(rename = "if", skip_serializing_if = "Option::is_none")]
            pub if_: Option<Expression>,
            /// timeout of one attempt. Default: 30s.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub timeout: Option<Duration>,
            /// retry of this step. Default: the workflow's.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub retry: Option<Retry>,
            /// until: a CEL condition over $result; false is a failed attempt.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub until: Option<Expression>,
            /// onError: `Continue` goes on with {error: {reason, message}} as the result. Default: `Fail`.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub on_error: Option<OnError>,
            /// sensitive results are kept encrypted and shown nowhere.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub sensitive: Option<bool>,
            $(
                $(#[$attribute])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $field: Option<$type>,
            )*
        }

        /// The fields that say which kind a step is.
        const KINDS: &[&str] = &[$($name),*];

        /// What a step does.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum StepKind<'a> {
            $(#[doc = concat!("`", $name, "`")] $kind(&'a $type),)*
        }

        impl StepKind<'_> {
            /// The field's name, as it is written in a step.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$kind(_) => $name),*
                }
            }
        }

        impl Step {
            /// The kinds that are set, in the schema's order; the API server admits exactly one.
            pub fn kinds(&self) -> Vec<StepKind<'_>> {
                [$(self.$field.as_ref().map(StepKind::$kind)),*].into_iter().flatten().collect()
            }
        }
    };
}

step! {
    /// http sends a request. Result: {status, headers, data, text}.
    http: Http(HttpStep) = "http",
    /// javascript runs a function body. Result: what it returns.
    javascript: JavaScript(JavaScriptStep) = "javascript",
    /// set gives values to names, any JSON with templates. Result: the object.
    #[schemars(extend("maxProperties" = 64))]
    set: Set(Map<String, Value>) = "set",
    /// validate checks a value and fails with every violation. Result: {valid: true}.
    validate: Validate(ValidateStep) = "validate",
    /// record reads or writes rows of a table. Result: rows or {count}.
    record: Record(RecordStep) = "record",
    /// kubernetes reads or writes objects as `serviceAccountName`. Result: the objects.
    kubernetes: Kubernetes(KubernetesStep) = "kubernetes",
    /// email sends a mail. Result: {messageID, accepted, refused}.
    email: Email(EmailStep) = "email",
    /// message sends a chat message or SMS. Result: the provider's answer.
    message: Message(MessageStep) = "message",
    /// branch runs one of several blocks. Result: that block's last result.
    branch: Branch(BranchStep) = "branch",
    /// forEach runs a block for each item. Result: {count, failed, results}.
    for_each: ForEach(ForEachStep) = "forEach",
    /// parallel runs blocks at the same time. Result: each block's last result by its name.
    parallel: Parallel(ParallelStep) = "parallel",
    /// wait lets time pass, restarts included.
    wait: Wait(WaitStep) = "wait",
    /// call runs another workflow of this namespace. Result: its response, or {executionID}.
    call: Call(CallStep) = "call",
    /// respond answers the sender now; the rest goes on. Sync only, once.
    respond: Respond(RespondStep) = "respond",
    /// end ends the execution.
    end: End(EndStep) = "end",
}

/// What a step's failure does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum OnError {
    /// The execution fails.
    Fail,
    /// The execution goes on.
    Continue,
}
