//! Reading what has been committed, through a connection that cannot write.

use std::sync::Arc;

use boathook_plan::plan::WorkflowRef;
use bytes::Bytes;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use super::convert::{count, id as maybe_id, micros, time};
use super::deliveries::{self, Holding, Key, Place};
use super::known::workflow_crc;
use super::row::{self, NEVER, Row};
use super::{answers, journal, namespaces, payloads};
use crate::store::ending::{Answer, Duplicate, Phase};
use crate::store::engine::Reader;
use crate::store::error::StoreError;
use crate::store::new::{Hash, JournalEntry};
use crate::store::query::{ExecutionRow, Filter, KeptPayload, Page, RequestRow, Totals, Usage};
use crate::store::seal::Sealer;

mod list;
pub(super) mod requests;
mod totals;

/// A connection that reads.
pub(super) struct SqliteReader {
    db: Connection,
    sealer: Arc<Sealer>,
}

impl SqliteReader {
    pub(super) fn new(db: Connection, sealer: Arc<Sealer>) -> Self {
        Self { db, sealer }
    }

    fn sound(&self, id: Uuid) -> Result<Option<Row>, StoreError> {
        match row::by_id(&self.db, id)? {
            // What the index has is in the table: the two are written together.
            None if row::seq_of(&self.db, id)?.is_some() => {
                Err(StoreError::Corrupt(format!("the row of execution {id} is not found")))
            }
            None => Ok(None),
            Some(Ok(row)) => Ok(Some(row)),
            Some(Err(_)) => Err(StoreError::Damaged(id)),
        }
    }
}

impl Reader for SqliteReader {
    fn execution(&self, id: Uuid) -> Result<Option<ExecutionRow>, StoreError> {
        // One snapshot for the row and what it names.
        let snapshot = self.db.unchecked_transaction()?;
        self.sound(id)?.map(|row| shown(&snapshot, row)).transpose()
    }

    fn executions(&self, filter: &Filter) -> Result<Page<ExecutionRow>, StoreError> {
        let snapshot = self.db.unchecked_transaction()?;
        list::executions(&snapshot, filter)
    }

    fn payloads(&self, id: Uuid) -> Result<Vec<KeptPayload>, StoreError> {
        let snapshot = self.db.unchecked_transaction()?;
        let Some(row) = self.sound(id)? else { return Ok(Vec::new()) };
        payloads::of(&snapshot, &row)?.map_err(|_| StoreError::Damaged(id))
    }

    fn journal(&self, id: Uuid, from: u32) -> Result<Vec<JournalEntry>, StoreError> {
        let snapshot = self.db.unchecked_transaction()?;
        let Some(row) = self.sound(id)? else { return Ok(Vec::new()) };
        journal::of(&snapshot, &self.sealer, &row, from)?.map_err(|_| StoreError::Damaged(id))
    }

    fn answer(&self, id: Uuid) -> Result<Option<Answer>, StoreError> {
        let snapshot = self.db.unchecked_transaction()?;
        let Some(row) = self.sound(id)? else { return Ok(None) };
        answers::of(&snapshot, &row)?.map_err(|_| StoreError::Damaged(id))
    }

    fn plan(&self, hash: Hash) -> Result<Option<Bytes>, StoreError> {
        let sql = "SELECT text FROM plan_texts WHERE plan = (SELECT id FROM plans WHERE hash = ?1)";
        let text: Option<Vec<u8>> =
            self.db.prepare_cached(sql)?.query_row([hash.0], |columns| columns.get(0)).optional()?;
        match text {
            Some(text) if Hash::of(&text) != hash => Err(StoreError::Corrupt(format!("plan {hash}"))),
            text => Ok(text.map(Bytes::from)),
        }
    }

    fn delivery(&self, workflow: &str, key: Hash, now: Timestamp) -> Result<Option<Duplicate>, StoreError> {
        let snapshot = self.db.unchecked_transaction()?;
        let Some(workflow) = workflow_id(&snapshot, workflow)? else { return Ok(None) };
        let Key::Held(holding) = deliveries::look(&snapshot, Place { workflow, key }, micros(now))? else {
            return Ok(None);
        };
        let Holding { execution: id, dated } = holding;
        let row = match row::by_id(&snapshot, id)? {
            Some(Ok(row)) if dated || !matches!(row.state.phase, Phase::Failed | Phase::Cancelled) => row,
            None if dated => return Ok(Some(Duplicate { id, phase: Phase::Succeeded, answer: None })),
            // The writer takes the key of one that failed, or is damaged, or is gone and never ended, as free.
            Some(_) | None => return Ok(None),
        };
        Ok(Some(Duplicate { id, phase: row.state.phase, answer: answers::told(&snapshot, &row)? }))
    }

    fn requests(&self, filter: &Filter) -> Result<Page<RequestRow>, StoreError> {
        let snapshot = self.db.unchecked_transaction()?;
        requests::list(&snapshot, filter)
    }

    fn request(&self, id: Uuid) -> Result<Option<RequestRow>, StoreError> {
        let snapshot = self.db.unchecked_transaction()?;
        requests::one(&snapshot, id)
    }

    fn ids(&self, from: Uuid, to: Uuid) -> Result<Vec<Uuid>, StoreError> {
        list::ids(&self.db, from, to)
    }

    fn totals(&self) -> Result<Vec<Totals>, StoreError> {
        let snapshot = self.db.unchecked_transaction()?;
        totals::all(&snapshot)
    }

    fn usage(&self) -> Result<Vec<Usage>, StoreError> {
        namespaces::all(&self.db)
    }

    fn counters(&self, workflow: &str) -> Result<Vec<(String, u64)>, StoreError> {
        let sql = "SELECT name, value FROM counters WHERE workflow = (SELECT id FROM workflows WHERE uid = ?1)";
        let mut statement = self.db.prepare_cached(sql)?;
        let counters = statement.query_map([workflow], |columns| Ok((columns.get(0)?, count(columns.get(1)?))))?;
        Ok(counters.collect::<Result<_, _>>()?)
    }
}

/// The number of a workflow, by its UID.
fn workflow_id(db: &Connection, uid: &str) -> Result<Option<i64>, StoreError> {
    let mut statement = db.prepare_cached("SELECT id FROM workflows WHERE uid = ?1")?;
    Ok(statement.query_row([uid], |columns| columns.get(0)).optional()?)
}

/// The workflow of a number.
pub(super) fn workflow(db: &Connection, id: i64) -> Result<WorkflowRef, StoreError> {
    let mut statement = db.prepare_cached("SELECT namespace, name, uid, crc FROM workflows WHERE id = ?1")?;
    let found = statement.query_row([id], |columns| {
        // A column of a type that was never written is damage as well.
        let read = || -> rusqlite::Result<_> {
            let workflow = WorkflowRef { namespace: columns.get(0)?, name: columns.get(1)?, uid: columns.get(2)? };
            Ok((workflow, columns.get::<_, i64>(3)?))
        };
        Ok(read().ok())
    });
    let sound = found.optional()?.flatten().filter(|(workflow, crc)| workflow_crc(id, workflow) == *crc);
    sound.map(|(workflow, _)| workflow).ok_or_else(|| StoreError::Corrupt(format!("workflow {id}")))
}

/// Whether a plan's text is the one of its hash.
pub(super) fn is_sound_plan(db: &Connection, id: i64) -> rusqlite::Result<bool> {
    let mut statement = db.prepare_cached("SELECT hash, text FROM plans JOIN plan_texts ON plan = id WHERE id = ?1")?;
    statement.query_row([id], |columns| {
        let text: Vec<u8> = columns.get(1)?;
        Ok(Hash::of(&text) == Hash(columns.get(0)?))
    })
}

/// A row as it is shown.
fn shown(db: &Connection, row: Row) -> Result<ExecutionRow, StoreError> {
    let mut statement = db.prepare_cached("SELECT hash FROM plans WHERE id = ?1")?;
    let plan = Hash(statement.query_row([row.origin.plan], |columns| columns.get(0))?);
    let workflow = Arc::new(workflow(db, row.origin.workflow)?);
    let (origin, state) = (row.origin, row.state);
    let waiting = state.phase == Phase::Waiting && state.due_at < NEVER;
    Ok(ExecutionRow {
        id: origin.id,
        seq: count(row.seq),
        workflow,
        plan,
        mode: origin.mode,
        phase: state.phase,
        blocked: state.blocked,
        damaged: false,
        attempt: state.attempt,
        items: state.items,
        entries: state.entries,
        retry_of: origin.retry_of,
        replay_of: origin.replay_of,
        seed: origin.seed,
        parent: origin.parent,
        accepted_at: time(origin.accepted_at),
        started_at: state.started_at.map(time),
        finished_at: state.finished_at.map(time),
        due_at: waiting.then(|| time(state.due_at)),
        reason: state.reason,
        step: state.step,
        message: state.message,
        status: state.status,
        cancelling: state.cancelling,
    })
}

/// A damaged row as it is shown: the id, where it can be read, and that it failed.
fn shown_damaged(db: &Connection, seq: i64) -> Result<ExecutionRow, StoreError> {
    let mut statement = db.prepare_cached("SELECT id FROM executions WHERE seq = ?1")?;
    let id = statement.query_row([seq], |columns| Ok(columns.get(0).ok()))?;
    let id = maybe_id(id).unwrap_or_default();
    let unknown = WorkflowRef { namespace: String::new(), name: String::new(), uid: String::new() };
    Ok(ExecutionRow {
        id,
        seq: count(seq),
        workflow: Arc::new(unknown),
        plan: Hash([0; 32]),
        mode: boathook_plan::plan::Mode::Async,
        phase: Phase::Failed,
        blocked: false,
        damaged: true,
        attempt: 0,
        items: 0,
        entries: 0,
        retry_of: None,
        replay_of: None,
        seed: boathook_plan::pinned::SeedOf::Delivery(id),
        parent: None,
        accepted_at: Timestamp::UNIX_EPOCH,
        started_at: None,
        finished_at: None,
        due_at: None,
        reason: Some("Damaged".into()),
        step: None,
        message: None,
        status: None,
        cancelling: None,
    })
}
