//! A `boathook run` that is meant to be ended: by a signal, by its disk, or at a system call of strace's choosing.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::injection::{Injected, Injection};
use crate::boathook::{binary, get};
use crate::cgroup::Cgroup;

/// How long a process may take to be ready, or to end: a loaded machine is slow, a broken one never does.
const PATIENCE: Duration = Duration::from_mins(1);

/// Between two looks at a condition.
pub(super) const LOOK: Duration = Duration::from_millis(2);

/// Where a server finds and keeps its things.
#[derive(Clone, Debug)]
pub struct Place {
    /// The workflows.
    pub folder: PathBuf,
    /// `--data`.
    pub data: PathBuf,
    /// `--listen`.
    pub listen: SocketAddr,
    /// `--admin`.
    pub admin: SocketAddr,
}

/// A process; killed when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    place: Place,
    errors: PathBuf,
    injected: Option<Injected>,
}

impl Server {
    /// Starts it and returns at once. An injection counts the calls from its first instruction on.
    ///
    /// # Panics
    ///
    /// When there is no binary, or no strace for an injection.
    pub fn spawn(place: &Place, injection: Option<&Injection>) -> Self {
        let injected = injection.map(|injection| Injected::at_start(injection, place));
        let command = match &injected {
            Some(injected) => injected.command(&binary()),
            None => Command::new(binary()),
        };
        let mut server = Self::run(place, command);
        server.injected = injected;
        server
    }

    /// Runs it by this command, which is given its arguments.
    fn run(place: &Place, mut command: Command) -> Self {
        let errors = place.folder.with_extension("stderr");
        let child = command
            .arg("run")
            .arg(&place.folder)
            .arg("--data")
            .arg(&place.data)
            .args(["--listen", &place.listen.to_string(), "--admin", &place.admin.to_string()])
            .env("RUST_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&errors).expect("a file for messages"))
            .spawn()
            .expect("boathook starts; an injection needs strace");
        Self { child, place: place.clone(), errors, injected: None }
    }

    /// Starts it and returns when it is ready.
    ///
    /// # Panics
    ///
    /// When it ends before.
    pub fn start(place: &Place) -> Self {
        Self::spawn(place, None).started()
    }

    /// Starts it in a group and returns when it is ready.
    ///
    /// # Panics
    ///
    /// When it ends before.
    pub fn start_in(group: &Cgroup, place: &Place) -> Self {
        Self::run(place, group.command(&binary())).started()
    }

    fn started(mut self) -> Self {
        assert!(self.ready(), "boathook run ended at start: {}", self.messages());
        self
    }

    /// Injects from now on: the calls are counted from here.
    ///
    /// # Panics
    ///
    /// When strace cannot attach.
    pub fn inject(&mut self, injection: &Injection) {
        self.injected = Some(Injected::now(injection, &self.place, self.child.id()));
    }

    /// Whether the injection was made.
    pub fn was_injected(&self) -> bool {
        self.injected.as_ref().is_some_and(Injected::is_made)
    }

    /// Waits until it is ready; `false` when it has ended before.
    ///
    /// # Panics
    ///
    /// When it is neither after a minute.
    pub fn ready(&mut self) -> bool {
        let end = Instant::now() + PATIENCE;
        while get(self.place.admin, "/readyz").is_none_or(|answer| !answer.starts_with("HTTP/1.1 200")) {
            if self.ended().is_some() {
                return false;
            }
            assert!(Instant::now() < end, "boathook run is not ready after {PATIENCE:?}: {}", self.messages());
            std::thread::sleep(LOOK);
        }
        true
    }

    /// How it has ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child can be asked")
    }

    /// Waits until it has ended by itself.
    ///
    /// # Panics
    ///
    /// When it has not after a minute.
    pub fn end(&mut self) -> ExitStatus {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.ended() {
                return status;
            }
            assert!(Instant::now() < end, "boathook run goes on: {}", self.messages());
            std::thread::sleep(LOOK);
        }
    }

    /// SIGTERM: it stops in good order.
    ///
    /// # Panics
    ///
    /// When it cannot be told.
    pub fn stop(&mut self) -> ExitStatus {
        // One that has ended meanwhile is not there to be told.
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).stderr(Stdio::null()).status();
        told.expect("kill runs");
        self.end()
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// What it has written to stderr.
    pub fn messages(&self) -> String {
        std::fs::read_to_string(&self.errors).unwrap_or_else(|error| error.to_string())
    }

    /// CPU that it has used, in user mode and in the kernel for it.
    ///
    /// # Panics
    ///
    /// When it is gone.
    pub fn cpu(&self) -> Duration {
        cpu_of(&self.proc("stat"))
    }

    /// Its main memory in bytes, as the kernel counts it.
    pub fn memory(&self) -> Option<u64> {
        self.bytes("VmRSS:")
    }

    /// The most that this was since [`Server::forget_peak`].
    pub fn peak(&self) -> Option<u64> {
        self.bytes("VmHWM:")
    }

    /// Begins to look for the most memory anew.
    ///
    /// # Panics
    ///
    /// When the kernel does not let this user.
    pub fn forget_peak(&self) {
        // proc(5): 5 resets the peak.
        std::fs::write(self.proc("clear_refs"), "5").expect("the peak of a child can be reset");
    }

    fn bytes(&self, field: &str) -> Option<u64> {
        let status = std::fs::read_to_string(self.proc("status")).ok()?;
        let line = status.lines().find(|line| line.starts_with(field))?;
        line.split_ascii_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib << 10)
    }

    fn proc(&self, file: &str) -> PathBuf {
        Path::new("/proc").join(self.child.id().to_string()).join(file)
    }
}

/// CPU that a process has used.
///
/// # Panics
///
/// When it is gone.
pub fn cpu_of_process(process: u32) -> Duration {
    cpu_of(&Path::new("/proc").join(process.to_string()).join("stat"))
}

/// CPU that this process has used.
///
/// # Panics
///
/// Without `/proc`.
pub fn own_cpu() -> Duration {
    cpu_of(Path::new("/proc/self/stat"))
}

fn cpu_of(stat: &Path) -> Duration {
    let text = std::fs::read_to_string(stat).expect("the process lives");
    // After the name in brackets: fields 14 and 15 of proc(5), in ticks of 10 ms.
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_ascii_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
    Duration::from_millis((ticks(11) + ticks(12)) * 10)
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
