//! Which conditions took another status: an Event each.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;

/// A condition that flipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flip {
    /// Whether it is a warning: something became worse.
    pub is_warning: bool,
    /// The new reason.
    pub reason: String,
    /// `Programmed is False: …`.
    pub note: String,
}

/// Conditions that are always there: others only repeat them.
const TOLD: [&str; 6] = ["Accepted", "ResolvedRefs", "Programmed", "StorageReady", "SandboxReady", "Ready"];

/// Every flip between two lists. What is said for the first time is told only where it is False.
pub fn flips(before: &[Condition], now: &[Condition]) -> Vec<Flip> {
    let flipped = now.iter().filter(|condition| TOLD.contains(&&*condition.type_)).filter(|condition| {
        let before = before.iter().find(|before| before.type_ == condition.type_);
        let is_new = before.is_none_or(|before| before.status == "Unknown");
        before.is_none_or(|before| before.status != condition.status)
            && (condition.status == "True" || condition.status == "False")
            && (!is_new || condition.status == "False" || condition.type_ == "Ready")
    });
    flipped.map(flip).collect()
}

fn flip(condition: &Condition) -> Flip {
    let Condition { type_, status, reason, message, .. } = condition;
    let note =
        if message.is_empty() { format!("{type_} is {status}") } else { format!("{type_} is {status}: {message}") };
    // `Reason` of an Event may not be longer than a note of one kilobyte leaves readable.
    let note = note.chars().take(1_000).collect();
    Flip { is_warning: status == "False" && reason != "Pending", reason: reason.clone(), note }
}
