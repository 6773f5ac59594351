//! Steps that run other steps, other workflows, or nothing for a while.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::duration::Duration;
use crate::rule::exactly_one;
use crate::text::{Expression, Identifier, ObjectName, Template};

/// One of several blocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BranchStep {
    /// cases in order; the first that holds is run.
    #[schemars(length(min = 1, max = 16), extend("x-kubernetes-list-type" = "atomic"))]
    pub cases: Vec<Case>,
    /// else: the block that is run when no case holds.
    #[serde(rename = "else", skip_serializing_if = "Option::is_none")]
    pub else_: Option<Identifier>,
}

/// A condition and its block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Case {
    /// if: a CEL condition.
    #[serde(rename = "if")]
    pub if_: Expression,
    /// run is the block's name.
    pub run: Identifier,
}

/// A block for each item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ForEachStep {
    /// items: CEL that yields a list of at most 10000.
    pub items: Expression,
    /// run is the block's name.
    pub run: Identifier,
    /// as names the item, beside $item.
    #[serde(rename = "as", skip_serializing_if = "Option::is_none")]
    pub as_: Option<Identifier>,
    /// concurrency of items. Default: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100))]
    pub concurrency: Option<i32>,
    /// onItemError: `Fail` ends at once, `Continue` goes on, `Stop` starts no more and succeeds. Default: `Fail`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_item_error: Option<OnItemError>,
    /// collect: CEL that yields an item's entry in results.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collect: Option<Expression>,
}

/// What an item's failure does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum OnItemError {
    /// The step fails at once.
    Fail,
    /// The others go on.
    Continue,
    /// No more are started, and the step succeeds.
    Stop,
}

/// Blocks at the same time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ParallelStep {
    /// blocks to run.
    #[schemars(length(min = 1, max = 16), extend("x-kubernetes-list-type" = "set"))]
    pub blocks: Vec<Identifier>,
}

/// A span or a point in time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = [exactly_one(&["for", "until"])]))]
pub struct WaitStep {
    /// for this long.
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    pub for_: Option<Duration>,
    /// until this time, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Template>,
}

/// Another workflow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CallStep {
    /// workflow of this namespace.
    pub workflow: ObjectName,
    /// input is its $context.data, any JSON with templates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<Value>,
    /// detach goes on without its response. Default: false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detach: Option<bool>,
}
