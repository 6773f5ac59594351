//! Executions as rows, newest first as they come.

use boathook_plan::execution::{Execution, Phase};
use comfy_table::{Cell, Color, Table, presets};
use jiff::Timestamp;

use super::age::{since, took};
use crate::clean;

/// Digits of a revision that tell it apart from others.
const REVISION: usize = 12;

/// How a table looks.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// With the column of namespaces.
    pub namespaces: bool,
    /// With all columns.
    pub wide: bool,
    /// With colours.
    pub colours: bool,
    /// What ages are counted from.
    pub now: Timestamp,
}

/// The table.
pub fn table<'a>(executions: impl IntoIterator<Item = &'a Execution>, look: Look) -> String {
    let mut table = empty(look.colours);
    let namespace = look.namespaces.then_some("NAMESPACE");
    let more: &[&str] = if look.wide { &["STEP", "MODE", "ANSWER", "TOOK", "REVISION"] } else { &[] };
    let header = ["ID", "WORKFLOW", "PHASE", "REASON", "AGE"].into_iter().chain(more.iter().copied());
    table.set_header(namespace.into_iter().chain(header));
    for execution in executions {
        table.add_row(row(execution, look));
    }
    drawn(&mut table)
}

/// A table without lines, of which nothing is broken over lines.
pub fn empty(colours: bool) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if colours {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    table
}

/// The table as text.
pub fn drawn(table: &mut Table) -> String {
    table.column_iter_mut().for_each(|column| {
        column.set_padding((0, 2));
    });
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

fn row(execution: &Execution, look: Look) -> Vec<Cell> {
    let (spec, status) = (&execution.spec, &execution.status);
    let text = |text: Option<&str>| Cell::new(text.map(clean::line).unwrap_or_default());
    let mut cells = Vec::new();
    if look.namespaces {
        cells.push(text(Some(&execution.metadata.namespace)));
    }
    cells.extend([
        text(Some(&execution.metadata.name)),
        text(Some(&spec.workflow_ref.name)),
        phase(status.phase),
        text(status.reason.as_deref()),
        Cell::new(since(status.accepted_at, look.now)),
    ]);
    if look.wide {
        let time = status.finished_at.zip(status.started_at).map(|(end, start)| took(end.duration_since(start)));
        cells.extend([
            text(status.step.as_deref()),
            text(spec.mode.map(|mode| format!("{mode:?}")).as_deref()),
            text(status.response.map(|response| response.status.to_string()).as_deref()),
            text(time.as_deref()),
            text(spec.revision.as_deref().and_then(|revision| revision.get(..REVISION))),
        ]);
    }
    cells
}

/// A phase in the colour of what it means.
pub fn phase(phase: Phase) -> Cell {
    let cell = Cell::new(phase);
    match colour(phase) {
        Some(colour) => cell.fg(colour),
        None => cell,
    }
}

const fn colour(phase: Phase) -> Option<Color> {
    match phase {
        Phase::Succeeded => Some(Color::Green),
        Phase::Failed | Phase::Rejected => Some(Color::Red),
        Phase::Cancelled => Some(Color::Yellow),
        Phase::Running | Phase::Waiting => Some(Color::Cyan),
        Phase::Queued | Phase::Filtered | Phase::Duplicate => None,
    }
}
