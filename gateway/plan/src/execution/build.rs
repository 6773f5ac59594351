//! Makes a record of what is kept of an execution.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use uuid::Uuid;

use super::inputs::Inputs;
use super::redact::{Hidden, Redaction};
use super::request::{self, Opened};
use super::shown::{shown, text};
use super::spec::{Caller, Spec, WorkflowName};
use super::status::{Attempt, Phase, Response, Status, Step, step_phase};
use super::{API_VERSION, Execution, KIND, Metadata};
use crate::envelope::Envelope;
use crate::json::Json;
use crate::machine::{AttemptTrace, Caller as Told, Input, Seed, State, StepTrace};
use crate::pinned::Pinned;
use crate::plan::{Mode, WorkflowRef};

/// What is known of an execution without its payload and journal.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub workflow: Arc<WorkflowRef>,
    /// What it is pinned to; none of a request that started nothing.
    pub revision: Option<String>,
    /// Whether a sender waited.
    pub mode: Option<Mode>,
    /// Where it stands.
    pub phase: Phase,
    /// The execution of the same delivery that failed before.
    pub retry_of: Option<Uuid>,
    /// The execution that this one replays.
    pub replay_of: Option<Uuid>,
    /// The execution that the request repeats.
    pub duplicate_of: Option<Uuid>,
    /// The step that called it.
    pub called_by: Option<Caller>,
    /// When its request was received.
    pub accepted_at: Timestamp,
    /// When its first step began.
    pub started_at: Option<Timestamp>,
    /// While Waiting: when it goes on.
    pub due_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Why it did not succeed.
    pub reason: Option<String>,
    /// The step that it ended at.
    pub step: Option<String>,
    /// For people.
    pub message: Option<String>,
    /// The status of its answer.
    pub status: Option<u16>,
}

/// A request as it is kept.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Its head.
    pub envelope: Envelope,
    /// Its raw body; `None` where it is not kept.
    pub body: Option<Bytes>,
    /// SHA-256 of the body, where that alone is kept.
    pub body_sha256: Option<[u8; 32]>,
}

/// What a record is made of. What is missing is missing in the record.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// The row.
    pub facts: &'a Facts,
    /// What it is pinned to; of a request that started nothing, the workflow's live revision.
    pub pinned: Option<&'a Pinned>,
    /// What started it, in order.
    pub deliveries: &'a [Delivery],
    /// The run as its journal left it.
    pub state: Option<&'a State>,
}

impl Execution {
    /// The record without request, message and steps: a row of a list. A message may hold what only the request tells to be
    /// hidden.
    pub fn summary(facts: &Facts) -> Self {
        Self {
            api_version: API_VERSION.to_owned(),
            kind: KIND.to_owned(),
            metadata: Metadata {
                name: facts.id.hyphenated().to_string(),
                namespace: facts.workflow.namespace.clone(),
                creation_timestamp: facts.accepted_at,
            },
            spec: spec(facts),
            status: status(facts),
        }
    }

    /// The whole record.
    pub fn of(record: &Record<'_>) -> Self {
        let redaction = redaction(record);
        let mut hidden = Hidden::default();
        let mut opened = record.deliveries.iter().map(|delivery| request::open(delivery, &redaction, &mut hidden));
        let first = opened.next();
        let batch = opened.map(|opened| opened.request).collect();
        if record.deliveries.iter().any(|one| one.body.is_none()) && record.state.is_some() && redaction.hides_data() {
            hidden.hide_all();
        }
        let mut execution = Self::summary(record.facts);
        execution.status.message = record.facts.message.as_deref().map(|message| text(message, &hidden));
        execution.status.steps = steps(record, &redaction, first.as_ref(), &hidden);
        execution.spec.batch = batch;
        execution.spec.request = first.map(|opened| opened.request);
        execution
    }
}

/// What a run is resumed from to see what happened in it. Its keys and its attempt are not those of the run.
pub fn input(facts: &Facts, deliveries: &[Delivery], pinned: &Pinned) -> Input {
    let first = deliveries.first();
    let context = first.and_then(|first| pinned.context(&first.envelope, first.body.as_ref()?).ok());
    let items = deliveries.iter().map(|one| pinned.item(&one.envelope, one.body.as_ref()?).ok());
    let batch = pinned.plan().batch.and_then(|_| items.collect::<Option<Vec<_>>>()).map(Json::list);
    let started_at = facts.started_at.unwrap_or(facts.accepted_at);
    Input {
        execution: facts.id,
        attempt: 1,
        seed: Seed::Execution(facts.id),
        request_id: first.map_or_else(|| "".into(), |first| Arc::clone(&first.envelope.request_id)),
        received_at: first.map_or(facts.accepted_at, |first| first.envelope.received_at),
        started_at,
        context: if batch.is_some() { Json::object([]) } else { context.unwrap_or_default() },
        batch,
        hops: 0,
        caller: told(facts),
        depth: first.and_then(|first| first.envelope.call()).map_or(0, |call| call.depth),
    }
}

/// As a run is told: a replay is nobody's.
const fn told(facts: &Facts) -> Told {
    match (facts.replay_of, &facts.called_by) {
        (Some(_), _) => Told::Nobody,
        (None, Some(_)) => Told::Step,
        (None, None) => Told::Sender,
    }
}

/// What the workflow hides; all where that cannot be told.
fn redaction(record: &Record<'_>) -> Redaction {
    let Some(pinned) = record.pinned else { return Redaction::everything() };
    Redaction::parse(&pinned.plan().history.redact).unwrap_or_else(|_| Redaction::everything())
}

fn spec(facts: &Facts) -> Spec {
    Spec {
        workflow_ref: WorkflowName { name: facts.workflow.name.clone(), uid: facts.workflow.uid.clone() },
        revision: facts.revision.clone(),
        mode: facts.mode,
        retry_of: facts.retry_of,
        replay_of: facts.replay_of,
        duplicate_of: facts.duplicate_of,
        called_by: facts.called_by.clone(),
        request: None,
        batch: Vec::new(),
    }
}

fn status(facts: &Facts) -> Status {
    Status {
        phase: facts.phase,
        reason: facts.reason.clone(),
        message: None,
        step: facts.step.clone(),
        accepted_at: facts.accepted_at,
        started_at: facts.started_at,
        due_at: facts.due_at,
        finished_at: facts.finished_at,
        dead_letter: facts.phase == Phase::Failed,
        response: facts.status.map(|status| Response { status }),
        steps: Vec::new(),
    }
}

fn steps(record: &Record<'_>, redaction: &Redaction, first: Option<&Opened>, hidden: &Hidden) -> Vec<Step> {
    let (Some(state), Some(pinned)) = (record.state, record.pinned) else { return Vec::new() };
    let trace = state.trace();
    let none = Json::object([]);
    let is_batch = pinned.plan().batch.is_some();
    let known = record.deliveries.iter().all(|one| one.body.is_some());
    let context = if is_batch { Some(&none) } else { first.map(|opened| &opened.context).filter(|_| known) };
    let mut inputs = Inputs::new(record.facts, pinned.plan(), redaction, context);
    let steps =
        trace.steps().iter().map(|trace| Step { input: shown(inputs.of(trace), hidden), ..step(trace, hidden) });
    steps.collect()
}

fn step(trace: &StepTrace, hidden: &Hidden) -> Step {
    let missing = || (!trace.missing.is_empty()).then(|| format!("not there: {}", trace.missing.join(", ")));
    Step {
        name: trace.place.name().to_owned(),
        place: trace.place.to_string(),
        block: trace.block.as_deref().map(str::to_owned),
        index: trace.index,
        kind: trace.kind.to_owned(),
        phase: step_phase(trace.phase).to_owned(),
        started_at: began(trace.began, trace.ended),
        finished_at: trace.ended,
        attempts: trace.attempts.iter().map(|attempt| attempted(attempt, hidden)).collect(),
        message: trace.message.as_deref().map(|message| text(message, hidden)).or_else(missing),
        input: Json::Null,
        result: trace.result.clone().map(|result| shown(result, hidden)),
    }
}

/// What a replay has taken over ended before the replay began; when it began is not in the replay's journal.
fn began(began: Timestamp, ended: Option<Timestamp>) -> Timestamp {
    ended.map_or(began, |ended| began.min(ended))
}

fn attempted(trace: &AttemptTrace, hidden: &Hidden) -> Attempt {
    let failure = trace.failure.as_ref();
    Attempt {
        attempt: trace.attempt,
        started_at: began(trace.began, trace.ended),
        finished_at: trace.ended,
        reason: failure.map(|failure| failure.reason.as_str().to_owned()),
        message: failure.map(|failure| text(&failure.message, hidden)),
        console: trace.console.iter().map(|line| text(line, hidden)).collect(),
    }
}
