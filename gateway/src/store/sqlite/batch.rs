//! A delivery that joins others: one execution for several, of one plan and one concurrency key.

use rusqlite::params;

use super::convert::int;
use super::deliveries;
use super::payloads::{self, Spot};
use super::work::Work;
use crate::store::ending::Admission;
use crate::store::error::StoreError;
use crate::store::new::NewExecution;

/// Bytes of its deliveries from which on a batch takes no more: it is in memory as a whole when it runs.
const FULL: i64 = 8 << 20;

/// Puts a delivery into the batch that is gathering, where there is one of its kind.
pub(super) fn join(work: &mut Work<'_>, workflow: i64, new: &NewExecution) -> Result<Option<Admission>, StoreError> {
    let Some(batch) = new.batch.filter(|batch| batch.max > 1) else { return Ok(None) };
    let gathering = work.seqs(
        "SELECT seq FROM executions WHERE workflow = ?1 AND concurrency_key IS ?2 AND gathering = 1 ORDER BY seq",
        params![workflow, new.queueing.key.map(|key| key.0)],
    )?;
    for seq in gathering {
        let Some(mut row) = work.row_at(seq)? else { continue };
        if work.plan_hash(row.origin.plan)? != new.plan.hash || row.state.items >= batch.max {
            // Of an older revision: it starts when it is due, with what it has.
            row.state.gathering = false;
            row.save(work)?;
            continue;
        }
        let position = row.state.items;
        let key = new.delivery.map(|key| key.hash);
        payloads::insert(work, Spot { id: row.origin.id, execution: Some(seq), position, key }, &new.payload)?;
        row.state.items = position.saturating_add(1);
        row.state.size += int(new.payload.size());
        if row.state.items >= batch.max || row.state.size >= FULL {
            (row.state.gathering, row.state.due_at) = (false, 0);
        }
        row.save(work)?;
        if let Some(key) = new.delivery {
            deliveries::hold(work, workflow, key, row.origin.id)?;
        }
        return Ok(Some(Admission::Joined { id: row.origin.id, position }));
    }
    Ok(None)
}
