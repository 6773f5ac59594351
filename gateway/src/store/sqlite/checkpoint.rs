//! Bringing the log into the database without holding up commits: a thread with a connection of its own copies most of it,
//! the writer copies the little that came meanwhile, and the log starts over.

use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::wal::CheckpointMode;

use super::open::BUSY;
use crate::store::error::StoreError;

/// Pages of the log from which on it is copied: 16 MiB.
const COPY: i32 = 4_000;

/// Pages of the log from which on commits wait until it starts over: 400 MiB.
const BOUND: i32 = 100_000;

/// How long such a commit waits for those who read what the log holds.
const WAIT: Duration = Duration::from_millis(250);

/// Pages that are written until the next commit waits, where one has waited in vain: somebody reads for long, a backup
/// say, and the log grows meanwhile. 50 MiB.
const NEXT: i32 = BOUND / 8;

/// Pages of the log that an idle store copies.
const IDLE: i32 = 100;

/// The thread, and what it is told.
pub(super) struct Checkpoints {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    /// Pages of the log after the last commit.
    pages: AtomicI32,
    /// Pages from which on a commit waits.
    bound: AtomicI32,
    duty: Mutex<Duty>,
    told: Condvar,
}

#[derive(Default)]
enum Duty {
    #[default]
    None,
    /// The thread is to copy, or does.
    Copy,
    /// The thread has copied; the writer is to copy the rest.
    Rest,
    /// The disk failed.
    Failed(StoreError),
    Stop,
}

impl Shared {
    fn duty(&self) -> MutexGuard<'_, Duty> {
        self.duty.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Checkpoints {
    /// Follows the commits of a connection; copies through another one.
    pub(super) fn start(writer: &mut Connection, copier: Connection) -> rusqlite::Result<Self> {
        let shared = Arc::new(Shared { bound: AtomicI32::new(BOUND), ..Shared::default() });
        let count = Arc::clone(&shared);
        writer.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages| {
            count.pages.store(pages, Ordering::Relaxed);
            Ok(())
        }))?;
        let worker = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("checkpoint".into()).spawn(move || work(&worker, &copier));
        Ok(Self { shared, thread: thread.ok() })
    }

    /// After a commit.
    pub(super) fn committed(&self, writer: &Connection) -> Result<(), StoreError> {
        let pages = self.shared.pages.load(Ordering::Relaxed);
        if pages >= self.shared.bound.load(Ordering::Relaxed) {
            let over = start_over(writer)?;
            let bound = if over { BOUND } else { pages.saturating_add(NEXT) };
            self.shared.bound.store(bound, Ordering::Relaxed);
            return Ok(());
        }
        self.ask(writer, pages >= COPY)
    }

    /// While nothing is asked for.
    pub(super) fn idle(&self, writer: &Connection) -> Result<(), StoreError> {
        let pages = self.shared.pages.load(Ordering::Relaxed);
        self.ask(writer, pages >= IDLE)
    }

    /// After a commit that found no room.
    pub(super) fn relieve(&self, writer: &Connection) -> Result<(), StoreError> {
        self.ask(writer, true)
    }

    /// Ends the thread.
    pub(super) fn stop(&mut self) {
        *self.shared.duty() = Duty::Stop;
        self.shared.told.notify_one();
        // A thread that panicked has ended as well.
        let _ = self.thread.take().map(JoinHandle::join);
    }

    fn ask(&self, writer: &Connection, much: bool) -> Result<(), StoreError> {
        let mut duty = self.shared.duty();
        match &*duty {
            Duty::None if much => {
                *duty = Duty::Copy;
                self.shared.told.notify_one();
                Ok(())
            }
            Duty::Rest => {
                *duty = Duty::None;
                drop(duty);
                self.shared.pages.store(0, Ordering::Relaxed);
                copy(writer, CheckpointMode::PASSIVE).map(drop)
            }
            Duty::Failed(error) => Err(error.clone()),
            Duty::None | Duty::Copy | Duty::Stop => Ok(()),
        }
    }
}

fn work(shared: &Shared, copier: &Connection) {
    let mut duty = shared.duty();
    loop {
        match &*duty {
            Duty::Stop | Duty::Failed(_) => return,
            Duty::Copy => {
                drop(duty);
                let done = copy(copier, CheckpointMode::PASSIVE);
                duty = shared.duty();
                if matches!(&*duty, Duty::Copy) {
                    *duty = done.map_or_else(Duty::Failed, |_| Duty::Rest);
                }
            }
            Duty::None | Duty::Rest => duty = shared.told.wait(duty).unwrap_or_else(PoisonError::into_inner),
        }
    }
}

/// Copies all of the log, and lets the next commit begin it anew. Whether it could: not while somebody reads what it holds.
fn start_over(writer: &Connection) -> Result<bool, StoreError> {
    writer.busy_timeout(WAIT)?;
    let over = copy(writer, CheckpointMode::RESTART);
    writer.busy_timeout(BUSY)?;
    over
}

/// Copies what can be copied, and says whether that was all that was asked for. What could not, for want of room or because
/// somebody reads, is tried again later.
fn copy(db: &Connection, mode: CheckpointMode) -> Result<bool, StoreError> {
    match db.wal_checkpoint_v2(None::<&str>, mode).map_err(StoreError::from) {
        Ok(_) => Ok(true),
        Err(StoreError::Full | StoreError::Busy | StoreError::Statement(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_waits_once_for_a_long_reader_and_not_again_before_the_log_has_grown() {
        let directory = tempfile::tempdir().unwrap();
        let open = || Connection::open(directory.path().join("store.db")).unwrap();
        let mut writer = open();
        writer.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).unwrap();
        writer.execute_batch("CREATE TABLE one (value); INSERT INTO one VALUES (1)").unwrap();
        let mut checkpoints = Checkpoints::start(&mut writer, open()).unwrap();
        let reader = open();
        reader.execute_batch("BEGIN; SELECT * FROM one").unwrap();
        writer.execute_batch("INSERT INTO one VALUES (2)").unwrap();
        let waits_from = |checkpoints: &Checkpoints| checkpoints.shared.bound.load(Ordering::Relaxed);
        let after = |pages: i32| {
            checkpoints.shared.pages.store(pages, Ordering::Relaxed);
            checkpoints.committed(&writer).unwrap();
            waits_from(&checkpoints)
        };
        assert_eq!(after(99_999), 100_000);
        assert_eq!(after(100_000), 112_500);
        assert_eq!(after(112_499), 112_500);
        reader.execute_batch("COMMIT").unwrap();
        assert_eq!(after(112_500), 100_000);
        checkpoints.stop();
    }
}
