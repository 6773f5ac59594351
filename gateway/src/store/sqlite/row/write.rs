//! Writing a row back. Every write counts the execution where it belongs.

use rusqlite::params;
use uuid::Uuid;

use super::Row;
use crate::store::error::StoreError;
use crate::store::sqlite::convert::Code;
use crate::store::sqlite::work::Work;

const INSERT: &str = "INSERT INTO executions (seq, id, workflow, plan, mode, accepted_at, parent, parent_place, depth, \
     awaited, retry_of, replay_of, replays, seed, reseeded, concurrency_key, body_kept, keep, keep_failed, phase, blocked, \
     gathering, due_at, fence, attempt, items, entries, started_at, owner, size, answered, crashes, damaged, crc) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, \
     ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, 0, 0, 0, ?31)";

const UPDATE: &str = "UPDATE executions SET phase = ?2, blocked = ?3, gathering = ?4, due_at = ?5, fence = ?6, attempt = ?7, \
     items = ?8, entries = ?9, started_at = ?10, finished_at = ?11, expires_at = ?12, reason = ?13, step = ?14, \
     message = ?15, status = ?16, answered = ?17, cancelling = ?18, owner = ?19, size = ?20, crashes = ?21, crc = ?22 WHERE seq = ?1";

impl Row {
    /// Writes a new row: one that has not ended.
    pub(in crate::store::sqlite) fn insert(&mut self, work: &mut Work<'_>) -> Result<(), StoreError> {
        let (origin, state) = (&self.origin, &self.state);
        let parent = origin.parent.as_ref();
        let (seed, reseeded) = origin.seed();
        work.db.prepare_cached(INSERT)?.execute(params![
            self.seq,
            origin.id.as_bytes(),
            origin.workflow,
            origin.plan,
            origin.mode.code(),
            origin.accepted_at,
            parent.map(|parent| parent.id.into_bytes()),
            parent.map(|parent| &parent.place),
            parent.map_or(0, |parent| parent.depth),
            parent.is_some_and(|parent| parent.awaited),
            origin.retry_of.map(Uuid::into_bytes),
            origin.replay_of.map(Uuid::into_bytes),
            origin.replays,
            seed.as_bytes(),
            reseeded,
            origin.key.map(|key| key.0),
            origin.body.code(),
            origin.keep,
            origin.keep_failed,
            state.phase.code(),
            state.blocked,
            state.gathering,
            state.due_at,
            state.fence,
            state.attempt,
            state.items,
            state.entries,
            state.started_at,
            state.owner.map(Uuid::into_bytes),
            state.size,
            self.crc(),
        ])?;
        work.tally.executions += 1;
        self.count(work)
    }

    /// Writes all that may have changed.
    pub(in crate::store::sqlite) fn save(&mut self, work: &mut Work<'_>) -> Result<(), StoreError> {
        let (state, crc) = (&self.state, self.crc());
        work.db.prepare_cached(UPDATE)?.execute(params![
            self.seq,
            state.phase.code(),
            state.blocked,
            state.gathering,
            state.due_at,
            state.fence,
            state.attempt,
            state.items,
            state.entries,
            state.started_at,
            state.finished_at,
            state.expires_at,
            state.reason,
            state.step,
            state.message,
            state.status,
            state.answered,
            state.cancelling,
            state.owner.map(Uuid::into_bytes),
            state.size,
            state.crashes,
            crc,
        ])?;
        self.count(work)
    }

    fn count(&mut self, work: &mut Work<'_>) -> Result<(), StoreError> {
        let weight = self.state.weight();
        work.shift(self.origin.workflow, self.loaded, weight)?;
        self.loaded = weight;
        Ok(())
    }

    /// Writes how long its journal is, where nothing else changed: no index has to.
    pub(in crate::store::sqlite) fn save_entries(&mut self, work: &mut Work<'_>) -> Result<(), StoreError> {
        let sql = "UPDATE executions SET entries = ?2, size = ?3, crc = ?4 WHERE seq = ?1";
        work.db.prepare_cached(sql)?.execute(params![self.seq, self.state.entries, self.state.size, self.crc()])?;
        self.count(work)
    }
}
