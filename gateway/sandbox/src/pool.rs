//! The workers of one process: started ahead, given to one owner at a time, and never from one owner to another.
//!
//! Performs; who has the next turn is decided in [`turns`], which worker is taken or kept in [`shelf`].

mod process;
mod shelf;
mod spawner;
mod turns;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use crate::limits::{CHECK_TIME, DEFAULT_MEMORY, QUEUE, START};
use crate::message::{Ended, Fault, Job, Order, Reply};
use process::Process;
use shelf::Shelf;
use spawner::Spawner;
use turns::Turns;

/// What is started as a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// This very program, also when its file has been replaced: its `main` calls [`crate::worker::entered`] first.
    Myself,
    /// Another one that does.
    At(PathBuf),
}

/// How many workers there are.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What is started.
    pub program: Program,
    /// Scripts that run at once.
    pub running: usize,
    /// Workers that are kept for their owners' next runs.
    pub kept: usize,
}

/// Why a script was not run, or how it ended in a way that is not its own.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SandboxError {
    /// This machine cannot confine a worker.
    #[error("scripts cannot be confined on this machine ({0})")]
    Unsupported(Arc<str>),
    /// No worker could be started.
    #[error("starting a worker: {0}")]
    Start(Arc<str>),
    /// The owner has as many scripts waiting as it may.
    #[error("{QUEUE} scripts of this namespace wait already")]
    Busy,
    /// The values that the script would see are too large for it.
    #[error("the values for the script are too large")]
    InputTooLarge,
    /// The worker ended, or said what no worker says.
    #[error("the worker broke down ({0})")]
    Crashed(Arc<str>),
}

/// Runs scripts in workers. Cheap to clone; the workers end with the last clone.
#[derive(Clone, Debug)]
pub struct Sandbox {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    spawner: Spawner,
    turns: Arc<Turns>,
    shelf: Mutex<Shelf<Process>>,
    /// Why no worker can ever be confined here, once that is known.
    unsupported: OnceLock<Arc<str>>,
}

impl Default for Settings {
    /// Two scripts for each processor: one that will not end takes half of one.
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let running = (2 * processors).max(4);
        Self { program: Program::Myself, running, kept: 2 * running }
    }
}

impl Sandbox {
    /// Starts no worker yet: the first use does.
    pub fn new(settings: Settings) -> Self {
        let inner = Inner {
            spawner: Spawner::new(settings.program),
            turns: Arc::new(Turns::new(settings.running)),
            shelf: Mutex::new(Shelf::new(settings.kept)),
            unsupported: OnceLock::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Whether a worker can be started and confines itself. Those that show it wait for their first script.
    pub async fn probe(&self) -> Result<(), SandboxError> {
        while !self.inner.shelf().has_spares() {
            let process = self.inner.start(DEFAULT_MEMORY).await?;
            let left = self.inner.shelf().add_spare(process);
            drop(left);
        }
        Ok(())
    }

    /// What is wrong with a script, if it does not compile. Nothing of it is run. `owner` is whose script it is.
    pub async fn check(&self, owner: &str, code: &str) -> Result<Option<Fault>, SandboxError> {
        let order = Order::Check { code }.encode().map_err(|_| SandboxError::InputTooLarge)?;
        match self.perform(owner, DEFAULT_MEMORY, &order, CHECK_TIME).await? {
            Reply::Checked(fault) => Ok(fault),
            Reply::Ended(Ended { outcome: Err(fault), .. }) => Ok(Some(fault)),
            other @ (Reply::Ended(_) | Reply::Ready | Reply::Unconfined(_)) => Err(unexpected(&other)),
        }
    }

    /// Runs a script for `owner`: a namespace, and behind a `/` what in it. Waits for its turn, without an end of its own.
    /// A run that is not waited for any more is killed.
    pub async fn run(&self, owner: &str, job: Job<'_>) -> Result<Ended, SandboxError> {
        let Job { code, input, raw, time, memory } = job;
        let order = Order::Run { code, input, raw, time }.encode().map_err(|_| SandboxError::InputTooLarge)?;
        match self.perform(owner, memory, &order, time).await? {
            Reply::Ended(ended) => Ok(ended),
            other @ (Reply::Checked(_) | Reply::Ready | Reply::Unconfined(_)) => Err(unexpected(&other)),
        }
    }

    async fn perform(&self, owner: &str, memory: u64, order: &[u8], time: Duration) -> Result<Reply, SandboxError> {
        let tenant = owner.split('/').next().unwrap_or_default();
        let turn = Turns::take(&self.inner.turns, tenant).await.ok_or(SandboxError::Busy)?;
        let mut process = self.take(owner, memory).await?;
        let reply = process.exchange(order, time).await?;
        // It waits for the owner's next run, unless this one says that it must not.
        if process.is_reusable(&reply) {
            let dropped = self.inner.shelf().keep(owner, memory, process);
            drop(dropped);
        }
        drop(turn);
        Ok(reply)
    }

    /// A worker of this owner, or one that is nobody's yet.
    async fn take(&self, owner: &str, memory: u64) -> Result<Process, SandboxError> {
        loop {
            let taken = self.inner.shelf().take(owner, memory, DEFAULT_MEMORY);
            let Some((mut process, is_spare)) = taken else {
                self.replace_spares();
                return self.inner.start(memory).await;
            };
            if is_spare {
                self.replace_spares();
            }
            if process.is_alive() {
                return Ok(process);
            }
        }
    }

    fn replace_spares(&self) {
        let sandbox = self.clone();
        tokio::spawn(async move {
            if let Err(error) = sandbox.probe().await {
                tracing::warn!(error = %error, "starting a worker for scripts");
            }
        });
    }
}

impl Inner {
    fn shelf(&self) -> std::sync::MutexGuard<'_, Shelf<Process>> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn start(&self, memory: u64) -> Result<Process, SandboxError> {
        if let Some(why) = self.unsupported.get() {
            return Err(SandboxError::Unsupported(Arc::clone(why)));
        }
        let child = self.spawner.spawn(memory).await.map_err(|error| SandboxError::Start(error.to_string().into()))?;
        let started = Process::begin(child, START).await;
        if let Err(SandboxError::Unsupported(why)) = &started {
            let _ = self.unsupported.set(Arc::clone(why));
        }
        started
    }
}

fn unexpected(reply: &Reply) -> SandboxError {
    let what = match reply {
        Reply::Ready => "it was ready when it should have worked",
        Reply::Unconfined(_) => "it said that it is not confined",
        Reply::Checked(_) => "it compiled what it should have run",
        Reply::Ended(_) => "it ran what it should have compiled",
    };
    SandboxError::Crashed(what.into())
}
