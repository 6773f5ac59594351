//! Executions whose pages cannot be read. SQLite lets a transaction that has met one write nothing any more, so they are
//! looked for between two transactions, among those that the commands were about, and set aside.

use rusqlite::{Connection, params};

use super::convert::int;
use super::work::Work;
use super::{aside, claim, prune, row};
use crate::store::command::Command;
use crate::store::error::StoreError;

/// All that belongs to an execution, the large column last.
const PARTS: [&str; 4] = [
    "SELECT head, body FROM payloads WHERE seq = ?1",
    "SELECT head, body FROM payloads WHERE execution = ?1 AND position > 0",
    "SELECT sealed, entry FROM journal WHERE execution = ?1",
    "SELECT crc, answer FROM answers WHERE execution = ?1",
];

/// The executions that cannot be read, of those that the commands are about.
pub(super) fn find(work: &mut Work<'_>, commands: &[Command]) -> Result<Vec<i64>, StoreError> {
    let mut unreadable = Vec::new();
    for command in commands {
        for seq in met(work, command)? {
            if !is_readable(work.db, seq)? {
                unreadable.push(seq);
            }
        }
    }
    Ok(unreadable)
}

/// What a command reads the pages of.
fn met(work: &mut Work<'_>, command: &Command) -> Result<Vec<i64>, StoreError> {
    match command {
        Command::Claim(claim) => claim::due(work, claim),
        Command::Prune(prune) => prune::expired(work, int(prune.limit)),
        Command::Trim(trim) => prune::surplus(work, trim),
        Command::Replay(replay) => Ok(row::seq_of(work.db, replay.of)?.into_iter().collect()),
        Command::Accept(_)
        | Command::Adopt(_)
        | Command::Append(_)
        | Command::Park(_)
        | Command::Finish(_)
        | Command::Renew(_)
        | Command::Release(_)
        | Command::Cancel(_)
        | Command::RecordSync(_)
        | Command::RecordRequests(_)
        | Command::Count(_)
        | Command::Purge(_) => Ok(Vec::new()),
    }
}

fn is_readable(db: &Connection, seq: i64) -> Result<bool, StoreError> {
    for sql in PARTS {
        match read(db, sql, seq) {
            Err(StoreError::Corrupt(_)) => return Ok(false),
            read => read?,
        }
    }
    Ok(true)
}

fn read(db: &Connection, sql: &str, seq: i64) -> Result<(), StoreError> {
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([seq])?;
    while let Some(columns) = rows.next()? {
        columns.get_ref(1)?;
    }
    Ok(())
}

/// One that has not ended fails. One that has stays as it is, marked, and is not deleted before a month is over: then it
/// is tried again.
pub(super) fn set(work: &mut Work<'_>, seq: i64) -> Result<(), StoreError> {
    let open = "SELECT EXISTS (SELECT 1 FROM executions WHERE seq = ?1 AND phase < 3)";
    if work.db.prepare_cached(open)?.query_row([seq], |columns| columns.get(0))? {
        return aside::set(work, seq).map(drop);
    }
    tracing::error!(seq, "an execution that has ended is damaged and cannot be deleted");
    let sql = "UPDATE executions SET damaged = 1, expires_at = ?2 WHERE seq = ?1";
    work.db.prepare_cached(sql)?.execute(params![seq, work.now.saturating_add(aside::KEPT)])?;
    Ok(())
}
