//! What compiling says of one resource: its conditions, its URL, and which of its generations serves.
//!
//! Data for status, the command line and Events; decides only how violations add up to a condition.

use serde::Serialize;

use crate::condition::Condition;
use crate::violation::Violation;

/// What compiling says of a workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkflowOutcome {
    /// `metadata.generation` that this is about.
    pub generation: i64,
    /// Everything that is wrong, in the order in which it was found.
    pub violations: Vec<Violation>,
    /// Whether its scripts have not been compiled yet: until then it is neither accepted nor refused.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub pending: bool,
    /// Whether its references were looked up: only those of a valid spec at a gateway that admits it are.
    pub resolved: bool,
    /// Where senders send to, with the path's own parameters in it; of what serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The generation that has a route; an older one while the newest is not accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serving: Option<i64>,
}

/// What compiling says of a gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GatewayOutcome {
    /// `metadata.generation` that this is about.
    pub generation: i64,
    /// Everything that is wrong, in the order in which it was found.
    pub violations: Vec<Violation>,
    /// How many workflows name it and are accepted.
    pub attached: usize,
}

/// A condition's value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// True, False or Unknown.
    pub status: Status,
    /// One of the closed enum, or the condition's own name while it is True.
    pub reason: &'static str,
    /// Stable text for one situation.
    pub message: String,
}

/// A condition's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Status {
    /// It holds.
    True,
    /// It does not.
    False,
    /// It cannot be told yet.
    Unknown,
}

impl WorkflowOutcome {
    /// Nothing is known yet.
    pub(crate) fn of(generation: i64) -> Self {
        Self { generation, violations: Vec::new(), pending: false, resolved: false, url: None, serving: None }
    }

    /// Whether the newest spec is accepted.
    pub fn accepted(&self) -> bool {
        !self.pending && !violated(&self.violations, Condition::Accepted)
    }

    /// The value of a condition.
    pub fn verdict(&self, condition: Condition) -> Verdict {
        if condition == Condition::Accepted && self.pending {
            let message = "its scripts are being compiled".to_owned();
            return Verdict { status: Status::Unknown, reason: "Pending", message };
        }
        if condition == Condition::ResolvedRefs && !self.resolved {
            let message = "references are looked up once the spec is valid and a gateway admits it".to_owned();
            return Verdict { status: Status::Unknown, reason: "Pending", message };
        }
        verdict(&self.violations, condition)
    }
}

impl GatewayOutcome {
    /// Whether the newest spec is accepted.
    pub fn accepted(&self) -> bool {
        !violated(&self.violations, Condition::Accepted)
    }

    /// The value of `Accepted`.
    pub fn verdict(&self) -> Verdict {
        verdict(&self.violations, Condition::Accepted)
    }
}

fn violated(violations: &[Violation], condition: Condition) -> bool {
    violations.iter().any(|violation| violation.condition == condition)
}

/// The first violation decides the reason; the message counts the others.
fn verdict(violations: &[Violation], condition: Condition) -> Verdict {
    let mut of_condition = violations.iter().filter(|violation| violation.condition == condition);
    let Some(first) = of_condition.next() else {
        return Verdict { status: Status::True, reason: condition.as_str(), message: String::new() };
    };
    let message = match of_condition.count() {
        0 => first.to_string(),
        more => format!("{first} (and {more} more; `boathook validate` lists all)"),
    };
    Verdict { status: Status::False, reason: first.reason.as_str(), message }
}
