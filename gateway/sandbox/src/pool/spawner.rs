//! Starts workers, all from one thread that lives as long as they may: the kernel kills a worker when the thread ends that
//! started it, so that none is left behind however this process ends.

use std::io;
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;

use tokio::process::{Child, Command};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::Program;
use crate::worker::WORD;

/// A worker to be started, and where it is wanted.
#[derive(Debug)]
struct Wanted {
    memory: u64,
    runtime: Handle,
    started: oneshot::Sender<io::Result<Child>>,
}

/// The thread's mailbox; the thread ends when it is dropped.
#[derive(Debug)]
pub(super) struct Spawner {
    wanted: mpsc::Sender<Wanted>,
}

impl Spawner {
    pub(super) fn new(program: Program) -> Self {
        let (wanted, orders) = mpsc::channel::<Wanted>();
        let run = move || {
            for Wanted { memory, runtime, started } in orders {
                let _entered = runtime.enter();
                // Nobody waits any more: the child is dropped, and with that killed.
                drop(started.send(spawn(&program, memory)));
            }
        };
        // A thread that does not start is seen by whoever wants a worker: nobody listens.
        drop(thread::Builder::new().name("sandbox".to_owned()).spawn(run));
        Self { wanted }
    }

    /// Starts a worker whose scripts may use `memory` bytes.
    pub(super) async fn spawn(&self, memory: u64) -> io::Result<Child> {
        let (started, child) = oneshot::channel();
        let wanted = Wanted { memory, runtime: Handle::current(), started };
        let gone = || io::Error::other("the thread that starts workers is gone");
        self.wanted.send(wanted).map_err(|_| gone())?;
        child.await.map_err(|_| gone())?
    }
}

fn spawn(program: &Program, memory: u64) -> io::Result<Child> {
    let mut command = match program {
        // The kernel's link names the program that runs, whatever is at its path by now.
        Program::Myself => Command::new("/proc/self/exe"),
        Program::At(path) => Command::new(path),
    };
    command
        .arg(WORD)
        .arg(std::process::id().to_string())
        .arg(memory.to_string())
        .env_clear()
        // Without it the C library would look for the machine's own.
        .env("TZ", "UTC")
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    command.spawn()
}
