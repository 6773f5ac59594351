//! Taking executions to run them: those whose owner is gone, those that go on, then the oldest that have not begun.

use rusqlite::{OptionalExtension, params};

use super::convert::{count, int, micros, time};
use super::crashes;
use super::row::{self, Damaged, NEVER, Row};
use super::settle::settle;
use super::work::Work;
use super::{aside, journal, payloads};
use crate::store::claim::{Claim, Claimed, Claims};
use crate::store::ending::{Ending, Phase, Settled};
use crate::store::error::StoreError;
use crate::store::lease::{Fence, Lease};
use crate::store::new::Payload;
use uuid::Uuid;

/// Bytes of payloads and journals past which a claim takes no more: several claims wait for memory at once.
const CLAIM_SIZE: usize = 2 << 20;

/// Due executions of a phase, oldest first; `due_at` of a running one is the end of its lease. `phase < 3` lets the index be
/// used.
const DUE: &str = "SELECT seq FROM executions INDEXED BY executions_pending WHERE workflow = ?1 AND phase = ?2 \
     AND blocked = 0 AND due_at <= ?3 AND phase < 3 AND (phase <> 1 OR owner IS NOT ?5) AND crashes < ?6 \
     ORDER BY due_at, seq LIMIT ?4";

/// Whether a suspect runs, of any workflow; one whose owner is gone does not. The number is that of the index.
const SUSPECT_RUNS: &str = "SELECT EXISTS (SELECT 1 FROM executions INDEXED BY executions_suspect WHERE phase = 1 \
     AND crashes >= 3 AND due_at > 0 AND (due_at > ?1 OR owner IS ?2))";

/// Whether a suspect waits for its turn.
const SUSPECT_WAITS: &str = "SELECT EXISTS (SELECT 1 FROM executions INDEXED BY executions_pending WHERE workflow = ?1 \
     AND phase = 2 AND blocked = 0 AND due_at <= ?2 AND phase < 3 AND crashes >= ?3)";

const NEXT: &str = "SELECT due_at FROM executions INDEXED BY executions_pending WHERE workflow = ?1 AND phase = ?2 \
     AND blocked = 0 AND due_at > ?3 AND phase < 3 AND (phase <> 1 OR owner IS NOT ?4) ORDER BY due_at LIMIT 1";

/// Applies the command.
pub(super) fn apply(work: &mut Work<'_>, claim: &Claim) -> Result<Claims, StoreError> {
    let Some(workflow) = work.workflow_of(&claim.workflow)? else { return Ok(Claims::default()) };
    let (claims, left) = (Claims::default(), int(claim.limit));
    let owner = claim.lease.owner.into_bytes();
    let apart = work.db.prepare_cached(SUSPECT_RUNS)?.query_row(params![work.now, owner], |columns| columns.get(0))?;
    let mut basket = Basket { workflow, claims, lease: claim.lease, left, size: 0, alone: false, apart };
    for phase in [1, 2] {
        basket.fill(work, phase, i64::MAX)?;
    }
    let free = int(claim.max).saturating_sub(work.load(workflow)?.active).max(0);
    basket.fill(work, 0, free)?;
    let mut claims = basket.claims;
    claims.next = next(work, workflow, claim.lease.owner)?;
    if apart
        && work
            .db
            .prepare_cached(SUSPECT_WAITS)?
            .query_row(params![workflow, work.now, crashes::APART], |columns| columns.get(0))?
    {
        let turn = time(work.now.saturating_add(crashes::SECOND));
        claims.next = Some(claims.next.map_or(turn, |next| next.min(turn)));
    }
    Ok(claims)
}

/// What the claim looks at first.
pub(super) fn due(work: &mut Work<'_>, claim: &Claim) -> Result<Vec<i64>, StoreError> {
    let Some(workflow) = work.workflow_of(&claim.workflow)? else { return Ok(Vec::new()) };
    let owner = claim.lease.owner.into_bytes();
    let of = |phase| work.seqs(DUE, params![workflow, phase, work.now, int(claim.limit), owner, u32::MAX]);
    Ok([of(1)?, of(2)?, of(0)?].concat())
}

/// What is being claimed.
struct Basket {
    workflow: i64,
    claims: Claims,
    lease: Lease,
    left: i64,
    size: usize,
    /// Holds an execution that may end the process, and takes no other one along.
    alone: bool,
    /// A suspect runs: no other one is taken.
    apart: bool,
}

impl Basket {
    fn fill(&mut self, work: &mut Work<'_>, phase: i64, most: i64) -> Result<(), StoreError> {
        let limit = self.left.min(most);
        let owner = self.lease.owner.into_bytes();
        let below = if self.apart { crashes::APART } else { u32::MAX };
        let due = work.seqs(DUE, params![self.workflow, phase, work.now, limit, owner, below])?;
        // At the limit there may be more; that no place is free is no reason to ask again.
        self.claims.more |= int(due.len()) >= self.left && self.left <= most;
        for seq in due {
            if self.alone || self.size > CLAIM_SIZE {
                self.claims.more = true;
                return Ok(());
            }
            self.put(work, seq)?;
        }
        Ok(())
    }

    fn put(&mut self, work: &mut Work<'_>, seq: i64) -> Result<(), StoreError> {
        let Some(Ok(row)) = row::by_seq(work.db, seq)? else { return self.set_aside(work, seq) };
        if crashes::is_given_up(row.state.crashes) {
            self.claims.more = true;
            self.claims.settled.push(give_up(work, row)?);
            return Ok(());
        }
        self.alone = row.state.crashes > 0;
        if self.alone && !self.claims.claimed.is_empty() {
            self.claims.more = true;
            return Ok(());
        }
        match take(work, row, self.lease)? {
            Ok(claimed) => {
                self.left -= 1;
                self.size += claimed.payloads.iter().map(Payload::size).sum::<usize>();
                self.size += claimed.entries.iter().map(|entry| entry.text.len()).sum::<usize>();
                self.claims.claimed.push(claimed);
                Ok(())
            }
            Err(damaged) => self.set_aside(work, damaged.seq),
        }
    }

    fn set_aside(&mut self, work: &mut Work<'_>, seq: i64) -> Result<(), StoreError> {
        let aside = aside::set(work, seq)?;
        let workflow = work.workflow_ref(self.workflow)?;
        self.claims.settled.push(Settled { id: aside.id, workflow, phase: Phase::Failed, parent: aside.parent });
        self.claims.more = true;
        Ok(())
    }
}

/// Fails an execution during which the process ended too often.
fn give_up(work: &mut Work<'_>, row: Row) -> Result<Settled, StoreError> {
    let message = format!("the gateway ended {} times while it ran the execution", row.state.crashes);
    tracing::error!(execution = %row.origin.id, "{message}");
    let reason = Some("GatewayCrashed".into());
    let ending = Ending { phase: Phase::Failed, reason, step: None, message: Some(message), answer: None };
    settle(work, row, &ending)
}

fn take(work: &mut Work<'_>, mut row: Row, lease: Lease) -> Result<Result<Claimed, Damaged>, StoreError> {
    let seq = row.seq;
    let Ok(payloads) = own(&row, payloads::of(work.db, &row))? else { return Ok(Err(Damaged { seq })) };
    let Ok(entries) = own(&row, journal::of(work.db, work.sealer, &row, 0))? else { return Ok(Err(Damaged { seq })) };
    let state = &mut row.state;
    state.phase = Phase::Running;
    state.gathering = false;
    state.owner = Some(lease.owner);
    state.due_at = micros(lease.until);
    state.fence += 1;
    state.attempt = state.attempt.saturating_add(1);
    state.started_at.get_or_insert(work.now);
    row.save(work)?;
    let payloads =
        payloads.into_iter().map(|kept| Payload { head: kept.head, body: kept.body.unwrap_or_default() }).collect();
    Ok(Ok(Claimed { payloads, entries, ..claimed(work, row)? }))
}

/// What is read of one execution alone: a page that cannot be read is damage of that one, and holds up no other.
fn own<T>(row: &Row, read: Result<Result<T, Damaged>, StoreError>) -> Result<Result<T, Damaged>, StoreError> {
    match read {
        Err(StoreError::Corrupt(_)) => Ok(Err(Damaged { seq: row.seq })),
        read => read,
    }
}

fn claimed(work: &mut Work<'_>, row: Row) -> Result<Claimed, StoreError> {
    let (origin, state) = (row.origin, row.state);
    Ok(Claimed {
        fence: Fence { id: origin.id, number: count(state.fence) },
        workflow: work.workflow_ref(origin.workflow)?,
        plan: work.plan_hash(origin.plan)?,
        mode: origin.mode,
        accepted_at: time(origin.accepted_at),
        started_at: time(state.started_at.unwrap_or(work.now)),
        attempt: state.attempt,
        retry_of: origin.retry_of,
        replay_of: origin.replay_of,
        replays: origin.replays,
        seed: origin.seed,
        parent: origin.parent,
        cancelling: state.cancelling,
        payloads: Vec::new(),
        entries: Vec::new(),
    })
}

/// When something of a workflow is due that is not yet, and may be taken then.
fn next(work: &Work<'_>, workflow: i64, owner: Uuid) -> Result<Option<jiff::Timestamp>, StoreError> {
    let mut earliest = NEVER;
    for phase in [0, 1, 2] {
        let mut statement = work.db.prepare_cached(NEXT)?;
        let due = statement
            .query_row(params![workflow, phase, work.now, owner.into_bytes()], |columns| columns.get(0))
            .optional()?;
        earliest = earliest.min(due.unwrap_or(NEVER));
    }
    Ok((earliest < NEVER).then(|| time(earliest)))
}

/// The row that a fence names, if the fence is the newest.
pub(super) fn fenced(work: &mut Work<'_>, fence: Fence) -> Result<Option<Row>, StoreError> {
    let row = work.row(fence.id)?;
    Ok(row.filter(|row| row.state.phase == Phase::Running && count(row.state.fence) == fence.number))
}
