//! A list of conditions in the making. A condition that was said before keeps its time until its status flips.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};

use crate::outcome::{Status, Verdict};

/// Conditions of one resource.
#[derive(Debug)]
pub(super) struct Conditions<'a> {
    before: &'a [Condition],
    generation: i64,
    now: Timestamp,
    said: Vec<Condition>,
}

impl Status {
    /// As `metav1.Condition` writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        }
    }
}

impl<'a> Conditions<'a> {
    pub fn new(before: &'a [Condition], generation: i64, now: Timestamp) -> Self {
        Self { before, generation, now, said: Vec::new() }
    }

    /// Says one.
    pub fn say(&mut self, kind: &str, verdict: &Verdict) {
        let status = verdict.status.as_str();
        let same = self.before.iter().find(|before| before.type_ == kind && before.status == status);
        self.said.push(Condition {
            type_: kind.to_owned(),
            status: status.to_owned(),
            observed_generation: Some(self.generation),
            last_transition_time: same.map_or(Time(self.now), |same| same.last_transition_time.clone()),
            reason: verdict.reason.to_owned(),
            message: verdict.message.clone(),
        });
    }

    /// Says one that is there only while it is true.
    pub fn say_while(&mut self, kind: &str, holds: bool, (reason, message): (&'static str, &str)) {
        if holds {
            self.say(kind, &Verdict { status: Status::True, reason, message: message.to_owned() });
        }
    }

    pub fn into_list(self) -> Vec<Condition> {
        self.said
    }
}
