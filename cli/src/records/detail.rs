//! One record as a person reads it: what was asked, what became of it, and each step with its attempts.

use boathook_plan::execution::{Execution, Request};
use boathook_plan::json::Json;
use jiff::Timestamp;

use super::age::{since, took};
use super::steps;
use crate::clean;

/// The width of a line's name.
const NAME: usize = 11;

/// Bytes of a value that stand in one line.
const SHORT: usize = 100;

/// The record.
pub fn text(execution: &Execution, now: Timestamp, colours: bool) -> String {
    let mut parts = vec![head(execution, now)];
    parts.extend(execution.spec.request.iter().map(|sent| request("Request:", sent)));
    parts.extend(execution.spec.batch.iter().map(|sent| request("And:", sent)));
    if !execution.status.steps.is_empty() {
        parts.push(steps::text(&execution.status.steps, colours));
    }
    parts.join("\n\n")
}

fn head(execution: &Execution, now: Timestamp) -> String {
    let (spec, status) = (&execution.spec, &execution.status);
    let workflow = format!("{}/{}", execution.metadata.namespace, spec.workflow_ref.name);
    let answer = status.response.map(|response| format!(", answered {}", response.status)).unwrap_or_default();
    let ended = |end: Timestamp| {
        let time = status.started_at.map(|start| format!(", took {}", took(end.duration_since(start))));
        format!("{end}{}", time.unwrap_or_default())
    };
    let called = spec.called_by.as_ref().map(|caller| format!("step {} of {}", caller.step, caller.execution_id));
    let lines = [
        ("ID:", Some(execution.metadata.name.clone())),
        ("Workflow:", Some(workflow)),
        ("Phase:", Some(status.phase.to_string())),
        ("Reason:", status.reason.clone()),
        ("Message:", status.message.clone()),
        ("Step:", status.step.clone()),
        ("Accepted:", Some(format!("{} ({} ago)", status.accepted_at, since(status.accepted_at, now)))),
        ("Started:", status.started_at.map(|at| at.to_string())),
        ("Goes on:", status.due_at.map(|at| at.to_string())),
        ("Finished:", status.finished_at.map(ended)),
        ("Mode:", spec.mode.map(|mode| format!("{mode:?}{answer}"))),
        ("Revision:", spec.revision.clone()),
        ("Retry of:", spec.retry_of.map(|id| id.to_string())),
        ("Replay of:", spec.replay_of.map(|id| id.to_string())),
        ("Repeats:", spec.duplicate_of.map(|id| id.to_string())),
        ("Called by:", called),
    ];
    let lines = lines.into_iter().filter_map(|(name, value)| Some(format!("{name:NAME$}{}", clean::line(&value?))));
    lines.collect::<Vec<_>>().join("\n")
}

fn request(title: &str, sent: &Request) -> String {
    let words = [sent.method.as_deref(), sent.path.as_deref()];
    let words: Vec<_> = words.into_iter().flatten().map(clean::line).collect();
    let mut lines = vec![format!("{title:NAME$}{}", words.join(" ")).trim_end().to_owned()];
    let facts = [("event", &sent.event), ("delivery", &sent.delivery_id)];
    lines.extend(
        facts.into_iter().filter_map(|(name, fact)| Some(format!("  {name}: {}", clean::line(fact.as_ref()?)))),
    );
    if !sent.query.is_null() {
        lines.push(named("query", &sent.query, 2));
    }
    let headers = sent.headers.iter();
    lines.extend(headers.map(|(name, value)| format!("  {}: {}", clean::line(name), clean::line(value))));
    match (&sent.body, &sent.body_sha256) {
        (Json::Null, Some(hash)) => lines.push(format!("  body: not kept or empty, SHA-256 {hash}")),
        (Json::Null, None) => lines.push("  body: not kept".to_owned()),
        (body, _) => lines.push(named("body", body, 2)),
    }
    lines.join("\n")
}

/// A value after its name: in the same line where it is short, below it where it is not.
pub fn named(name: &str, value: &Json, indent: usize) -> String {
    let space = " ".repeat(indent);
    let short = clean::json(&value.to_string());
    if short.len() <= SHORT {
        return format!("{space}{name}: {short}");
    }
    let long = serde_json::to_string_pretty(value).map_or(short, |long| clean::json(&long));
    let lines = long.lines().map(|line| format!("{space}  {line}"));
    format!("{space}{name}:\n{}", lines.collect::<Vec<_>>().join("\n"))
}
