//! The embedded engine: one SQLite database, one writer.
//!
//! Rows have checksums, tables have counts, and the last commit is named outside of the database: SQLite alone drops every
//! commit behind a flipped bit of its log, and says nothing.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};

use super::command::{Command, Outcome};
use super::engine::Engine;
use super::error::StoreError;
use super::seal::Sealer;

mod accept;
mod adopt;
mod answers;
mod append;
mod aside;
mod batch;
mod cancel;
mod check;
mod checkpoint;
mod claim;
mod convert;
mod crashes;
mod deliveries;
mod fault;
mod files;
mod journal;
mod keys;
mod known;
mod lease;
mod namespaces;
mod open;
mod payloads;
mod prune;
mod quarantine;
mod reader;
mod recover;
mod replay;
mod requests;
mod row;
mod settle;
#[cfg(test)]
mod simulation;
mod supersede;
mod tally;
#[cfg(test)]
mod tests;
pub mod upkeep;
mod verify;
mod version;
mod witness;
mod work;

#[cfg(test)]
pub(super) use open::open as open_checked;
pub use open::{Opened, Settings};

use checkpoint::Checkpoints;
use known::Known;
use tally::Tally;
use witness::Witness;
use work::Work;

/// Prepared statements that are kept: all that there are.
const STATEMENTS: usize = 256;

/// The database and what is remembered of it.
pub(super) struct Sqlite {
    db: Connection,
    tally: Tally,
    known: Known,
    sealer: Arc<Sealer>,
    disk: Option<Disk>,
    /// What failed behind a commit: nothing more is tried.
    broken: Option<StoreError>,
}

/// What a database on disk has beside it.
struct Disk {
    witness: Witness,
    checkpoints: Checkpoints,
    /// Held as long as the database is open.
    _lock: files::Lock,
}

impl Sqlite {
    fn new(db: Connection, tally: Tally, sealer: Arc<Sealer>) -> Self {
        db.set_prepared_statement_cache_capacity(STATEMENTS);
        Self { db, tally, known: Known::default(), sealer, disk: None, broken: None }
    }

    /// In memory, for tests.
    #[cfg(test)]
    fn in_memory() -> Result<Self, StoreError> {
        let mut db = Connection::open_in_memory()?;
        version::make_tables(&mut db)?;
        let tally = Tally::read(&db)?.unwrap_or_default();
        let key = zeroize::Zeroizing::new([7; super::seal::KEY_SIZE]);
        let sealer = Sealer::new(&key).map_err(|error| StoreError::Statement(error.to_string()))?;
        Ok(Self::new(db, tally, Arc::new(sealer)))
    }

    fn sound(&self) -> Result<(), StoreError> {
        self.broken.clone().map_or(Ok(()), Err)
    }

    fn transact(&mut self, commands: &[Command], now: Timestamp) -> Result<Vec<Outcome>, StoreError> {
        let transaction = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut tally = self.tally;
        let mut work = Work {
            db: &transaction,
            now: convert::micros(now),
            tally: &mut tally,
            known: &mut self.known,
            sealer: &self.sealer,
        };
        let outcomes = commands.iter().map(|command| apply(&mut work, command)).collect::<Result<_, _>>()?;
        tally.commits += 1;
        tally.write(&transaction)?;
        transaction.commit()?;
        self.tally = tally;
        Ok(outcomes)
    }
}

impl Sqlite {
    /// Sets aside those executions that cannot be read, of those that commands were about; whether there were any.
    fn quarantine(&mut self, commands: &[Command], now: Timestamp) -> Result<bool, StoreError> {
        self.known.forget();
        let mut tally = self.tally;
        let (now, sealer) = (convert::micros(now), &self.sealer);
        let known = &mut self.known;
        let unreadable = quarantine::find(&mut Work { db: &self.db, now, tally: &mut tally, known, sealer }, commands)?;
        if unreadable.is_empty() {
            return Ok(false);
        }
        let transaction = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let known = &mut self.known;
        let mut work = Work { db: &transaction, now, tally: &mut tally, known, sealer };
        unreadable.iter().try_for_each(|seq| quarantine::set(&mut work, *seq))?;
        tally.commits += 1;
        tally.write(&transaction)?;
        transaction.commit()?;
        self.tally = tally;
        Ok(true)
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        if let Some(disk) = &mut self.disk {
            disk.checkpoints.stop();
            // What stays in the log is read at the next start. A disk that has failed is left alone.
            if self.broken.is_some() {
                return;
            }
            let _ = self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        }
    }
}

impl Engine for Sqlite {
    fn commit(&mut self, commands: &[Command], now: Timestamp) -> Result<Vec<Outcome>, StoreError> {
        self.sound()?;
        let mut done = self.transact(commands, now);
        if matches!(done, Err(StoreError::Corrupt(_))) && self.quarantine(commands, now) == Ok(true) {
            done = self.transact(commands, now);
        }
        if done.is_err() {
            self.known.forget();
        }
        // A disk that has failed is left alone: no log is copied, no checkpoint is tried.
        if let Err(StoreError::Broken(_)) = &done {
            self.broken = done.as_ref().err().cloned();
            return done;
        }
        let after = self.disk.as_ref().map_or(Ok(()), |disk| disk.after(&done, &self.db, self.tally));
        // What fails right behind a commit puts the commit itself in doubt: a disk that is gone may have told us that it
        // has what it has not. Nobody is told that it is durable, nothing is tried again, and the disk decides at the next
        // start.
        if let Err(error) = after {
            let broken = StoreError::Broken(error.to_string());
            self.broken = Some(broken.clone());
            return Err(broken);
        }
        done
    }

    fn tidy(&mut self) -> Result<(), StoreError> {
        self.sound()?;
        self.disk.as_ref().map_or(Ok(()), |disk| disk.checkpoints.idle(&self.db))
    }
}

impl Disk {
    /// After a commit, or a try.
    fn after<T>(&self, done: &Result<T, StoreError>, db: &Connection, tally: Tally) -> Result<(), StoreError> {
        match done {
            Ok(_) => self.witness.write(tally).and_then(|()| self.checkpoints.committed(db)),
            // What stands in the log already is brought into the database, so that the log begins anew and needs no room.
            Err(StoreError::Full) => self.checkpoints.relieve(db),
            Err(_) => Ok(()),
        }
    }
}

fn apply(work: &mut Work<'_>, command: &Command) -> Result<Outcome, StoreError> {
    Ok(match command {
        Command::Accept(new) => Outcome::Admission(accept::apply(work, new)?),
        Command::Adopt(adopt) => Outcome::Admission(adopt::apply(work, adopt)?),
        Command::Claim(claim) => Outcome::Claims(claim::apply(work, claim)?),
        Command::Append(append) => Outcome::Written(append::append(work, append)?),
        Command::Park(park) => Outcome::Written(append::park(work, park)?),
        Command::Finish(finish) => Outcome::Finished(append::finish(work, finish)?),
        Command::Renew(renew) => Outcome::Renewed(lease::renew(work, renew)?),
        Command::Release(fences) => Outcome::Renewed(lease::release(work, fences)?),
        Command::Cancel(cancel) => Outcome::Cancelled(cancel::apply(work, cancel)?),
        Command::Replay(replay) => Outcome::Replayed(replay::apply(work, replay)?),
        Command::RecordSync(run) => Outcome::Kept(adopt::record(work, run)?),
        Command::RecordRequests(requests) => recorded(requests::record(work, requests))?,
        Command::Count(counts) => recorded(requests::count(work, counts))?,
        Command::Prune(prune) => Outcome::Deleted(prune::prune(work, *prune)?),
        Command::Trim(trim) => Outcome::Deleted(prune::trim(work, trim)?),
        Command::Purge(purge) => Outcome::Deleted(prune::purge(work, purge)?),
    })
}

fn recorded(done: Result<(), StoreError>) -> Result<Outcome, StoreError> {
    done.map(|()| Outcome::Recorded)
}
