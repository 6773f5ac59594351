//! What a replay from the failed step keeps of a failed run's journal.

use std::sync::Arc;

use super::entry::{Entry, Fact};
use super::input::Input;
use super::place::Place;
use super::program::Program;
use super::state::{ResumeError, State};

/// The positions of the entries that stay: all before the failure, but those about the attempts of the steps that failed,
/// which are tried anew. A run that goes on with them, under its old seed, repeats no effect that was done. All entries
/// of a run that has not failed stay.
pub fn kept(program: &Arc<Program>, input: &Input, entries: &[Entry]) -> Result<Vec<usize>, ResumeError> {
    let Some(failure) = failure(program, input, entries)? else { return Ok((0..entries.len()).collect()) };
    let (before, rest) = entries.split_at_checked(failure).unwrap_or((entries, &[]));
    let mut again: Vec<Place> = rest.first().and_then(|entry| entry.fact.place()).cloned().into_iter().collect();
    State::resume(program.clone(), input.clone(), before)?.progress.frame.failed(&mut again);
    let stays = |entry: &Entry| match &entry.fact {
        Fact::Failed { place, .. } | Fact::Waiting { place, .. } | Fact::Retrying { place, .. } => {
            !again.contains(place)
        }
        Fact::Skipped { .. }
        | Fact::Entered { .. }
        | Fact::Spread { .. }
        | Fact::Forked { .. }
        | Fact::Returned { .. }
        | Fact::Succeeded { .. }
        | Fact::Ended { .. }
        | Fact::Completed
        | Fact::Stopped { .. } => true,
        // Whoever asks for a replay is not the sender.
        Fact::Late => false,
    };
    Ok(before.iter().enumerate().filter(|(_, entry)| stays(entry)).map(|(index, _)| index).collect())
}

/// The entry that failed the run.
fn failure(program: &Arc<Program>, input: &Input, entries: &[Entry]) -> Result<Option<usize>, ResumeError> {
    let mut state = State::new(program.clone(), input.clone());
    for (index, entry) in entries.iter().enumerate() {
        state.replay(index, entry)?;
        if state.error().is_some() {
            return Ok(Some(index));
        }
    }
    Ok(None)
}
