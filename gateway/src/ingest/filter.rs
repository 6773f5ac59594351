//! Stage 12: whether the workflow wants the delivery at all.

use boathook_plan::pinned::{self, Filtered, StageFault};
use boathook_plan::reason::Reason;

use super::read::Understood;
use super::refusal::Refusal;

/// A delivery that the filter lets through.
#[derive(Debug)]
pub(super) struct Wanted(Understood);

impl Wanted {
    pub(super) fn into_inner(self) -> Understood {
        self.0
    }
}

/// Lets through what the filter wants. What it does not want is answered well and starts nothing; what it cannot decide
/// is a fault of the workflow's, and starts nothing either.
pub(super) fn pass(understood: Understood) -> Result<Wanted, Refusal> {
    let pinned = understood.served.route.pinned();
    let filtered = pinned.filtered(&understood.delivery.context, understood.facts);
    match filtered.map_err(|fault| undecided(&fault))? {
        None => Ok(Wanted(understood)),
        Some(Filtered { missing }) => Err(unwanted(&understood, missing)),
    }
}

fn unwanted(understood: &Understood, missing: Option<String>) -> Refusal {
    let Understood { served, delivery, facts, .. } = understood;
    let reply = served.route.pinned().rejected(&delivery.context, *facts, pinned::filtered);
    let refusal = Refusal::told(Reason::Filtered, reply);
    match missing {
        Some(path) => {
            served.counts.missing_paths(1);
            refusal.because(format!("filter: there is nothing at `{path}`"))
        }
        None => refusal,
    }
}

/// An expression of the workflow's that could not be decided.
pub(super) fn undecided(fault: &StageFault) -> Refusal {
    Refusal::of(Reason::FilterFailed).because(fault.to_string())
}
