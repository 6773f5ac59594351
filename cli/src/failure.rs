//! How a command ends: its exit code, and what a person is told when it did not do what was asked.

use std::fmt;
use std::process::ExitCode;

/// Exit codes, the same for every command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: the answer is no: not valid, refused, not found.
    No,
    /// 2: the command line is wrong, or names something that cannot be read.
    Usage,
    /// 3: cannot start or go on.
    Stuck,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => Self::SUCCESS,
            Exit::No => Self::from(1),
            Exit::Usage => Self::from(2),
            Exit::Stuck => Self::from(3),
        }
    }
}

/// Why a command stopped.
#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What we were doing, and what is wrong; empty when everything has been said.
    pub message: String,
    /// The next thing to try: a command, a flag, a line of YAML.
    pub next: Option<String>,
}

impl Failure {
    /// The answer is no.
    pub fn no(message: impl Into<String>) -> Self {
        Self { exit: Exit::No, message: message.into(), next: None }
    }

    /// The command line asks for something that there is not.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, message: message.into(), next: None }
    }

    /// Cannot start or go on.
    pub fn stuck(message: impl Into<String>) -> Self {
        Self { exit: Exit::Stuck, message: message.into(), next: None }
    }

    /// An end about which everything has been said already.
    pub fn silent(exit: Exit) -> Self {
        Self { exit, message: String::new(), next: None }
    }

    /// The same, with the next thing to try.
    #[must_use]
    pub fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// An error and what caused it, as one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |line, cause| format!("{line}: {cause}"))
}
