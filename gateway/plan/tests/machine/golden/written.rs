//! Effects and traces as single lines of YAML: a difference is a line.

use boathook_plan::json::Json;
use boathook_plan::machine::{Abandoned, Alarm, AttemptTrace, Effect, Entry, Fact, Outcome, StepTrace, Tried};
use boathook_plan::reason::StepFailure;
use boathook_plan::reply::Reply;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::script::START;

/// How much of a long value is shown.
const SHOWN: usize = 400;

/// A text as YAML, cut where it is long.
pub fn text(text: &str) -> String {
    Value::from(cut(text)).to_string()
}

/// One effect.
pub fn effect(effect: &Effect) -> String {
    match effect {
        Effect::Journal(entry) => journal(entry),
        Effect::Attempt(attempt) => line(json!({
            "attempt": attempt.place,
            "number": attempt.attempt,
            "timeout": format!("{}ms", attempt.timeout.as_millis()),
            "idempotencyKey": attempt.idempotency_key.to_string(),
            "now": offset(attempt.scope.now()),
            "steps": attempt.scope.get("$steps").map(shown),
            "error": attempt.scope.get("$error").map(shown),
            "item": attempt.scope.get("$item").map(shown),
            "index": attempt.scope.get("$index").map(shown),
            "batch": attempt.scope.get("$batch").map(shown),
        })),
        Effect::Call(call) => line(json!({
            "call": call.place,
            "number": call.attempt,
            "workflow": call.workflow,
            "input": shown(&call.input),
            "execution": call.execution.to_string(),
            "seed": call.seed.to_string(),
            "depth": call.depth,
            "detach": call.detach.then_some(true),
        })),
        Effect::Abandon(place) => line(json!({ "abandon": place })),
        Effect::Alarm(alarm, after) => {
            line(json!({ "alarm": alarm_name(alarm), "after": format!("{}ms", after.as_millis()) }))
        }
        Effect::Respond(reply) => line(respond(reply)),
        Effect::Finish(outcome) => line(json!({ "finish": finish(outcome) })),
    }
}

/// One step of a trace.
pub fn step(step: &StepTrace) -> String {
    let attempts: Vec<_> = step.attempts.iter().map(attempt).collect();
    line(json!({
        "step": step.place,
        "kind": step.kind,
        "phase": step.phase,
        "began": offset(step.began),
        "ended": step.ended.map(offset),
        "tries": (step.tries > 1).then_some(step.tries),
        "attempts": attempts,
        "block": step.block,
        "index": step.index,
        "ran": step.ran,
        "missing": step.missing,
        "result": step.result.as_ref().map(shown),
        "message": step.message,
    }))
}

fn attempt(attempt: &AttemptTrace) -> Value {
    let ended = attempt.ended.map_or("…".to_owned(), offset);
    let times = format!("#{} {} to {ended}", attempt.attempt, offset(attempt.began));
    match &attempt.failure {
        Some(failure) => Value::from(format!("{times}: {}", failed(failure))),
        None => Value::from(times),
    }
}

fn journal(entry: &Entry) -> String {
    let at = offset(entry.at);
    line(match &entry.fact {
        Fact::Skipped { place, missing } => {
            json!({ "journal": "Skipped", "at": at, "place": place, "missing": missing })
        }
        Fact::Entered { place, block, missing } => {
            json!({ "journal": "Entered", "at": at, "place": place, "block": block, "missing": missing })
        }
        Fact::Waiting { place, tried: by, until } => {
            json!({ "journal": "Waiting", "at": at, "place": place, "tried": tried(*by), "until": offset(*until) })
        }
        Fact::Spread { place, items, lanes } => {
            json!({ "journal": "Spread", "at": at, "place": place, "items": items, "lanes": lanes })
        }
        Fact::Forked { place } => json!({ "journal": "Forked", "at": at, "place": place }),
        Fact::Late => json!({ "journal": "Late", "at": at }),
        Fact::Returned { place } => json!({ "journal": "Returned", "at": at, "place": place }),
        Fact::Retrying { place, tried: by, failure, pause_ms, console: _ } => {
            let pause = format!("{pause_ms}ms");
            json!({ "journal": "Retrying", "at": at, "place": place, "tried": tried(*by), "failure": failed(failure), "pause": pause })
        }
        Fact::Succeeded { place, tried: by, result, console: _ } => {
            let sensitive = result.sensitive.then_some(true);
            json!({ "journal": "Succeeded", "at": at, "place": place, "tried": tried(*by), "result": shown(&result.value), "sensitive": sensitive })
        }
        Fact::Failed { place, tried: by, failure, abandoned, console: _ } => {
            let lost: Vec<_> = abandoned.iter().map(lost).collect();
            json!({ "journal": "Failed", "at": at, "place": place, "tried": tried(*by), "failure": failed(failure), "abandoned": lost })
        }
        Fact::Ended { place, outcome, message, abandoned } => {
            let lost: Vec<_> = abandoned.iter().map(lost).collect();
            json!({ "journal": "Ended", "at": at, "place": place, "outcome": outcome, "message": message, "abandoned": lost })
        }
        Fact::Completed => json!({ "journal": "Completed", "at": at }),
        Fact::Stopped { step, failure, abandoned } => {
            let lost: Vec<_> = abandoned.iter().map(lost).collect();
            json!({ "journal": "Stopped", "at": at, "step": step, "failure": failed(failure), "abandoned": lost })
        }
    })
}

fn lost(abandoned: &Abandoned) -> String {
    format!("{} {}", abandoned.place, tried(abandoned.tried))
}

fn tried(tried: Tried) -> String {
    format!("#{} at {}", tried.attempt, offset(tried.began))
}

fn failed(failure: &StepFailure) -> String {
    cut(&format!("{}: {}", failure.reason.as_str(), failure.message))
}

fn finish(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Succeeded { message } => {
            message.as_ref().map_or(json!("Succeeded"), |text| json!({ "Succeeded": text }))
        }
        Outcome::Failed(error) => json!({ "Failed": failed(&error.failure), "step": error.step }),
        Outcome::Cancelled(error) => json!({ "Cancelled": failed(&error.failure), "step": error.step }),
    }
}

fn respond(reply: &Reply) -> Value {
    let headers: Map<_, _> = reply
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), Value::from(String::from_utf8_lossy(value.as_bytes()).into_owned())))
        .collect();
    json!({ "respond": reply.status.as_u16(), "headers": headers, "body": cut(&String::from_utf8_lossy(&reply.body)) })
}

fn alarm_name(alarm: &Alarm) -> String {
    match alarm {
        Alarm::Deadline => "Deadline".to_owned(),
        Alarm::Timeout => "Timeout".to_owned(),
        Alarm::FailureTimeout => "FailureTimeout".to_owned(),
        Alarm::Pause(place, attempt) => format!("pause of {place} #{attempt}"),
        Alarm::Turn => "Turn".to_owned(),
    }
}

fn offset(at: Timestamp) -> String {
    format!("{}ms", at.duration_since(START).as_millis())
}

fn shown(value: &Json) -> Value {
    let text = value.to_string();
    // A null of the workflow's is not the absence of a member.
    if value.is_null() {
        return Value::from("(null)");
    }
    if text.len() > SHOWN { Value::from(cut(&text)) } else { serde_json::from_str(&text).unwrap() }
}

fn cut(text: &str) -> String {
    if text.len() <= SHOWN {
        return text.to_owned();
    }
    format!("{}… ({} bytes)", &text[..text.floor_char_boundary(40)], text.len())
}

/// A mapping on one line, without what is not there.
fn line(value: Value) -> String {
    let Value::Object(members) = value else { return value.to_string() };
    let there = members.into_iter().filter(|(_, value)| !value.is_null() && *value != json!([]));
    let written: Vec<_> = there.map(|(name, value)| format!("{name}: {value}")).collect();
    format!("{{{}}}", written.join(", "))
}
