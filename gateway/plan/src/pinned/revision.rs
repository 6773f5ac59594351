//! Which state of a workflow a route serves: a hash that status, records and acknowledgements show.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::plan::Plan;

/// SHA-256 of the plan in lower-case hexadecimal. Keys are never part of it: a revision must not tell whether two
/// secrets are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Revision(String);

impl Revision {
    /// The revision of a plan. A plan's JSON is the same text for the same plan: its maps are ordered.
    pub fn of(plan: &Plan) -> Self {
        let text = serde_json::to_vec(plan).unwrap_or_default();
        Self(Sha256::digest(&text).iter().fold(String::with_capacity(64), |hex, byte| hex + &format!("{byte:02x}")))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}
