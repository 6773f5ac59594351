//! Looks at every row: at its checksum, and whether what it names is there.

use rusqlite::Connection;
use uuid::Uuid;

use super::check::Findings;
use super::findings::{Damage, Part};
use crate::store::error::StoreError;
use crate::store::new::Hash;
use crate::store::seal::Sealer;
use crate::store::sqlite::convert::{count, int};
use crate::store::sqlite::journal::Sound;
use crate::store::sqlite::reader::requests;
use crate::store::sqlite::recover::Numbers;
use crate::store::sqlite::row::{self, Row};
use crate::store::sqlite::{answers, deliveries, journal, payloads};

/// Tables whose rows belong to executions.
const OWNED: [&str; 3] = ["payloads", "journal", "answers"];

/// All rows of all tables.
pub(super) fn all(db: &Connection, sealer: Option<&Sealer>, findings: &mut Findings) -> Result<(), StoreError> {
    let mut look = Look { db, sealer, found: Vec::new(), entries: 0, closed: 0 };
    let read = look.executions();
    findings.report.counts.entries = look.entries;
    let (found, closed) = (std::mem::take(&mut look.found), look.closed);
    findings.note("executions", Ok(found))?;
    findings.note("executions", read.map(|()| Vec::new()))?;
    if closed > 0 {
        findings.push(Damage::Key { executions: closed });
    }
    for table in OWNED {
        findings.note(table, strays(db, table))?;
    }
    findings.note("plans", plans(db))?;
    findings.note("requests", requests::damaged(db).map(|ids| ids.into_iter().map(Damage::Request).collect()))?;
    findings.note("deliveries", keys(db))
}

/// A look at executions and what belongs to them.
struct Look<'a> {
    db: &'a Connection,
    sealer: Option<&'a Sealer>,
    found: Vec<Damage>,
    entries: u64,
    /// Executions whose sensitive entries do not open.
    closed: u64,
}

impl Look<'_> {
    fn executions(&mut self) -> Result<(), StoreError> {
        let known = Numbers::read(self.db)?;
        let mut statement = self.db.prepare(&format!("SELECT {} FROM executions ORDER BY seq", row::COLUMNS))?;
        let mut rows = statement.query([])?;
        while let Some(columns) = rows.next()? {
            if let Ok(row) = row::read(columns)?.and_then(|row| known.hold(row)) {
                self.execution(&row)?;
                continue;
            }
            let part = if columns.get(2).unwrap_or(false) { Part::SetAside } else { Part::Row };
            let id = columns.get(3).map_or_else(|_| Uuid::nil(), Uuid::from_bytes);
            self.found.push(Damage::Execution { id, part });
        }
        Ok(())
    }

    fn execution(&mut self, row: &Row) -> Result<(), StoreError> {
        self.entries = self.entries.saturating_add(u64::from(row.state.entries));
        let payload = payloads::of(self.db, row)?.is_ok();
        let answer = answers::of(self.db, row)?.is_ok();
        let journal = journal::look(self.db, self.sealer, row)?;
        self.closed = self.closed.saturating_add(u64::from(journal == Sound::Closed));
        let parts = [(Part::Payload, payload), (Part::Journal, journal != Sound::Damaged), (Part::Answer, answer)];
        let id = row.origin.id;
        let damaged = parts.into_iter().filter(|(_, sound)| !sound);
        self.found.extend(damaged.map(|(part, _)| Damage::Execution { id, part }));
        Ok(())
    }
}

fn strays(db: &Connection, table: &'static str) -> Result<Vec<Damage>, StoreError> {
    let sql = format!("SELECT count(*) FROM {table} WHERE {}", stray());
    let rows: i64 = db.query_row(&sql, [], |columns| columns.get(0))?;
    Ok((rows > 0).then(|| Damage::Stray { table, rows: count(rows) }).into_iter().collect())
}

const fn stray() -> &'static str {
    "execution NOT IN (SELECT seq FROM executions)"
}

/// Deletes the rows that belong to no execution.
pub(super) fn delete_strays(db: &Connection) -> Result<(), StoreError> {
    OWNED.iter().try_for_each(|table| {
        db.execute(&format!("DELETE FROM {table} WHERE {}", stray()), [])?;
        Ok(())
    })
}

fn plans(db: &Connection) -> Result<Vec<Damage>, StoreError> {
    let mut statement = db.prepare("SELECT hash, text FROM plans JOIN plan_texts ON plan = id")?;
    let mut rows = statement.query([])?;
    let mut damage = Vec::new();
    while let Some(columns) = rows.next()? {
        let hash = Hash(columns.get(0)?);
        let text: Vec<u8> = columns.get(1)?;
        if Hash::of(&text) != hash {
            damage.push(Damage::Plan(hash));
        }
    }
    Ok(damage)
}

fn keys(db: &Connection) -> Result<Vec<Damage>, StoreError> {
    let damaged = deliveries::damaged(db)?.len();
    Ok((damaged > 0).then(|| Damage::Keys(count(int(damaged)))).into_iter().collect())
}
