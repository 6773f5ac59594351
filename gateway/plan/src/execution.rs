//! An execution as people and tools see it: one shape on the admin port, in exports, on the command line and in a cluster.
//!
//! Made from what is kept and nothing else. What a workflow redacts and what a step calls sensitive is in no record, and
//! every value has a bound. Reads no store: rows, bytes and entries are arguments.

mod build;
mod inputs;
mod redact;
mod request;
mod shown;
mod spec;
mod status;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use build::{Delivery, Facts, Record, input};
pub use redact::{RedactError, Redaction};
pub use spec::{Caller, Request, Spec, WorkflowName};
pub use status::{Attempt, Phase, Response, Status, Step, UnknownPhase};

/// `apiVersion` of every record.
pub const API_VERSION: &str = "executions.boathook.dev/v1alpha1";

/// `kind` of a record.
pub const KIND: &str = "WebhookExecution";

/// `kind` of a list of records.
pub const LIST_KIND: &str = "WebhookExecutionList";

/// An execution, or a request that started none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Execution {
    /// [`API_VERSION`]
    pub api_version: String,
    /// [`KIND`]
    pub kind: String,
    /// Which one.
    pub metadata: Metadata,
    /// What it was asked to do.
    pub spec: Spec,
    /// What became of it.
    pub status: Status,
}

/// Which execution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    /// The execution's id; of a request that started none, the request's.
    pub name: String,
    /// The workflow's namespace.
    pub namespace: String,
    /// When it was accepted or refused.
    pub creation_timestamp: Timestamp,
}

/// A part of a list, newest first. Its records have neither request nor steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExecutionList {
    /// [`API_VERSION`]
    pub api_version: String,
    /// [`LIST_KIND`]
    pub kind: String,
    /// Whether there is more.
    pub metadata: ListMetadata,
    /// The records.
    pub items: Vec<Execution>,
}

/// Whether a list goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListMetadata {
    /// What to ask the next part with; none where this is the last one.
    #[serde(rename = "continue", default, skip_serializing_if = "Option::is_none")]
    pub continue_: Option<String>,
}

impl ExecutionList {
    /// A part of a list.
    pub fn new(items: Vec<Execution>, continue_: Option<String>) -> Self {
        Self {
            api_version: API_VERSION.to_owned(),
            kind: LIST_KIND.to_owned(),
            metadata: ListMetadata { continue_ },
            items,
        }
    }
}
