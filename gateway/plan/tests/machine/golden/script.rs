//! A case's `in.yaml`: what the run starts from, and what its executor reports.

use std::fmt;
use std::path::Path;

use boathook_plan::json::Json;
use boathook_plan::machine::{Alarm, Caller, Cancellation, EventKind, Input, Place, Seed};
use boathook_plan::reason::{StepFailure, StepReason};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use crate::notation::{Spec, milliseconds};

/// When every case starts: midnight, so that times read as offsets.
pub const START: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// The execution of every case.
const ID: uuid::Uuid = uuid::Uuid::from_u128(0x019b_76da_a800_7000_8000_0000_0000_0001);

/// One case.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Case {
    /// The sentences of the workflow language that the case shows.
    #[serde(rename = "shows")]
    _shows: String,
    pub spec: Spec,
    #[serde(default)]
    context: Value,
    #[serde(default)]
    deduplication_key: Option<String>,
    #[serde(default)]
    hops: u32,
    #[serde(default)]
    depth: u32,
    /// Whether it is a replay, which nobody waits for.
    #[serde(default)]
    replay: bool,
    #[serde(default)]
    batch: Option<Value>,
    events: Vec<Line>,
}

/// One line of the script.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Line {
    at: String,
    started: Option<Empty>,
    succeeded: Option<Succeeded>,
    failed: Option<Failed>,
    due: Option<String>,
    pause: Option<Which>,
    cancelled: Option<String>,
    crash: Option<Crash>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Empty {}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    place: String,
    attempt: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Succeeded {
    place: String,
    #[serde(default = "first")]
    attempt: u32,
    result: Value,
    /// Repeats of a text member `padding`, for large results.
    #[serde(default)]
    padding: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Failed {
    place: String,
    #[serde(default = "first")]
    attempt: u32,
    reason: StepReason,
    message: String,
    retryable: Option<bool>,
    retry_after: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Crash {
    /// How many entries were durable; all of them where nothing is said.
    entries: Option<usize>,
}

fn first() -> u32 {
    1
}

/// What one line makes happen.
pub enum Happening {
    Event(EventKind),
    Crash { after: Option<usize> },
}

/// When, and how it is written in `out.yaml`.
pub struct When {
    pub at: Timestamp,
    text: String,
}

impl fmt::Display for When {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl Case {
    pub fn read(yaml: &str, from: &Path) -> Self {
        serde_saphyr::from_str(yaml).unwrap_or_else(|error| panic!("{}: {error}", from.display()))
    }

    pub fn input(&self) -> Input {
        Input {
            execution: ID,
            attempt: 1,
            seed: self.seed(),
            request_id: "req-1".into(),
            received_at: START,
            started_at: START,
            context: self.context.clone().into(),
            batch: self.batch.clone().map(Into::into),
            hops: self.hops,
            caller: self.caller(),
            depth: self.depth,
        }
    }

    fn caller(&self) -> Caller {
        if self.replay {
            Caller::Nobody
        } else if self.depth > 0 {
            Caller::Step
        } else {
            Caller::Sender
        }
    }

    fn seed(&self) -> Seed {
        match &self.deduplication_key {
            Some(key) => Seed::Delivery { workflow: "uid-of-orders".into(), key: key.as_str().into() },
            None => Seed::Execution(ID),
        }
    }

    pub fn events(&self) -> impl Iterator<Item = (When, Happening)> {
        self.events.iter().map(Line::read)
    }
}

impl Line {
    fn read(&self) -> (When, Happening) {
        let at = START + SignedDuration::from_millis(milliseconds(&self.at).cast_signed());
        let (name, happening) = if let Some(crash) = &self.crash {
            ("crash".to_owned(), Happening::Crash { after: crash.entries })
        } else {
            let (name, kind) = self.event().unwrap_or_else(|| panic!("nothing happens at {}", self.at));
            (name, Happening::Event(kind))
        };
        (When { at, text: format!("{} {name}", self.at) }, happening)
    }

    fn event(&self) -> Option<(String, EventKind)> {
        if self.started.is_some() {
            return Some(("started".to_owned(), EventKind::Started));
        }
        if let Some(Succeeded { place, attempt, result, padding }) = self.succeeded.clone() {
            let result = if padding > 0 { Json::text(&"x".repeat(padding)) } else { result.into() };
            let kind =
                EventKind::Attempted { place: Place::step(&place), attempt, outcome: Ok(result), console: Vec::new() };
            return Some((format!("{place} #{attempt} succeeded"), kind));
        }
        if let Some(failed) = self.failed.clone() {
            let mut failure = StepFailure::new(failed.reason, failed.message);
            failure.retryable = failed.retryable.unwrap_or(failure.retryable);
            failure.retry_after_ms = failed.retry_after.as_deref().map(milliseconds);
            let (place, attempt) = (Place::step(&failed.place), failed.attempt);
            let name = format!("{place} #{attempt} failed");
            return Some((name, EventKind::Attempted { place, attempt, outcome: Err(failure), console: Vec::new() }));
        }
        if let Some(Which { place, attempt }) = &self.pause {
            let alarm = Alarm::Pause(Place::step(place), *attempt);
            return Some((format!("pause of {place} #{attempt} over"), EventKind::Due(alarm)));
        }
        if let Some(due) = &self.due {
            return Some((format!("due {due}"), EventKind::Due(alarm(due))));
        }
        let cancelled = self.cancelled.as_deref()?;
        Some((format!("cancelled {cancelled}"), EventKind::Cancelled(cancellation(cancelled))))
    }
}

fn alarm(name: &str) -> Alarm {
    match name {
        "Deadline" => Alarm::Deadline,
        "Timeout" => Alarm::Timeout,
        "FailureTimeout" => Alarm::FailureTimeout,
        "Turn" => Alarm::Turn,
        other => panic!("no alarm {other}"),
    }
}

fn cancellation(name: &str) -> Cancellation {
    match name {
        "Requested" => Cancellation::Requested,
        "ShuttingDown" => Cancellation::ShuttingDown,
        other => panic!("no cancellation {other}"),
    }
}
