//! The steps of a record: a table of all, then each one that has something to tell.

use boathook_plan::execution::{Attempt, Step};
use boathook_plan::json::Json;
use comfy_table::{Cell, Color};

use super::age::took;
use super::detail::named;
use super::table::{drawn, empty};
use crate::clean;

/// The table and what the steps tell.
pub fn text(steps: &[Step], colours: bool) -> String {
    let mut table = empty(colours);
    table.set_header(["STEP", "KIND", "PHASE", "ATTEMPTS", "TOOK"]);
    for step in steps {
        let time = step.finished_at.map(|end| took(end.duration_since(step.started_at)));
        table.add_row([
            Cell::new(clean::line(&step.place)),
            Cell::new(clean::line(&step.kind)),
            phase(&step.phase),
            Cell::new(step.attempts.last().map(|last| last.attempt.to_string()).unwrap_or_default()),
            Cell::new(time.unwrap_or_default()),
        ]);
    }
    let told = steps.iter().filter_map(told);
    std::iter::once(drawn(&mut table)).chain(told).collect::<Vec<_>>().join("\n\n")
}

fn phase(phase: &str) -> Cell {
    let cell = Cell::new(clean::line(phase));
    match phase {
        "Succeeded" => cell.fg(Color::Green),
        "Failed" => cell.fg(Color::Red),
        "Running" | "Waiting" => cell.fg(Color::Cyan),
        _ => cell,
    }
}

fn told(step: &Step) -> Option<String> {
    let mut lines = Vec::new();
    if step.input != Json::Null {
        lines.push(named("input", &step.input, 2));
    }
    for attempt in &step.attempts {
        lines.extend(attempt.console.iter().map(|line| format!("  console: {}", clean::line(line))));
        lines.extend(attempt.reason.is_some().then(|| self::attempt(attempt)));
    }
    lines.extend(step.message.as_deref().map(|message| format!("  message: {}", clean::line(message))));
    lines.extend(step.result.as_ref().map(|result| named("result", result, 2)));
    (!lines.is_empty()).then(|| format!("{}\n{}", clean::line(&step.place), lines.join("\n")))
}

fn attempt(attempt: &Attempt) -> String {
    let time = attempt.finished_at.map(|end| took(end.duration_since(attempt.started_at)));
    let after = time.map(|time| format!(" after {time}")).unwrap_or_default();
    let why = [attempt.reason.as_deref(), attempt.message.as_deref()];
    let why: Vec<_> = why.into_iter().flatten().map(clean::line).collect();
    format!("  attempt {} failed{after}: {}", attempt.attempt, why.join(": "))
}
