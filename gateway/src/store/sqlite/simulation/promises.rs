//! What must hold, whatever was asked: said of the model, so that the model itself is held to it; and that the engine's
//! tables hold what the model does.

use std::collections::HashMap;

use super::model::{Exec, Model};
use crate::store::ending::Phase;
use crate::store::sqlite::row::{self, Row};
use crate::store::sqlite::tally::Tally;
use crate::store::sqlite::work::Load;
use crate::store::sqlite::{Sqlite, journal, payloads};

/// What did not hold.
pub(super) type Broken = String;

/// Of the executions: one unfinished a deduplication key.
pub(super) fn hold(model: &Model) -> Result<(), Broken> {
    let mut holders = HashMap::new();
    for exec in model.execs.iter().filter(|exec| exec.open()) {
        for key in &exec.delivery_keys {
            let other = holders.insert((exec.workflow.uid.as_str(), *key), exec.id);
            if let Some(other) = other.filter(|other| *other != exec.id) {
                return Err(format!("{other} and {} are of one delivery, and neither has ended", exec.id));
            }
        }
    }
    Ok(())
}

/// A claim begins nothing out of order, and no two of one concurrency key.
pub(super) fn begins(before: &Model, after: &Model) -> Result<(), Broken> {
    for exec in after.execs.iter().filter(|exec| exec.phase == Phase::Running) {
        let Some(old) = before.find(exec.id).filter(|old| old.phase == Phase::Queued) else { continue };
        let Some(key) = old.key else { continue };
        for other in before.execs.iter().filter(|other| other.key == Some(key) && other.is_of(&old.workflow.uid)) {
            // One that ends by the same command makes room for it.
            let stays = after.find(other.id).is_some_and(Exec::open);
            if stays && other.open() && other.id != old.id && (other.seq < old.seq || other.phase.is_active()) {
                return Err(format!("{} begins before {} has ended", old.id, other.id));
            }
        }
    }
    Ok(())
}

/// The engine's tables are what the model says.
pub(super) fn equal(engine: &Sqlite, model: &Model) -> Result<(), Broken> {
    let sql = format!("SELECT {} FROM executions ORDER BY seq", row::COLUMNS);
    let mut statement = engine.db.prepare(&sql).unwrap();
    let rows: Vec<Row> = statement.query_map([], row::read).unwrap().map(|row| row.unwrap().unwrap()).collect();
    if rows.len() != model.execs.len() {
        return Err(format!("{} executions, and the model has {}", rows.len(), model.execs.len()));
    }
    for (row, exec) in rows.iter().zip(&model.execs) {
        let (origin, state) = (&row.origin, &row.state);
        let blocked = model.blocked(exec);
        let said = (origin.id, row.seq, state.phase, state.blocked, state.gathering, state.attempt, state.crashes);
        if said != (exec.id, exec.seq, exec.phase, blocked, exec.gathering, exec.attempt, exec.crashes) {
            return Err(format!("{said:?} is not {exec:?}"));
        }
        if state.reason != exec.reason
            || state.cancelling != exec.cancelling
            || origin.seed != exec.seed
            || state.owner != exec.owner
        {
            return Err(format!("{row:?} is not {exec:?}"));
        }
        let kept = payloads::of(&engine.db, row).unwrap().unwrap();
        let heads: Vec<_> = kept.iter().map(|kept| (&kept.head, kept.body.as_ref())).collect();
        let wanted: Vec<_> = exec.payloads.iter().map(|payload| (&payload.head, Some(&payload.body))).collect();
        if heads != wanted {
            return Err(format!("the payloads of {} differ", exec.id));
        }
        if journal::of(&engine.db, &engine.sealer, row, 0).unwrap().as_ref() != Ok(&exec.entries) {
            return Err(format!("the journal of {} differs", exec.id));
        }
    }
    counts(engine, model, &rows)
}

/// What the namespace counts, and the bytes that there are.
fn there_is(engine: &Sqlite) -> (i64, i64, i64) {
    let bytes = "SELECT (SELECT coalesce(sum(length(head) + coalesce(length(body), 0)), 0) FROM payloads) \
         + (SELECT coalesce(sum(length(entry)), 0) FROM journal) + (SELECT coalesce(sum(length(answer)), 0) FROM answers)";
    let counted = "SELECT coalesce(sum(waiting), 0), coalesce(sum(stored), 0) FROM namespaces";
    let (waiting, stored) = engine.db.query_row(counted, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    (waiting, stored, engine.db.query_row(bytes, [], |row| row.get(0)).unwrap())
}

/// The namespace counts what there is.
fn namespace(engine: &Sqlite, rows: &[Row]) -> Result<(), Broken> {
    let counted = there_is(engine);
    let waiting = i64::try_from(rows.iter().filter(|row| row.state.phase == Phase::Queued).count()).unwrap();
    let stored = rows.iter().map(|row| row.state.size).sum::<i64>();
    if counted == (waiting, stored, stored) {
        return Ok(());
    }
    Err(format!("the namespace counts {counted:?}, not {waiting} and {stored}"))
}

/// What is counted is what there is.
fn counts(engine: &Sqlite, model: &Model, rows: &[Row]) -> Result<(), Broken> {
    let mut loads: HashMap<i64, Load> = HashMap::new();
    let mut uses: HashMap<i64, i64> = HashMap::new();
    for row in rows {
        loads.entry(row.origin.workflow).or_default().add(row.state.slot(), 1);
        *uses.entry(row.origin.plan).or_default() += 1;
    }
    let mut statement = engine.db.prepare("SELECT id, queued, blocked, active FROM workflows").unwrap();
    let counted = statement.query_map([], |row| {
        Ok((row.get(0)?, Load { queued: row.get(1)?, blocked: row.get(2)?, active: row.get(3)? }))
    });
    for (id, load) in counted.unwrap().map(Result::unwrap) {
        if loads.get(&id).copied().unwrap_or_default() != load {
            return Err(format!("workflow {id} counts {load:?}, there is {:?}", loads.get(&id)));
        }
    }
    namespace(engine, rows)?;
    let mut statement = engine.db.prepare("SELECT id, uses FROM plans").unwrap();
    let counted = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    for (id, used) in counted.unwrap().map(Result::<(i64, i64), _>::unwrap) {
        if uses.get(&id).copied().unwrap_or_default() != used {
            return Err(format!("plan {id} counts {used}, there is {:?}", uses.get(&id)));
        }
    }
    let tally = Tally::read(&engine.db).unwrap().unwrap();
    let there = |sql: &str| -> i64 { engine.db.query_row(sql, [], |row| row.get(0)).unwrap() };
    let payloads = there("SELECT count(*) FROM payloads") + tally.payloads_deleted;
    let deliveries = there("SELECT count(*) FROM deliveries");
    let keys = i64::try_from(model.keys.len()).unwrap();
    let said = (tally.seq, tally.executions, tally.deliveries);
    if said != (payloads, i64::try_from(rows.len()).unwrap(), deliveries)
        || tally.seq != model.seq
        || deliveries != keys
    {
        return Err(format!(
            "{tally:?} does not count {payloads} payloads and {deliveries} keys; the model has {keys}"
        ));
    }
    Ok(())
}
