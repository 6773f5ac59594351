//! A child process with its log in a file, killed by its id when the handle is dropped.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::{ControlPlaneError, prepare};

/// How much of a log an error shows.
const LOG_LINES: usize = 20;

/// A running program.
pub struct Process {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `command` with its output in `folder`.
    pub fn start(name: &'static str, mut command: Command, folder: &Path) -> Result<Self, ControlPlaneError> {
        let log = folder.join(format!("{name}.log"));
        let output = File::create(&log).map_err(prepare("a log file"))?;
        let errors = output.try_clone().map_err(prepare("a log file"))?;
        let child = command
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .spawn()
            .map_err(prepare(name))?;
        Ok(Self { name, child, log })
    }

    /// An error when it has ended.
    pub fn still_running(&mut self) -> Result<(), ControlPlaneError> {
        match self.child.try_wait().map_err(prepare(self.name))? {
            Some(status) => Err(self.not_ready(format!("ended: {status}"))),
            None => Ok(()),
        }
    }

    /// An error with the end of its log.
    pub fn not_ready(&self, how: String) -> ControlPlaneError {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let mut lines: Vec<_> = log.lines().rev().take(LOG_LINES).collect();
        lines.reverse();
        ControlPlaneError::NotReady { program: self.name, how, log: lines.join("\n") }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only when the process is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
