//! A failure that strace makes at one system call of a process: a signal, or an error. Calls are counted by thread.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::server::{LOOK, Place};

/// How long strace may take to attach.
const PATIENCE: Duration = Duration::from_mins(1);

/// What is done at which call of a kind.
#[derive(Clone, Debug)]
pub struct Injection {
    /// The system call.
    pub call: &'static str,
    /// What strace does there: `signal=SIGKILL`, `error=EIO`.
    pub what: &'static str,
    /// Which of a thread's calls, from 1.
    pub number: usize,
}

/// An injection that is under way.
#[derive(Debug)]
pub(super) struct Injected {
    arguments: Vec<String>,
    trace: PathBuf,
    /// A strace of its own; at start it is the server's grandchild.
    tracer: Option<Child>,
}

impl Injected {
    /// For a process that is not started yet.
    pub(super) fn at_start(injection: &Injection, place: &Place) -> Self {
        let trace = place.folder.with_extension("trace");
        // What an earlier process left says nothing of this one.
        let _ = fs::remove_file(&trace);
        let Injection { call, what, number } = injection;
        let arguments = [
            ["-f", "-qq", "-o"].map(str::to_owned).to_vec(),
            vec![trace.to_string_lossy().into_owned()],
            vec!["-e".to_owned(), format!("trace={call}")],
            vec!["-e".to_owned(), format!("inject={call}:{what}:when={number}")],
        ];
        Self { arguments: arguments.concat(), trace, tracer: None }
    }

    /// For a process that runs; returns when strace has all of its threads.
    pub(super) fn now(injection: &Injection, place: &Place, process: u32) -> Self {
        let mut injected = Self::at_start(injection, place);
        let mut strace = Command::new("strace");
        strace.args(&injected.arguments).args(["-p", &process.to_string()]).stdin(Stdio::null());
        injected.tracer = Some(strace.stderr(Stdio::null()).spawn().expect("strace starts: apt-get install strace"));
        let end = Instant::now() + PATIENCE;
        while !is_traced(process) {
            assert!(Instant::now() < end, "strace does not attach to process {process}");
            std::thread::sleep(LOOK);
        }
        injected
    }

    /// The command that runs a program under it. strace is a grandchild, so that our child is the server and ends as it
    /// ends.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("strace");
        command.arg("-D").args(&self.arguments).arg("--").arg(program);
        command
    }

    /// Whether strace has done it.
    pub(super) fn is_made(&self) -> bool {
        fs::read_to_string(&self.trace).is_ok_and(|trace| trace.contains("(INJECTED)") || trace.contains("SIGKILL"))
    }
}

impl Drop for Injected {
    fn drop(&mut self) {
        if let Some(tracer) = &mut self.tracer {
            // It ends with the process; where that goes on, it lets go of it.
            let _ = tracer.kill();
            let _ = tracer.wait();
        }
    }
}

/// Whether every thread of a process has a tracer.
fn is_traced(process: u32) -> bool {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { return false };
    threads.flatten().all(|thread| {
        let status = fs::read_to_string(thread.path().join("status")).unwrap_or_default();
        !status.lines().any(|line| line == "TracerPid:\t0")
    })
}
