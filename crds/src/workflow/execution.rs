//! How executions are told apart, bounded, retried and kept.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::duration::Duration;
use crate::rule::invalid;
use crate::text::{Identifier, Template};

/// How repeats of a delivery are told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = [invalid(
    "disabled",
    "!has(self.disabled) || !self.disabled || !(has(self.key) || has(self.window))",
    "`disabled` must not be true when `key` or `window` is set",
)]))]
pub struct Deduplication {
    /// key is equal for repeats; empty or null: not a repeat of anything. Default: the preset's delivery id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Template>,
    /// window after success in which a repeat is told. Default: 24h.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<Duration>,
    /// disabled turns off what a preset does by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
}

/// How many executions run at one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Concurrency {
    /// max executions at one time, over all replicas. Default: the gateway's ceiling.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 10_000))]
    pub max: Option<i32>,
    /// key: executions with an equal key run one at a time, in the order accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Template>,
    /// queue is how many wait; over it `overflow` decides. Default: 10000.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1_000_000))]
    pub queue: Option<i32>,
    /// overflow: `Queue` waits and answers 429 over `queue`, `Reject` never waits, `Supersede` cancels older waiting ones.
    #[serde(default)]
    pub overflow: Overflow,
}

/// What happens when no execution may start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum Overflow {
    /// It waits.
    #[default]
    Queue,
    /// It is refused with 429.
    Reject,
    /// It waits, and older waiting ones are cancelled.
    Supersede,
}

/// Many deliveries in one execution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Batch {
    /// max deliveries in one execution.
    #[schemars(range(min = 1, max = 10_000))]
    pub max: i32,
    /// for how long a batch is filled at most.
    #[serde(rename = "for")]
    pub for_: Duration,
}

/// How often something is tried.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Retry {
    /// attempts in all, the first included. Default: 3 for http, kubernetes and record, else 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100))]
    pub attempts: Option<i32>,
    /// backoff is the pause between attempts, with full jitter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backoff: Option<Backoff>,
}

/// A pause that grows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Backoff {
    /// initial pause. Default: 1s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial: Option<Duration>,
    /// factor from one pause to the next. Default: 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 10))]
    pub factor: Option<i32>,
    /// max pause, also for Retry-After. Default: 1m.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<Duration>,
}

/// What runs after a failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OnFailure {
    /// run is the block's name.
    pub run: Identifier,
}

/// What is kept of executions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct History {
    /// keep is how long a succeeded execution is kept.
    #[serde(default = "keep")]
    pub keep: Duration,
    /// keepFailed is how long a failed execution is kept, and may be replayed.
    #[serde(default = "keep_failed")]
    pub keep_failed: Duration,
    /// body of the request: `Full`, its `Hash`, or `None`. Without it an execution cannot be replayed.
    #[serde(default)]
    pub body: HistoryBody,
    /// redact are paths whose values are not kept, such as $context.data.card.number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(
        length(max = 64),
        inner(length(max = 512), regex(pattern = r"^\$context(\.[A-Za-z_][A-Za-z0-9_]*|\['[^'\\]{1,256}'\])+$")),
        extend("x-kubernetes-list-type" = "set")
    )]
    pub redact: Vec<String>,
}

/// A day.
fn keep() -> Duration {
    "24h".into()
}

/// A week.
fn keep_failed() -> Duration {
    "168h".into()
}

/// What is kept of a request's body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum HistoryBody {
    /// All of it.
    #[default]
    Full,
    /// Its SHA-256.
    Hash,
    /// Nothing.
    None,
}
