//! Running an ended execution again, from the start or from where it failed.

use std::collections::BTreeSet;

use boathook_plan::pinned::SeedOf;
use boathook_plan::plan::Mode;

use super::convert::int;
use super::payloads::{self, Spot};
use super::row::{Origin, Row, State};
use super::work::Work;
use super::{journal, keys, row};
use crate::store::command::{Replay, Replayed};
use crate::store::error::StoreError;
use crate::store::new::{JournalEntry, Payload};

/// Applies the command.
pub(super) fn apply(work: &mut Work<'_>, replay: &Replay) -> Result<Replayed, StoreError> {
    if row::seq_of(work.db, replay.id)?.is_some() {
        return Ok(Replayed::Accepted(replay.id));
    }
    let old = match row::by_id(work.db, replay.of)? {
        None => return Ok(Replayed::NotFound),
        Some(Err(_)) => return Ok(Replayed::Damaged),
        Some(Ok(row)) if !row.state.phase.is_final() => return Ok(Replayed::NotFinished),
        Some(Ok(row)) => row,
    };
    // It has ended: how it ended stays as it was told, and what succeeded does not give its key back.
    let Ok(copy) = copy(work, &old, replay)? else { return Ok(Replayed::Damaged) };
    let Some(copy) = copy else { return Ok(Replayed::BodyNotKept) };
    write(work, &old, replay, &copy)
}

/// What is taken over.
struct Copied {
    payloads: Vec<Payload>,
    entries: Vec<JournalEntry>,
}

/// `None` when a body was not kept.
fn copy(work: &Work<'_>, old: &Row, replay: &Replay) -> Result<Result<Option<Copied>, row::Damaged>, StoreError> {
    let kept = match payloads::of(work.db, old)? {
        Ok(kept) => kept,
        Err(damaged) => return Ok(Err(damaged)),
    };
    let entries = match journal::of(work.db, work.sealer, old, 0)? {
        Ok(entries) => entries,
        Err(damaged) => return Ok(Err(damaged)),
    };
    let entries = taken(entries, replay.entries.as_deref().unwrap_or_default());
    let payloads: Option<_> =
        kept.into_iter().map(|kept| kept.body.map(|body| Payload { head: kept.head, body })).collect();
    Ok(Ok(payloads.map(|payloads| Copied { payloads, entries })))
}

/// The entries of some positions, in their order.
fn taken(entries: Vec<JournalEntry>, positions: &[u32]) -> Vec<JournalEntry> {
    let positions: BTreeSet<_> = positions.iter().collect();
    let numbered = (0..).zip(entries);
    numbered.filter(|(number, _)| positions.contains(number)).map(|(_, entry)| entry).collect()
}

fn write(work: &mut Work<'_>, old: &Row, replay: &Replay, copy: &Copied) -> Result<Replayed, StoreError> {
    let plan = if let Some(plan) = &replay.plan {
        work.plan(plan)?
    } else {
        work.use_plan(old.origin.plan, 1)?;
        old.origin.plan
    };
    let mut seq = None;
    for (payload, position) in copy.payloads.iter().zip(0..) {
        let spot = Spot { id: replay.id, execution: seq, position, key: None };
        let written = payloads::insert(work, spot, payload)?;
        seq.get_or_insert(written);
    }
    let Some(seq) = seq else { return Ok(Replayed::BodyNotKept) };
    let mut row = Row::new(seq, origin(old, replay, plan, work.now), state(work, old, copy)?);
    row.insert(work)?;
    journal::append(work, &mut row, &copy.entries)?;
    row.save_entries(work)?;
    Ok(Replayed::Accepted(replay.id))
}

fn origin(old: &Row, replay: &Replay, plan: i64, now: i64) -> Origin {
    let old = &old.origin;
    Origin {
        id: replay.id,
        plan,
        // Nobody waits for its answer.
        mode: Mode::Async,
        accepted_at: now,
        parent: None,
        retry_of: None,
        replay_of: Some(old.id),
        // What was done before the failure is not done again, so its keys must stay the same.
        seed: if replay.entries.is_none() { SeedOf::Replay(replay.id) } else { old.seed },
        replays: old.replays.saturating_add(1),
        ..old.clone()
    }
}

fn state(work: &Work<'_>, old: &Row, copy: &Copied) -> Result<State, StoreError> {
    let mut state = State::queued();
    state.items = u32::try_from(copy.payloads.len()).unwrap_or(u32::MAX);
    state.size = int(copy.payloads.iter().map(Payload::size).sum::<usize>());
    state.blocked = match old.origin.key {
        Some(key) => keys::is_busy(work, old.origin.workflow, key)?,
        None => false,
    };
    Ok(state)
}
