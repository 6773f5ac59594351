//! The rows of `requests`, within their own quota, and counters.

use rusqlite::params;
use std::collections::BTreeSet;
use uuid::Uuid;

use super::check::Check;
use super::convert::{Code, int, micros};
use super::work::Work;
use crate::store::command::{Count, RecordedRequest};
use crate::store::error::StoreError;

/// Requests of a workflow that are kept, the newest.
const KEPT: i64 = 1_000;

/// How long a request is kept, in microseconds: seven days, as what has failed by default.
const KEPT_FOR: i64 = 7 * 24 * 3_600 * 1_000_000;

/// What the checksum of a request is over.
pub(super) fn crc(workflow: i64, request: &RecordedRequest) -> i64 {
    Check::default()
        .bytes(request.id.as_bytes())
        .int(workflow)
        .int(micros(request.at))
        .int(request.phase.code())
        .bytes(request.reason.as_bytes())
        .maybe_hash(request.body_sha256)
        .maybe_id(request.execution)
        .bytes(&request.head)
        .sum()
}

/// Keeps requests.
pub(super) fn record(work: &mut Work<'_>, requests: &[RecordedRequest]) -> Result<(), StoreError> {
    let mut workflows = BTreeSet::new();
    for request in requests {
        let workflow = work.workflow(&request.workflow)?;
        let mut statement = work.db.prepare_cached(
            "INSERT INTO requests (id, workflow, at, phase, reason, body_sha256, execution, crc, head) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (id) DO NOTHING",
        )?;
        let written = statement.execute(params![
            request.id.as_bytes(),
            workflow,
            micros(request.at),
            request.phase.code(),
            request.reason,
            request.body_sha256.map(|hash| hash.0),
            request.execution.map(Uuid::into_bytes),
            crc(workflow, request),
            request.head,
        ])?;
        drop(statement);
        work.tally.requests += int(written);
        workflows.insert(workflow);
    }
    workflows.into_iter().try_for_each(|workflow| trim(work, workflow))
}

fn trim(work: &mut Work<'_>, workflow: i64) -> Result<(), StoreError> {
    let mut statement = work.db.prepare_cached(
        "DELETE FROM requests WHERE workflow = ?1 AND seq <= \
         (SELECT seq FROM requests WHERE workflow = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)",
    )?;
    let deleted = statement.execute([workflow, KEPT])?;
    drop(statement);
    work.tally.requests -= int(deleted);
    Ok(())
}

/// Deletes what is past its time, of so many of the oldest numbers: rows were numbered as they came.
pub(super) fn expire(work: &mut Work<'_>, limit: i64) -> Result<i64, StoreError> {
    let mut statement =
        work.db.prepare_cached("DELETE FROM requests WHERE seq < (SELECT min(seq) FROM requests) + ?2 AND at <= ?1")?;
    let deleted = int(statement.execute([work.now - KEPT_FOR, limit])?);
    drop(statement);
    work.tally.requests -= deleted;
    Ok(deleted)
}

/// Adds to counters.
pub(super) fn count(work: &mut Work<'_>, counts: &[Count]) -> Result<(), StoreError> {
    for count in counts {
        let workflow = work.workflow(&count.workflow)?;
        let mut statement = work.db.prepare_cached(
            "INSERT INTO counters (workflow, name, value) VALUES (?1, ?2, ?3) \
             ON CONFLICT (workflow, name) DO UPDATE SET value = counters.value + excluded.value",
        )?;
        statement.execute(params![workflow, count.name, int(count.by)])?;
    }
    Ok(())
}
