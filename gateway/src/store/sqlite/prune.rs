//! Deleting what need not be kept any more: history and requests past their time, keys past theirs, plans that nothing uses, all of a
//! namespace.

use rusqlite::params;

use super::convert::{count, int};
use super::work::{Weight, Work};
use super::{answers, journal, namespaces, payloads, requests, row};
use crate::store::command::{Deleted, Prune, Purge, Trim};
use crate::store::error::StoreError;

/// What nobody waits for any more: a parked caller reads of what it called how it ended, however late it goes on.
const EXPIRED: &str = "SELECT seq FROM executions INDEXED BY executions_expiring WHERE expires_at IS NOT NULL \
     AND expires_at <= ?1 AND NOT (awaited AND EXISTS (SELECT 1 FROM executions AS caller \
     WHERE caller.id = executions.parent AND caller.phase < 3)) ORDER BY expires_at LIMIT ?2";

/// What has ended well of a workflow, as [`EXPIRED`].
const ENDED_WELL: &str = "SELECT seq FROM executions INDEXED BY executions_of WHERE workflow = ?1 AND phase IN (3, 5) \
     AND damaged = 0 AND NOT (awaited AND EXISTS (SELECT 1 FROM executions AS caller \
     WHERE caller.id = executions.parent AND caller.phase < 3)) ORDER BY seq LIMIT ?2";

/// Deletes what is past its time.
pub(super) fn prune(work: &mut Work<'_>, prune: Prune) -> Result<Deleted, StoreError> {
    let limit = int(prune.limit);
    let expired = expired(work, limit)?;
    expired.iter().try_for_each(|seq| delete(work, *seq))?;
    let keys = keys(work, limit)?;
    let requests = requests::expire(work, limit)?;
    let plans = plans(work)?;
    let more = [int(expired.len()), keys].contains(&limit) || requests > 0;
    let executions = count(int(expired.len()));
    Ok(Deleted { executions, requests: count(requests), keys: count(keys), plans: count(plans), more })
}

/// What is past its time.
pub(super) fn expired(work: &Work<'_>, limit: i64) -> Result<Vec<i64>, StoreError> {
    work.seqs(EXPIRED, params![work.now, limit])
}

/// What [`trim`] would delete next, of all workflows of a namespace.
pub(super) fn surplus(work: &Work<'_>, trim: &Trim) -> Result<Vec<i64>, StoreError> {
    let workflows = work.seqs("SELECT id FROM workflows WHERE namespace = ?1", [&trim.namespace])?;
    let share = namespaces::share(trim.limit, workflows.len());
    let old = workflows.into_iter().map(|workflow| work.seqs(ENDED_WELL, [workflow, share]));
    old.collect::<Result<Vec<_>, _>>().map(|old| old.concat())
}

/// Deletes an execution and all that belongs to it but its keys.
fn delete(work: &mut Work<'_>, seq: i64) -> Result<(), StoreError> {
    let sound = row::by_seq(work.db, seq)?.and_then(Result::ok);
    if let Some(row) = &sound {
        work.use_plan(row.origin.plan, -1)?;
        work.shift(row.origin.workflow, row.state.weight(), Weight::default())?;
    }
    payloads::delete(work, seq)?;
    journal::delete(work, seq)?;
    answers::delete(work, seq)?;
    work.tally.executions -= int(work.db.prepare_cached("DELETE FROM executions WHERE seq = ?1")?.execute([seq])?);
    Ok(())
}

fn keys(work: &mut Work<'_>, limit: i64) -> Result<i64, StoreError> {
    let mut statement = work.db.prepare_cached(
        "DELETE FROM deliveries WHERE (workflow, delivery_key) IN (SELECT workflow, delivery_key FROM deliveries \
         WHERE held_until IS NOT NULL AND held_until <= ?1 ORDER BY held_until LIMIT ?2)",
    )?;
    let deleted = int(statement.execute([work.now, limit])?);
    drop(statement);
    work.tally.deliveries -= deleted;
    Ok(deleted)
}

/// A plan of which a damaged execution was the last stays: its use cannot be counted down.
fn plans(work: &mut Work<'_>) -> Result<i64, StoreError> {
    let unused = work.seqs("SELECT id FROM plans WHERE uses <= 0", [])?;
    for plan in &unused {
        work.db.prepare_cached("DELETE FROM plan_texts WHERE plan = ?1")?.execute([plan])?;
        work.db.prepare_cached("DELETE FROM plans WHERE id = ?1")?.execute([plan])?;
    }
    if !unused.is_empty() {
        work.known.forget();
    }
    Ok(int(unused.len()))
}

/// Deletes all of a namespace.
pub(super) fn purge(work: &mut Work<'_>, purge: &Purge) -> Result<Deleted, StoreError> {
    let mut deleted = Deleted::default();
    let workflows = work.seqs("SELECT id FROM workflows WHERE namespace = ?1", [&purge.namespace])?;
    for workflow in workflows {
        let left = int(purge.limit).saturating_sub(int(deleted.executions));
        let seqs = work.seqs("SELECT seq FROM executions WHERE workflow = ?1 LIMIT ?2", [workflow, left])?;
        seqs.iter().try_for_each(|seq| delete(work, *seq))?;
        deleted.executions += count(int(seqs.len()));
        if int(seqs.len()) >= left {
            deleted.more = true;
            return Ok(deleted);
        }
        forget(work, workflow, &mut deleted)?;
    }
    namespaces::forget(work.db, &purge.namespace)?;
    Ok(deleted)
}

/// Deletes of a namespace that keeps too much what has ended well, the oldest first; each of its workflows gives up some.
pub(super) fn trim(work: &mut Work<'_>, trim: &Trim) -> Result<Deleted, StoreError> {
    let mut deleted = Deleted::default();
    let too_much = |work: &Work<'_>| -> Result<bool, StoreError> {
        Ok(count(namespaces::used(work.db, &trim.namespace)?.stored) > trim.stored)
    };
    if !too_much(work)? {
        return Ok(deleted);
    }
    let old = surplus(work, trim)?;
    old.iter().try_for_each(|seq| delete(work, *seq))?;
    deleted.executions += count(int(old.len()));
    deleted.more = deleted.executions > 0 && too_much(work)?;
    Ok(deleted)
}

/// Deletes a workflow that has no executions.
fn forget(work: &mut Work<'_>, workflow: i64, deleted: &mut Deleted) -> Result<(), StoreError> {
    let keys = int(work.db.execute("DELETE FROM deliveries WHERE workflow = ?1", [workflow])?);
    let requests = int(work.db.execute("DELETE FROM requests WHERE workflow = ?1", [workflow])?);
    work.db.execute("DELETE FROM counters WHERE workflow = ?1", [workflow])?;
    work.db.execute("DELETE FROM workflows WHERE id = ?1", [workflow])?;
    work.tally.deliveries -= keys;
    work.tally.requests -= requests;
    work.known.forget();
    deleted.keys += count(keys);
    deleted.requests += count(requests);
    Ok(())
}
