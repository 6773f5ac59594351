//! `filter`, `deduplication`, `concurrency`, `batch`, `history`, `suspend`: which deliveries start an execution, how these
//! are told apart, queue and are kept.
//!
//! Their expressions see a request that has arrived, and no step.

use boathook_crds::workflow::execution as text;
use boathook_crds::workflow::verification::scheme::Scheme;
use boathook_crds::workflow::{Suspend as SuspendText, WebhookWorkflowSpec};
use boathook_plan::limits::{DEFAULT_QUEUE, DEFAULT_WINDOW};
use boathook_plan::plan::{Batch, BodyKept, Deduplication, Delimiters, History, Overflow, Suspend};
use boathook_plan::verify::preset;

use super::bounds::{BATCH, KEEP, LEAST, WINDOW};
use super::reader::{Place, Reader};
use super::step::millis;
use super::valid::{Executions, ValidConcurrency};
use crate::field::Field;

/// Reads them.
pub(super) fn read(spec: &WebhookWorkflowSpec, at: &Field, reader: &mut Reader) -> Executions {
    reader.enter(Place::Arrival);
    Executions {
        filter: spec.filter.as_ref().map(|filter| reader.expression(&at.at("filter"), filter)),
        deduplication: deduplication(spec, &at.at("deduplication"), reader),
        concurrency: concurrency(spec, &at.at("concurrency"), reader),
        batch: spec.batch.as_ref().map(|batch| read_batch(batch, &at.at("batch"), reader)),
        history: spec.history.as_ref().map_or_else(History::default, |kept| history(kept, &at.at("history"), reader)),
        suspend: match spec.suspend {
            None => Suspend::No,
            Some(SuspendText::Intake) => Suspend::Intake,
            Some(SuspendText::Execution) => Suspend::Execution,
            Some(SuspendText::All) => Suspend::All,
        },
    }
}

/// What the workflow says, else what its preset gives.
fn deduplication(spec: &WebhookWorkflowSpec, at: &Field, reader: &mut Reader) -> Option<Deduplication> {
    let said = spec.deduplication.as_ref();
    if said.is_some_and(|said| said.disabled == Some(true)) {
        return None;
    }
    let window = said.and_then(|said| said.window.as_ref());
    let window_ms = window.map(|window| reader.report.duration(&at.at("window"), window, LEAST, WINDOW));
    let key = said.and_then(|said| said.key.as_ref()).map(|key| reader.template(&at.at("key"), key));
    if key.is_none() && !gives_ids(spec) {
        if window.is_some() {
            let message = "must not be set without `key`: no preset of this workflow gives its deliveries ids";
            reader.report.refuse_once(&at.at("window"), message);
        }
        return None;
    }
    Some(Deduplication {
        explicit: key.is_some() || window_ms.is_some(),
        key: key.unwrap_or_else(|| delivery_id(reader.delimiters).to_owned()),
        window_ms: window_ms.unwrap_or(millis(DEFAULT_WINDOW)),
    })
}

/// The key of a workflow that names none and whose sender gives each delivery an id.
const fn delivery_id(delimiters: Delimiters) -> &'static str {
    match delimiters {
        Delimiters::Braces => "{{ $context.deliveryID }}",
        Delimiters::Parentheses => "$( $context.deliveryID )",
    }
}

/// Whether a preset of the workflow gives each delivery an id.
fn gives_ids(spec: &WebhookWorkflowSpec) -> bool {
    let verification = spec.webhook.as_ref().and_then(|webhook| webhook.verification.as_ref());
    let preset = |scheme: &Scheme| scheme.preset.and_then(|preset| preset::find(preset.as_str()));
    verification.is_some_and(|verification| {
        verification.schemes.iter().filter_map(preset).any(|preset| !preset.delivery_id.is_empty())
    })
}

fn concurrency(spec: &WebhookWorkflowSpec, at: &Field, reader: &mut Reader) -> ValidConcurrency {
    let said = spec.concurrency.as_ref();
    let key = said.and_then(|said| said.key.as_ref()).map(|key| reader.template(&at.at("key"), key));
    let overflow = match said.map(|said| said.overflow) {
        None | Some(text::Overflow::Queue) => Overflow::Queue,
        Some(text::Overflow::Reject) => Overflow::Reject,
        Some(text::Overflow::Supersede) => Overflow::Supersede,
    };
    let number = |wanted: Option<i32>| wanted.and_then(|wanted| u64::try_from(wanted).ok());
    ValidConcurrency {
        max: said.and_then(|said| number(said.max)),
        key,
        queue: said.and_then(|said| number(said.queue)).unwrap_or(DEFAULT_QUEUE),
        overflow,
    }
}

fn read_batch(batch: &text::Batch, at: &Field, reader: &mut Reader) -> Batch {
    Batch {
        max: u32::try_from(batch.max).unwrap_or_default(),
        for_ms: reader.report.duration(&at.at("for"), &batch.for_, LEAST, BATCH),
    }
}

fn history(kept: &text::History, at: &Field, reader: &mut Reader) -> History {
    History {
        keep_ms: reader.report.duration(&at.at("keep"), &kept.keep, LEAST, KEEP),
        keep_failed_ms: reader.report.duration(&at.at("keepFailed"), &kept.keep_failed, LEAST, KEEP),
        body: match kept.body {
            text::HistoryBody::Full => BodyKept::Full,
            text::HistoryBody::Hash => BodyKept::Hash,
            text::HistoryBody::None => BodyKept::None,
        },
        redact: kept.redact.clone(),
    }
}
