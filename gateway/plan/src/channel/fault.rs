//! Why a message of the channel is not taken. No message holds a part of a secret: of what was read, only a plan's own
//! words are told, and those are nobody's secret.

use super::lines::LineFault;
use super::{CHANGES, OLDEST, ROUTE_SIZE, VERSION};
use crate::plan::WorkflowRef;

/// Why a table message is refused as a whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableFault {
    /// Its lines go over a bound.
    #[error(transparent)]
    Lines(#[from] LineFault),
    /// It is of a version that is not understood here.
    #[error("the message is of version {0} of the channel; versions {OLDEST} to {VERSION} are understood here")]
    Version(u32),
    /// Its first line is no header.
    #[error("the first line is not the header of a table (column {column})")]
    Header {
        /// Where reading stopped.
        column: usize,
    },
    /// A line is no change.
    #[error("line {line} is no route and no removal (column {column})")]
    Change {
        /// From 1, the header.
        line: usize,
        /// Where reading stopped.
        column: usize,
    },
    /// Two lines are about one workflow.
    #[error("line {line} is about {0}/{1} once more", .workflow.namespace, .workflow.name)]
    Twice {
        /// From 1, the header.
        line: usize,
        /// The workflow.
        workflow: Box<WorkflowRef>,
    },
    /// A whole table takes something away.
    #[error("line {line} removes a route from a table that is given whole")]
    RemovedFromNothing {
        /// From 1, the header.
        line: usize,
    },
    /// More than anybody needs.
    #[error("more than {CHANGES} changes")]
    TooMany,
    /// Some of it is missing.
    #[error("{found} of {wanted} changes arrived")]
    Incomplete {
        /// Lines after the header.
        found: usize,
        /// What the header says.
        wanted: usize,
    },
}

/// Why a route cannot be unpacked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackedFault {
    /// It is not base64 of a zstd frame, or larger than a route is.
    #[error("the route cannot be unpacked within {ROUTE_SIZE} bytes")]
    Frame,
    /// What is inside is no JSON object with `plan` and `keys`.
    #[error("the route has no plan and keys")]
    Shape,
    /// The plan is not one that this version reads.
    #[error("the plan is of another version of Boathook: {0}")]
    Plan(String),
    /// The keys are not.
    #[error("the keys are of another version of Boathook")]
    Keys,
    /// It is another workflow's.
    #[error("the plan is another workflow's")]
    Workflow,
}
