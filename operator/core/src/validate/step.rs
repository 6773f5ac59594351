//! Steps: what all kinds have in common, and the table of the kinds that are built.
//!
//! Each kind is a file of its own. A step of a kind that is not built, or of none, becomes nothing; the report says so.

mod branch;
mod call;
mod each;
mod end;
mod http;
pub(crate) mod javascript;
mod set;
mod validate;
mod wait;

use boathook_crds::workflow::execution::Retry as RetryText;
use boathook_crds::workflow::step::{OnError as OnErrorText, Step as StepText, StepKind as Kind};
use boathook_plan::limits::DEFAULT_STEP_TIMEOUT;
use boathook_plan::plan::{OnError, Retry, Step, StepKind};

use super::answer;
use super::bounds::{BACKOFF, LEAST, LEAST_BACKOFF, STEP_TIMEOUT};
use super::reader::{Place, Reader, StepPlace};
use crate::field::Field;

/// Attempts of a kind whose failures often pass by themselves, where nobody says otherwise.
const NETWORK_ATTEMPTS: u32 = 3;

/// The pause before the second attempt, what each further one multiplies it by, and where it stops growing.
const BACKOFF_DEFAULT: Retry = Retry { attempts: 1, initial_ms: 1_000, factor: 2, max_ms: 60_000 };

/// What a step takes from the workflow.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around<'a> {
    /// `spec.retry`.
    pub retry: Option<&'a RetryText>,
    /// The field of `spec.retry`.
    pub retry_field: &'a Field,
    /// Where the step is.
    pub place: StepPlace,
    /// The workflow's `timeout`, or its default, in milliseconds.
    pub timeout_ms: u64,
}

/// Reads a step; `None` when it has no kind that is built.
pub(super) fn read(step: &StepText, around: Around<'_>, at: &Field, reader: &mut Reader) -> Option<Step> {
    reader.enter(Place::Step(around.place));
    let if_ = step.if_.as_ref().map(|text| reader.expression(&at.at("if"), text));
    let kinds = step.kinds();
    let kind = kinds.first().and_then(|kind| read_kind(*kind, around, &at.at(kind.name()), reader));
    reader.enter(Place::Until(around.place));
    let until = step.until.as_ref().map(|text| reader.expression(&at.at("until"), text));
    let timeout = step.timeout.as_ref();
    let kind = kind?;
    Some(Step {
        name: step.name.to_string(),
        if_,
        timeout_ms: timeout.map_or(millis(DEFAULT_STEP_TIMEOUT), |timeout| {
            reader.report.duration(&at.at("timeout"), timeout, LEAST, STEP_TIMEOUT)
        }),
        retry: match &step.retry {
            Some(own) => retry(Some(own), &kind, &at.at("retry"), reader),
            None => retry(around.retry, &kind, around.retry_field, reader),
        },
        until,
        on_error: match step.on_error {
            Some(OnErrorText::Fail) | None => OnError::Fail,
            Some(OnErrorText::Continue) => OnError::Continue,
        },
        sensitive: step.sensitive.unwrap_or_default(),
        kind,
    })
}

fn read_kind(kind: Kind<'_>, around: Around<'_>, at: &Field, reader: &mut Reader) -> Option<StepKind> {
    let place = around.place;
    match kind {
        Kind::Http(step) => {
            reader.enter(Place::Request(place));
            Some(StepKind::Http(Box::new(http::read(step, at, reader))))
        }
        Kind::Set(values) => Some(StepKind::Set(set::read(values, at, reader))),
        Kind::Validate(step) => Some(StepKind::Validate(validate::read(step, at, reader))),
        Kind::Branch(step) => Some(StepKind::Branch(branch::read(step, at, reader))),
        Kind::Respond(step) => Some(StepKind::Respond(answer::read(&step.into(), at, reader))),
        Kind::End(step) => Some(StepKind::End(end::read(step, at, reader))),
        Kind::ForEach(step) => Some(StepKind::ForEach(each::read(step, place, at, reader))),
        Kind::Parallel(step) => Some(StepKind::Parallel(each::parallel(step))),
        Kind::Wait(step) => wait::read(step, around.timeout_ms, at, reader).map(StepKind::Wait),
        Kind::Call(step) => Some(StepKind::Call(call::read(step, at, reader))),
        Kind::JavaScript(step) => Some(StepKind::JavaScript(javascript::read(step, at, reader))),
        Kind::Record(_) | Kind::Kubernetes(_) | Kind::Email(_) | Kind::Message(_) => None,
    }
}

/// Attempts and pauses: what is not said has its default, which for attempts depends on the kind.
fn retry(text: Option<&RetryText>, kind: &StepKind, at: &Field, reader: &mut Reader) -> Retry {
    let backoff = text.and_then(|text| text.backoff.as_ref());
    let attempts = text.and_then(|text| text.attempts).and_then(|attempts| u32::try_from(attempts).ok());
    let factor = backoff.and_then(|backoff| backoff.factor).and_then(|factor| u32::try_from(factor).ok());
    let mut pause = |name: &str, text: Option<&boathook_crds::Duration>, default: u64| {
        text.map_or(default, |text| reader.report.duration(&at.at("backoff").at(name), text, LEAST_BACKOFF, BACKOFF))
    };
    let initial = backoff.and_then(|backoff| backoff.initial.as_ref());
    let max = backoff.and_then(|backoff| backoff.max.as_ref());
    let initial_ms = pause("initial", initial, BACKOFF_DEFAULT.initial_ms);
    let max_ms = pause("max", max, BACKOFF_DEFAULT.max_ms.max(initial_ms));
    if initial_ms > max_ms {
        reader.report.refuse_once(&at.at("backoff.max"), "must be at least `initial`");
    }
    Retry {
        attempts: attempts.unwrap_or(default_attempts(kind)),
        initial_ms,
        factor: factor.unwrap_or(BACKOFF_DEFAULT.factor),
        max_ms,
    }
}

const fn default_attempts(kind: &StepKind) -> u32 {
    match kind {
        StepKind::Http(_) => NETWORK_ATTEMPTS,
        StepKind::Set(_)
        | StepKind::Validate(_)
        | StepKind::Branch(_)
        | StepKind::ForEach(_)
        | StepKind::Parallel(_)
        | StepKind::Wait(_)
        | StepKind::Call(_)
        | StepKind::JavaScript(_)
        | StepKind::Respond(_)
        | StepKind::End(_) => BACKOFF_DEFAULT.attempts,
    }
}

/// A constant of the plan's in the plan's unit.
pub(super) fn millis(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
