//! What an execution has written so far, held against the bounds of a journal.

use super::entry::{Entry, Fact};
use super::size::size;
use crate::json::Json;
use crate::limits::{JOURNAL_ENTRIES, JOURNAL_SIZE, RESULT_SIZE};
use crate::reason::{StepFailure, StepReason};

/// Entries and bytes. The entries that end a program are always taken: they are as few as blocks run blocks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ledger {
    entries: usize,
    bytes: usize,
}

impl Ledger {
    /// Counts an entry.
    pub(super) fn count(&mut self, entry: &Entry) {
        self.entries = self.entries.saturating_add(1);
        self.bytes = self.bytes.saturating_add(cost(&entry.fact));
    }

    /// Whether certainly nothing more of this step can be written, when what is under way needs `reserved` entries.
    pub(super) fn full(&self, step: &str, reserved: usize) -> Option<StepFailure> {
        let limit = if self.entries.saturating_add(reserved) >= JOURNAL_ENTRIES {
            format!("{JOURNAL_ENTRIES} entries")
        } else if self.bytes >= JOURNAL_SIZE {
            format!("{} MiB", JOURNAL_SIZE >> 20)
        } else {
            return None;
        };
        let message = format!("step `{step}` is not run: the execution has reached {limit}");
        Some(StepFailure::new(StepReason::ResourceExhausted, message))
    }

    /// Whether this result of this step may be written at all.
    pub(super) fn result(step: &str, result: &Json) -> Result<(), StepFailure> {
        size(result, RESULT_SIZE).map(drop).ok_or_else(|| Self::too_large(step))
    }

    /// Why a result of this step is not written.
    pub(super) fn too_large(step: &str) -> StepFailure {
        let message = format!("the result of step `{step}` is larger than {} MiB", RESULT_SIZE >> 20);
        StepFailure::new(StepReason::ResultTooLarge, message)
    }

    /// Whether a step fits that needs this many entries at least.
    pub(super) fn fits(&self, step: &str, entries: usize) -> Result<(), StepFailure> {
        if self.entries.saturating_add(entries) <= JOURNAL_ENTRIES {
            return Ok(());
        }
        let message = format!(
            "step `{step}` is not run: it needs {entries} entries, and an execution has {JOURNAL_ENTRIES}, of which \
             {} are written",
            self.entries
        );
        Err(StepFailure::new(StepReason::ResourceExhausted, message))
    }

    /// Whether this fact of this step still fits. A retry or a wait must leave room for the outcome of the next attempt, and of
    /// what else is under way.
    pub(super) fn admit(&self, step: &str, fact: &Fact, reserved: usize) -> Result<(), StepFailure> {
        let goes_on = matches!(fact, Fact::Retrying { .. } | Fact::Waiting { .. });
        let limit = if self.bytes.saturating_add(cost(fact)) > JOURNAL_SIZE {
            format!("{} MiB", JOURNAL_SIZE >> 20)
        } else if goes_on && self.entries.saturating_add(reserved).saturating_add(1) >= JOURNAL_ENTRIES {
            format!("{JOURNAL_ENTRIES} entries")
        } else {
            return Ok(());
        };
        let message = format!("the execution would exceed {limit} with step `{step}`");
        Err(StepFailure::new(StepReason::ResourceExhausted, message))
    }
}

/// Bytes of what outside data can make large.
fn cost(fact: &Fact) -> usize {
    match fact {
        Fact::Succeeded { result, console, .. } => {
            size(&result.value, JOURNAL_SIZE).unwrap_or(JOURNAL_SIZE).saturating_add(length(console))
        }
        Fact::Retrying { failure, console, .. } | Fact::Failed { failure, console, .. } => {
            failure.message.len().saturating_add(length(console))
        }
        Fact::Stopped { failure, .. } => failure.message.len(),
        Fact::Skipped { missing, .. } => missing.as_ref().map_or(0, String::len),
        Fact::Entered { missing, .. } => length(missing),
        Fact::Ended { message, .. } => message.as_ref().map_or(0, String::len),
        Fact::Spread { .. }
        | Fact::Forked { .. }
        | Fact::Waiting { .. }
        | Fact::Returned { .. }
        | Fact::Completed
        | Fact::Late => 0,
    }
}

fn length(texts: &[String]) -> usize {
    texts.iter().map(String::len).sum()
}
