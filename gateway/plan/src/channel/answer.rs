//! What a gateway answers to a table.

use serde::{Deserialize, Serialize};

use super::message::TableRevision;
use crate::plan::WorkflowRef;

/// The table is served: what `Programmed` rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Acknowledgement {
    /// The table that is served now.
    pub revision: TableRevision,
    /// The routes of it that are not.
    #[serde(default)]
    pub rejected: Vec<Rejection>,
    /// Why the public port is not as it should be; it is as it was before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edge: Option<String>,
}

/// A route that is not served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rejection {
    /// Whose.
    pub workflow: WorkflowRef,
    /// The workflow that has its path, where that is why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub winner: Option<WorkflowRef>,
    /// A sentence.
    pub reason: String,
}

/// What stands in an answer that refuses (problem+json).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// One word.
    pub reason: String,
    /// A sentence.
    #[serde(default)]
    pub detail: String,
}

impl Refusal {
    /// The reason of a 409: the gateway does not hold the table that the changes are about, and must be sent all.
    pub const OTHER_BASE: &str = "OtherBase";
    /// The reason of a version that is not understood.
    pub const UNKNOWN_VERSION: &str = "UnknownVersion";
    /// The reason of a message that cannot be read.
    pub const MALFORMED: &str = "Malformed";
    /// The reason of a message that goes over a bound.
    pub const TOO_LARGE: &str = "TooLarge";
}
