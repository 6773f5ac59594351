//! Bringing the log into the database without holding up commits: a thread with a connection of its own copies most of it,
//! the writer copies the little that came meanwhile, and the log starts over.

use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use rusqlite::wal::CheckpointMode;

use crate::store::error::StoreError;

/// Pages of the log from which on it is copied: 16 MiB.
const COPY: i32 = 4_000;

/// Pages of the log from which on commits wait until it starts over: 400 MiB.
const BOUND: i32 = 100_000;

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
        let shared = Arc::new(Shared::default());
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
        if pages >= BOUND {
            return copy(writer, CheckpointMode::RESTART);
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
                copy(writer, CheckpointMode::PASSIVE)
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
                    *duty = done.map_or_else(Duty::Failed, |()| Duty::Rest);
                }
            }
            Duty::None | Duty::Rest => duty = shared.told.wait(duty).unwrap_or_else(PoisonError::into_inner),
        }
    }
}

/// Copies what can be copied. What could not, for want of room or because somebody reads, is tried again later.
fn copy(db: &Connection, mode: CheckpointMode) -> Result<(), StoreError> {
    let done = db.wal_checkpoint_v2(None::<&str>, mode).map(drop).map_err(StoreError::from);
    match done {
        Err(StoreError::Full | StoreError::Busy | StoreError::Statement(_)) | Ok(()) => Ok(()),
        Err(error) => Err(error),
    }
}
