//! The program as plain data: steps of every kind that is built, blocks, retries.

use serde::{Deserialize, Serialize};

use super::http::HttpStep;
use super::{Answer, ConfigMapKey};
use crate::json::Json;

/// Steps, blocks, and what runs after a failure.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Program {
    /// Run in order.
    pub steps: Vec<Step>,
    /// Run by name.
    pub blocks: Vec<Block>,
    /// The block that runs after the last retry.
    pub on_failure: Option<String>,
}

/// Steps that run as one, by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Block {
    /// Unique in the workflow.
    pub name: String,
    /// Run in order.
    pub steps: Vec<Step>,
}

/// One step. Defaults are filled in by the compiler: nothing here is optional that has one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// Unique in the workflow, blocks included.
    pub name: String,
    /// CEL; false skips the step.
    pub if_: Option<String>,
    /// Of one attempt, in milliseconds.
    pub timeout_ms: u64,
    /// How often, and how far apart.
    pub retry: Retry,
    /// CEL over `$result`; false is a failed attempt.
    pub until: Option<String>,
    /// What a failure does.
    pub on_error: OnError,
    /// The result is shown nowhere.
    pub sensitive: bool,
    /// What it does.
    pub kind: StepKind,
}

/// Attempts in all and the pause between them: full jitter below `min(initial · factorⁿ, max)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Retry {
    /// The first one included; at least 1.
    pub attempts: u32,
    /// Milliseconds.
    pub initial_ms: u64,
    /// At least 1.
    pub factor: u32,
    /// Milliseconds; also the longest `Retry-After` that is honoured.
    pub max_ms: u64,
}

/// What a step's failure does to the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnError {
    /// The run fails.
    #[default]
    Fail,
    /// The step's result is `{error: {reason, message}}` and the run goes on.
    Continue,
}

/// The kinds of steps that are built.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StepKind {
    /// An HTTP request.
    Http(Box<HttpStep>),
    /// Values for later steps: a JSON object whose string leaves may hold templates.
    Set(Json),
    /// A schema, CEL checks, or both.
    Validate(ValidateStep),
    /// The first case that holds runs its block.
    Branch(BranchStep),
    /// A block, once for each item.
    ForEach(ForEachStep),
    /// Blocks at the same time.
    Parallel(ParallelStep),
    /// Time.
    Wait(WaitStep),
    /// Another workflow of the namespace.
    Call(CallStep),
    /// A function in the user's own language.
    #[serde(rename = "javascript")]
    JavaScript(JavaScriptStep),
    /// Answers the sender.
    Respond(Answer),
    /// Ends the run.
    End(EndStep),
}

/// `validate`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ValidateStep {
    /// What is checked: JSON whose string leaves may hold templates.
    pub value: Json,
    /// JSON Schema 2020-12.
    pub schema: Option<Json>,
    /// Where it is kept, in place of `schema`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema_from: Option<ConfigMapKey>,
    /// All are evaluated, in order.
    pub checks: Vec<Check>,
}

/// A CEL condition and what it means when it does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// CEL.
    pub that: String,
    /// A template.
    pub message: String,
}

/// `branch`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BranchStep {
    /// Tried in order.
    pub cases: Vec<Case>,
    /// The block when no case holds.
    pub else_: Option<String>,
}

/// A condition and the block it runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Case {
    /// CEL.
    pub if_: String,
    /// A block's name.
    pub run: String,
}

/// `forEach`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ForEachStep {
    /// CEL; a list of at most [`crate::limits::ITEMS`].
    pub items: String,
    /// A block's name.
    pub run: String,
    /// The name of a second variable for `$item`, without its `$`; `item` where the workflow says nothing.
    pub as_: String,
    /// Items at the same time; at least 1.
    pub concurrency: u32,
    /// What a failed item does.
    pub on_item_error: OnItemError,
    /// CEL, once an item: what `results` holds of it. Without it there is no `results`.
    pub collect: Option<String>,
}

/// What a failed item of a `forEach` does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnItemError {
    /// The step fails at once.
    #[default]
    Fail,
    /// It is counted, and the others go on.
    Continue,
    /// No more are started, and the step succeeds.
    Stop,
}

/// `parallel`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ParallelStep {
    /// Names of blocks.
    pub blocks: Vec<String>,
}

/// `wait`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WaitStep {
    /// From the step's turn, in milliseconds.
    For(u64),
    /// A template of a time as RFC 3339 writes it; a past one is now.
    Until(String),
}

/// `call`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallStep {
    /// A workflow of the same namespace.
    pub workflow: String,
    /// The callee's `$context.data`: JSON whose string leaves may hold templates.
    pub input: Json,
    /// Whether the callee's end is not waited for.
    pub detach: bool,
}

/// `javascript`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JavaScriptStep {
    /// The body of a function.
    pub code: String,
    /// How long it may run, in milliseconds; [`super::ScriptBounds`] of the live route holds too.
    pub time_ms: u64,
    /// Bytes of its values; [`super::ScriptBounds`] of the live route holds too.
    pub memory: u64,
}

/// `end`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EndStep {
    /// How the run ends.
    pub outcome: EndOutcome,
    /// A template.
    pub message: Option<String>,
}

/// How an `end` step ends the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum EndOutcome {
    /// As if the last step had succeeded.
    #[default]
    Succeeded,
    /// As if a step had failed.
    Failed,
}
