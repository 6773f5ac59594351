//! `steps`, `blocks`, `onFailure`: read step by step. How they fit together is [`super::structure`]'s to judge.

use boathook_crds::workflow::WebhookWorkflowSpec;
use boathook_crds::workflow::step::Step as StepText;
use boathook_plan::plan::{Block, Program, Step};

use super::bounds::{BLOCK_STEPS, BLOCKS, STEPS};
use super::reader::{Reader, StepPlace};
use super::step::{self, Around};
use crate::field::Field;

/// Reads the program. More than the schema admits is refused there and not read here.
pub(super) fn read(spec: &WebhookWorkflowSpec, timeout_ms: u64, at: &Field, reader: &mut Reader) -> Program {
    let retry_field = at.at("retry");
    let mut list = |block, steps: &[StepText], most, at: &Field| -> Vec<Step> {
        let steps = steps.iter().take(most).enumerate();
        let steps = steps.filter_map(|(index, text)| {
            let place = StepPlace { block, index };
            let around = Around { retry: spec.retry.as_ref(), retry_field: &retry_field, place, timeout_ms };
            step::read(text, around, &at.item(index), reader)
        });
        steps.collect()
    };
    let steps = list(None, &spec.steps, STEPS, &at.at("steps"));
    let blocks = spec.blocks.iter().take(BLOCKS).enumerate().map(|(index, block)| {
        let at = at.at("blocks").item(index).at("steps");
        Block { name: block.name.to_string(), steps: list(Some(index), &block.steps, BLOCK_STEPS, &at) }
    });
    Program {
        steps,
        blocks: blocks.collect(),
        on_failure: spec.on_failure.as_ref().map(|failure| failure.run.to_string()),
    }
}
