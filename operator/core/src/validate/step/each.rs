//! `forEach` and `parallel`: blocks for each item, and at the same time.

use boathook_crds::workflow::steps::flow::{ForEachStep as EachText, OnItemError as ErrorText, ParallelStep as Text};
use boathook_plan::plan::{ForEachStep, OnItemError, ParallelStep};

use crate::field::Field;
use crate::validate::reader::{Place, Reader, StepPlace};

/// Reads a `forEach`; whether its block is there is judged when all are known.
pub(super) fn read(step: &EachText, place: StepPlace, at: &Field, reader: &mut Reader) -> ForEachStep {
    let items = reader.expression(&at.at("items"), &step.items);
    reader.enter(Place::Collect(place));
    ForEachStep {
        items,
        run: step.run.to_string(),
        as_: step.as_.as_ref().map_or_else(|| "item".to_owned(), ToString::to_string),
        concurrency: step.concurrency.and_then(|wanted| u32::try_from(wanted).ok()).unwrap_or(1),
        on_item_error: match step.on_item_error {
            Some(ErrorText::Fail) | None => OnItemError::Fail,
            Some(ErrorText::Continue) => OnItemError::Continue,
            Some(ErrorText::Stop) => OnItemError::Stop,
        },
        collect: step.collect.as_ref().map(|text| reader.expression(&at.at("collect"), text)),
    }
}

/// Reads a `parallel`.
pub(super) fn parallel(step: &Text) -> ParallelStep {
    ParallelStep { blocks: step.blocks.iter().map(ToString::to_string).collect() }
}
