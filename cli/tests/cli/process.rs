//! A `boathook run` as a process of its own, on free ports, ended with its handle.

use std::io::{BufRead as _, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long anything may take: a loaded machine is slow, a broken program never gets there.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// The binary.
pub const BOATHOOK: &str = env!("CARGO_BIN_EXE_boathook");

/// A running `boathook run`.
pub struct Run {
    child: Child,
    lines: Receiver<String>,
    /// Removed with it.
    data: Option<tempfile::TempDir>,
    /// For senders.
    pub public: SocketAddr,
    /// For `boathook routes`.
    pub admin: SocketAddr,
}

impl Run {
    /// Serves a folder and returns when it does.
    pub fn start(folder: &Path) -> Self {
        Self::start_with(folder, &[], &[])
    }

    /// As [`Run::start`], with more words and more variables.
    pub fn start_with(folder: &Path, words: &[&str], variables: &[(&str, &str)]) -> Self {
        // Tests that run at once share folders, and a store has one owner.
        let data = tempfile::tempdir().unwrap();
        let words = [&["--data", data.path().to_str().unwrap()], words].concat();
        let mut run = Self::spawn(folder, &words, variables);
        run.data = Some(data);
        run
    }

    /// Serves a folder that holds its own store, as somebody does who gives it no other.
    pub fn start_beside(folder: &Path) -> Self {
        Self::spawn(folder, &[], &[])
    }

    /// Serves a folder with the store of a directory.
    pub fn start_on(folder: &Path, data: &str) -> Self {
        Self::spawn(folder, &["--data", data], &[])
    }

    fn spawn(folder: &Path, words: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(BOATHOOK)
            .args(["run", folder.to_str().unwrap(), "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"])
            .args(["--log-format", "text"])
            .args(words)
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = lines(child.stderr.take().unwrap());
        let addresses = wait_for(&lines, "serving on http");
        let mut words = addresses.split(['/', ',', ' ']).filter_map(|word| word.parse().ok());
        let (public, admin) = (words.next().unwrap(), words.next().unwrap());
        Self { child, lines, data: None, public, admin }
    }

    /// The next line on standard error that holds this.
    pub fn told(&self, text: &str) -> String {
        wait_for(&self.lines, text)
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// How it ended.
    pub fn end(&mut self) -> ExitStatus {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < end, "it goes on");
            std::thread::yield_now();
        }
    }

    /// Where senders send to.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.public)
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // Both fail only when the process is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command to its end.
pub fn boathook(words: &[&str]) -> Output {
    Command::new(BOATHOOK).args(words).stdin(Stdio::null()).output().unwrap()
}

/// Runs a line as a person would paste it.
pub fn shell(line: &str) -> Output {
    Command::new("bash").args(["-o", "pipefail", "-c", line]).stdin(Stdio::null()).output().unwrap()
}

/// Standard output as text.
pub fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Standard error as text.
pub fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (send, receive) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let _the_test_is_over = send.send(line);
        }
    });
    receive
}

fn wait_for(lines: &Receiver<String>, text: &str) -> String {
    let end = Instant::now() + PATIENCE;
    let mut before = Vec::new();
    loop {
        let left = end.saturating_duration_since(Instant::now());
        match lines.recv_timeout(left) {
            Ok(line) if line.contains(text) => return line,
            Ok(line) => before.push(line),
            Err(why) => panic!("no line holds {text:?} ({why}):\n{}", before.join("\n")),
        }
    }
}
