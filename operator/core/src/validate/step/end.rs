//! `end`: ends the run.

use boathook_crds::workflow::steps::answer::{EndOutcome as Outcome, EndStep as Text};
use boathook_plan::plan::{EndOutcome, EndStep};

use crate::field::Field;
use crate::validate::reader::Reader;

/// Reads it.
pub(super) fn read(step: &Text, at: &Field, reader: &mut Reader) -> EndStep {
    EndStep {
        outcome: match step.outcome {
            Some(Outcome::Succeeded) | None => EndOutcome::Succeeded,
            Some(Outcome::Failed) => EndOutcome::Failed,
        },
        message: step.message.as_ref().map(|text| reader.template(&at.at("message"), text)),
    }
}
