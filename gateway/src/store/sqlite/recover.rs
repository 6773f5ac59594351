//! What a crash leaves: leases whose owner is gone. The lock proves that it is. On the way every row is looked at.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior, params};
use uuid::Uuid;

use super::convert::{count, int, micros};
use super::namespaces::{self, Recount};
use super::row::{self, Damaged, Row};
use super::work::{Load, Work};
use super::{Sqlite, aside, crashes, deliveries, reader};
use crate::store::ending::Phase;
use crate::store::error::StoreError;

/// Rows of a table up to which all are looked at; of more executions, those that have not ended. A million take a second or two.
const LOOKED_AT: i64 = 1_000_000;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Recovered {
    /// Executions that go on.
    pub(super) resumed: u64,
    /// Executions that were set aside.
    pub(super) damaged: Vec<Uuid>,
    /// Deduplication keys that are lost.
    pub(super) lost_keys: u64,
}

/// Brings a database that was just opened into order, in one transaction.
pub(super) fn all(engine: &mut Sqlite, now: Timestamp) -> Result<Recovered, StoreError> {
    let transaction = engine.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut tally = engine.tally;
    let mut work = Work {
        db: &transaction,
        now: micros(now),
        tally: &mut tally,
        known: &mut engine.known,
        sealer: &engine.sealer,
    };
    let recovered = repair(&mut work)?;
    tally.commits += 1;
    tally.write(&transaction)?;
    transaction.commit()?;
    engine.tally = tally;
    if let Some(disk) = &engine.disk {
        disk.witness.write(tally)?;
    }
    Ok(recovered)
}

/// What a look at all rows found.
#[derive(Default)]
struct Seen {
    damaged: Vec<i64>,
    running: Vec<i64>,
    loads: HashMap<i64, Load>,
    sizes: HashMap<i64, i64>,
    uses: HashMap<i64, i64>,
    pending: i64,
    rows: i64,
}

fn repair(work: &mut Work<'_>) -> Result<Recovered, StoreError> {
    let whole = work.tally.executions <= LOOKED_AT;
    let mut recovered = Recovered::default();
    let mut seen = look(work.db, whole)?;
    if whole && seen.rows != work.tally.executions {
        let (seen, written) = (seen.rows, work.tally.executions);
        return Err(StoreError::Corrupt(format!("executions holds {seen} rows, {written} were written")));
    }
    index(work.db, seen.pending)?;
    lookups(work.db, whole)?;
    if !seen.damaged.is_empty() {
        for seq in &seen.damaged {
            recovered.damaged.push(aside::set(work, *seq)?.id);
        }
        seen = look(work.db, whole)?;
    }
    loads(work.db, &seen, whole)?;
    if work.tally.deliveries <= LOOKED_AT {
        recovered.lost_keys = deliveries::clear(work)?;
        deliveries::clear_orphans(work)?;
    }
    if whole {
        uses(work.db, &seen)?;
    }
    recovered.resumed = count(int(seen.running.len()));
    for seq in seen.running {
        let Some(mut row) = work.row_at(seq)? else { continue };
        row.state.crashes = row.state.crashes.saturating_add(1);
        let pause = crashes::pause(row.state.crashes);
        let due_at = if pause == 0 { 0 } else { work.now.saturating_add(pause) };
        (row.state.phase, row.state.owner, row.state.due_at) = (Phase::Waiting, None, due_at);
        row.save(work)?;
    }
    Ok(recovered)
}

fn look(db: &Connection, whole: bool) -> Result<Seen, StoreError> {
    let known = Numbers::read(db)?;
    let some = if whole { "" } else { "WHERE phase < 3" };
    let mut statement =
        db.prepare(&format!("SELECT {}, phase < 3 FROM executions NOT INDEXED {some}", row::COLUMNS))?;
    let last = statement.column_count().saturating_sub(1);
    let mut rows = statement.query([])?;
    let mut seen = Seen::default();
    let mut before = 0;
    while let Some(columns) = rows.next()? {
        let seq: i64 = columns.get(0)?;
        if seq <= before {
            // Whoever looks for a number finds another one or none.
            return Err(StoreError::Corrupt(format!("execution {seq} comes behind {before}")));
        }
        (before, seen.rows) = (seq, seen.rows + 1);
        seen.pending += columns.get::<_, i64>(last)?;
        match row::read(columns)?.and_then(|row| known.hold(row)) {
            Ok(row) => seen.add(&row),
            Err(damaged) => {
                // One that was set aside before is not news.
                if columns.get::<_, i64>(2).unwrap_or(0) == 0 {
                    seen.damaged.push(damaged.seq);
                }
            }
        }
    }
    Ok(seen)
}

impl Seen {
    fn add(&mut self, row: &Row) {
        self.loads.entry(row.origin.workflow).or_default().add(row.state.slot(), 1);
        *self.sizes.entry(row.origin.workflow).or_default() += row.state.size;
        *self.uses.entry(row.origin.plan).or_default() += 1;
        if row.state.phase == Phase::Running {
            self.running.push(row.seq);
        }
    }
}

/// The workflows and plans that there are and are sound.
pub(super) struct Numbers {
    workflows: HashSet<i64>,
    plans: HashSet<i64>,
}

impl Numbers {
    pub(super) fn read(db: &Connection) -> Result<Self, StoreError> {
        let all = |sql| -> Result<HashSet<i64>, StoreError> {
            Ok(db.prepare(sql)?.query_map([], |columns| columns.get(0))?.collect::<Result<_, _>>()?)
        };
        let mut workflows = all("SELECT id FROM workflows")?;
        workflows.retain(|id| reader::workflow(db, *id).is_ok());
        let mut plans = all("SELECT id FROM plans WHERE id IN (SELECT plan FROM plan_texts)")?;
        plans.retain(|id| reader::is_sound_plan(db, *id).unwrap_or(false));
        Ok(Self { workflows, plans })
    }

    /// An execution of a workflow or a plan that is not there is damaged.
    pub(super) fn hold(&self, row: Row) -> Result<Row, Damaged> {
        let held = self.workflows.contains(&row.origin.workflow) && self.plans.contains(&row.origin.plan);
        if held { Ok(row) } else { Err(Damaged { seq: row.seq }) }
    }
}

/// An index that lost an execution would never let it run: it is made anew. One that has more than its table says that
/// the table lost some.
fn index(db: &Connection, pending: i64) -> Result<(), StoreError> {
    let sql = "SELECT count(*) FROM executions INDEXED BY executions_pending WHERE phase < 3";
    let found: i64 = db.query_row(sql, [], |columns| columns.get(0))?;
    if found > pending {
        return Err(StoreError::Corrupt(format!("executions lost {} that have not ended", found - pending)));
    }
    if found < pending {
        tracing::error!(found, expected = pending, "an index of the store is damaged and is made anew");
        db.execute_batch("REINDEX executions")?;
    }
    Ok(())
}

/// Whoever is asked for by its id, UID or hash is found: an index that misses one is made anew. Else an execution would begin
/// a second time, or find no plan, or nobody would find its record.
fn lookups(db: &Connection, whole: bool) -> Result<(), StoreError> {
    let executions = ("executions", "seq", "id", if whole { "TRUE" } else { "one.phase < 3" });
    let few = [("workflows", "id", "uid", "TRUE"), ("plans", "id", "hash", "TRUE"), executions];
    let requests = whole.then_some(("requests", "seq", "id", "TRUE"));
    for (table, key, name, some) in few.into_iter().chain(requests) {
        let misses_one = format!(
            "SELECT EXISTS (SELECT 1 FROM {table} AS one NOT INDEXED WHERE {some} AND one.{key} IS NOT \
             (SELECT other.{key} FROM {table} AS other WHERE other.{name} = one.{name}))"
        );
        if db.query_row(&misses_one, [], |columns| columns.get(0))? {
            tracing::error!(table, "an index of the store misses a row and is made anew");
            db.execute_batch(&format!("REINDEX {table}"))?;
        }
    }
    Ok(())
}

/// What workflows have is counted again: it is written to no checksum.
fn loads(db: &Connection, seen: &Seen, whole: bool) -> Result<(), StoreError> {
    namespaces::reset(db, whole)?;
    db.execute("UPDATE workflows SET queued = 0, blocked = 0, active = 0", [])?;
    for (workflow, load) in &seen.loads {
        let mut statement =
            db.prepare_cached("UPDATE workflows SET queued = ?2, blocked = ?3, active = ?4 WHERE id = ?1")?;
        statement.execute(params![workflow, load.queued, load.blocked, load.active])?;
        let stored = seen.sizes.get(workflow).copied().filter(|_| whole);
        namespaces::add(db, *workflow, Recount { waiting: load.queued + load.blocked, stored })?;
    }
    Ok(())
}

fn uses(db: &Connection, seen: &Seen) -> Result<(), StoreError> {
    db.execute("UPDATE plans SET uses = 0", [])?;
    for (plan, uses) in &seen.uses {
        db.prepare_cached("UPDATE plans SET uses = ?2 WHERE id = ?1")?.execute([plan, uses])?;
    }
    Ok(())
}
