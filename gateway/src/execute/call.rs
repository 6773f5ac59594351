//! The `call` step: another workflow of the namespace runs as an execution of its own, whose id the caller derives, so that
//! no try starts two.

use std::sync::Arc;
use std::time::Duration;

use boathook_plan::envelope::{Call, Envelope, Source};
use boathook_plan::json::Json;
use boathook_plan::machine::{CallAttempt, EventKind};
use boathook_plan::pinned::StageFacts;
use boathook_plan::reason::{StepFailure, StepReason};
use tokio::time::sleep;

use super::effects::Context;
use crate::kept;
use crate::routes::Served;
use crate::runner::Birth;
use crate::store::{Admission, Phase, Start, StoreError};

/// How long it takes until what could not be read is read again.
const AGAIN: Duration = Duration::from_secs(1);

/// Starts the callee, and waits for its end unless it is detached.
pub(super) async fn perform(context: Context, attempt: CallAttempt) -> EventKind {
    let outcome = call(&context, &attempt).await;
    EventKind::Attempted { place: attempt.place, attempt: attempt.attempt, outcome, console: Vec::new() }
}

async fn call(context: &Context, attempt: &CallAttempt) -> Result<Json, StepFailure> {
    let caller = context.served.route.workflow();
    let served = context.shared.routes.named(&caller.namespace, &attempt.workflow);
    let served = served.ok_or_else(|| failed(attempt, "there is no such workflow"))?;
    let birth = birth(context, attempt, served)?;
    let started = context.shared.accept(birth.new_execution(Start::Queued)).await;
    // The next attempt has an id of its own: what this one started would run beside it.
    match started.map_err(|error| retried(failed(attempt, &error.to_string())))? {
        Admission::QueueFull => Err(retried(failed(attempt, "its queue is full"))),
        Admission::QuotaFull | Admission::StorageFull => {
            Err(retried(failed(attempt, "a quota of the namespace is used up")))
        }
        Admission::Accepted(_) | Admission::Joined { .. } | Admission::Duplicate(_) if attempt.detach => {
            Ok(Json::object([("executionID", Json::from(attempt.execution.to_string()))]))
        }
        Admission::Accepted(_) | Admission::Joined { .. } | Admission::Duplicate(_) => ended(context, attempt).await,
    }
}

fn birth(context: &Context, attempt: &CallAttempt, served: Arc<Served>) -> Result<Birth, StepFailure> {
    let now = context.shared.clock.now();
    let call =
        Call { parent: context.execution, place: attempt.place.clone(), depth: attempt.depth, seed: attempt.seed };
    let envelope = Envelope {
        request_id: attempt.execution.to_string().into(),
        received_at: now,
        origin: context.origin.clone(),
        deduplication_key: None,
        source: Source::Call(call),
    };
    let body = attempt.input.to_string().into();
    let pinned = served.route.pinned();
    let data = pinned.context(&envelope, &body).map_err(|fault| failed(attempt, &fault.to_string()))?;
    let facts = StageFacts { execution: attempt.execution, received_at: now };
    let turn = pinned.concurrency_key(&data, facts).map_err(|fault| failed(attempt, &fault.to_string()))?;
    Ok(Birth {
        id: attempt.execution,
        served,
        envelope: Arc::new(envelope),
        body,
        accepted_at: now,
        turn,
        awaited: !attempt.detach,
    })
}

/// Waits for the callee's end: what it answered, or how it failed. It has been started, so what cannot be read now is read
/// again: to fail would start another one.
async fn ended(context: &Context, attempt: &CallAttempt) -> Result<Json, StepFailure> {
    loop {
        let ending = context.shared.runner.endings.of(attempt.execution);
        match outcome(context, attempt).await {
            Ok(Some(outcome)) => return outcome,
            Ok(None) => ending.come().await,
            Err(StoreError::Damaged(id)) => return Err(failed(attempt, &format!("its execution {id} is damaged"))),
            Err(error) => {
                tracing::warn!(execution_id = %context.execution, error = %error, "looking at what a step called");
                sleep(AGAIN).await;
            }
        }
    }
}

/// `None` until it has ended.
async fn outcome(context: &Context, attempt: &CallAttempt) -> Result<Option<Result<Json, StepFailure>>, StoreError> {
    let store = context.shared.runner.store()?;
    let Some(row) = store.execution(attempt.execution).await? else {
        return Ok(Some(Err(failed(attempt, "its execution is not kept any more"))));
    };
    if !row.phase.is_final() {
        return Ok(None);
    }
    if row.phase != Phase::Succeeded {
        let reason = row.reason.as_deref().unwrap_or("Failed");
        return Ok(Some(Err(failed(attempt, &format!("its execution {} ended: {reason}", row.id)))));
    }
    let answer = store.answer(row.id).await?;
    let value = answer.map_or(Ok(Json::Null), |answer| {
        let reply = kept::reply(&answer).ok_or_else(|| failed(attempt, "its answer is larger than 1 MiB"))?;
        Ok(kept::value(&reply))
    });
    Ok(Some(value))
}

fn failed(attempt: &CallAttempt, what: &str) -> StepFailure {
    StepFailure::new(StepReason::CallFailed, format!("calling workflow `{}`: {what}", attempt.workflow))
}

fn retried(failure: StepFailure) -> StepFailure {
    StepFailure { retryable: true, ..failure }
}
