//! What a worker is told and what it says, and how both are written as frames.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::limits::{CONSOLE_LINES, CONSOLE_SIZE, LINE_SIZE, MESSAGE_SIZE, ORDER_SIZE, REPLY_SIZE, RESULT_SIZE};
use crate::wire::{Frame, WireError, encode};
use crate::worker::console::beginning;

/// Bytes of an escape, which a byte of a text may become.
const ESCAPE: usize = 6;

/// Bytes of a result: three for each unit of UTF-16.
const VALUE_SECTION: usize = 3 * RESULT_SIZE;

/// Bytes of a fault: its message, and the names and numbers around it.
const FAULT_SECTION: usize = ESCAPE * MESSAGE_SIZE + 256;

/// Bytes of a console: its lines, their quotes, and how many are missing.
const CONSOLE_SECTION: usize = ESCAPE * CONSOLE_SIZE + 3 * CONSOLE_LINES + 64;

const CHECK: u8 = 1;
const RUN: u8 = 2;
const READY: u8 = 3;
const UNCONFINED: u8 = 4;
const CHECKED: u8 = 5;
const SUCCEEDED: u8 = 6;
const FAILED: u8 = 7;

/// One run of a script.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The body of a function.
    pub code: &'a str,
    /// JSON of an object: each member is a variable of the script, with a `$` in front and without.
    pub input: &'a str,
    /// The bytes of `context.raw`.
    pub raw: &'a [u8],
    /// From the moment at which the worker is told, to its result.
    pub time: Duration,
    /// Bytes of the script's values.
    pub memory: u64,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The result as JSON text, or what went wrong.
    pub outcome: Result<String, Fault>,
    /// What it wrote to the console, within [`crate::limits::CONSOLE_SIZE`]. Lost when the worker had to be killed.
    pub console: Vec<String>,
    /// From the moment at which the worker was told, by the clock of whoever told it.
    pub took: Duration,
}

/// What is wrong with a script, or went wrong in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Which kind of wrong.
    pub kind: FaultKind,
    /// For people. Holds what the script says, so never a secret of ours.
    pub message: String,
    /// The line of the script, from 1.
    pub line: Option<u32>,
    /// The column in that line, from 1.
    pub column: Option<u32>,
}

/// The kinds of what can be wrong with a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FaultKind {
    /// It does not compile.
    Syntax,
    /// It threw something, or its result cannot be JSON.
    Thrown,
    /// It did not end in its time.
    Timeout,
    /// It wanted more memory than it may have.
    Memory,
    /// Its result is larger than [`crate::limits::RESULT_SIZE`].
    ResultTooLarge,
}

impl Ended {
    pub(crate) const fn new(outcome: Result<String, Fault>, console: Vec<String>) -> Self {
        Self { outcome, console, took: Duration::ZERO }
    }
}

impl Fault {
    /// A fault of no place.
    pub(crate) fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), line: None, column: None }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.line, self.column) {
            (Some(line), Some(column)) => write!(out, "{} (line {line}, column {column})", self.message),
            (Some(line), None) => write!(out, "{} (line {line})", self.message),
            (None, _) => out.write_str(&self.message),
        }
    }
}

/// What a worker is told.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Order<'a> {
    /// Compile this, and run nothing of it.
    Check { code: &'a str },
    /// Run this.
    Run { code: &'a str, input: &'a str, raw: &'a [u8], time: Duration },
}

/// What a worker says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// It is confined, and waits.
    Ready,
    /// It cannot confine itself, for this reason, and has ended.
    Unconfined(String),
    /// Whether a script compiles.
    Checked(Option<Fault>),
    /// A run is over.
    Ended(Ended),
}

impl<'a> Order<'a> {
    pub(crate) fn encode(&self) -> Result<Vec<u8>, WireError> {
        match self {
            Self::Check { code } => encode(CHECK, &[code.as_bytes()], ORDER_SIZE),
            Self::Run { code, input, raw, time } => {
                let time = u64::try_from(time.as_micros()).unwrap_or(u64::MAX).to_le_bytes();
                encode(RUN, &[&time, code.as_bytes(), input.as_bytes(), raw], ORDER_SIZE)
            }
        }
    }

    pub(crate) fn decode(frame: &'a Frame) -> Result<Self, WireError> {
        match frame.kind() {
            Some(CHECK) => {
                let (_, [code]) = frame.sections()?;
                Ok(Self::Check { code: text(code, ORDER_SIZE)? })
            }
            Some(RUN) => {
                let (_, [time, code, input, raw]) = frame.sections()?;
                let time = time.try_into().map(u64::from_le_bytes).map_err(|_| WireError::Malformed)?;
                let (code, input) = (text(code, ORDER_SIZE)?, text(input, ORDER_SIZE)?);
                Ok(Self::Run { code, input, raw, time: Duration::from_micros(time) })
            }
            Some(_) | None => Err(WireError::Malformed),
        }
    }
}

impl Reply {
    pub(crate) fn encode(&self) -> Result<Vec<u8>, WireError> {
        match self {
            Self::Ready => encode(READY, &[], REPLY_SIZE),
            Self::Unconfined(why) => encode(UNCONFINED, &[why.as_bytes()], REPLY_SIZE),
            Self::Checked(fault) => encode(CHECKED, &[&json(fault)?], REPLY_SIZE),
            Self::Ended(Ended { outcome: Ok(value), console, .. }) => {
                encode(SUCCEEDED, &[value.as_bytes(), &json(console)?], REPLY_SIZE)
            }
            Self::Ended(Ended { outcome: Err(fault), console, .. }) => {
                encode(FAILED, &[&json(fault)?, &json(console)?], REPLY_SIZE)
            }
        }
    }

    pub(crate) fn decode(frame: &Frame) -> Result<Self, WireError> {
        match frame.kind() {
            Some(READY) => frame.sections::<0>().map(|_| Self::Ready),
            Some(UNCONFINED) => {
                let (_, [why]) = frame.sections()?;
                Ok(Self::Unconfined(beginning(text(why, REPLY_SIZE)?, MESSAGE_SIZE)))
            }
            Some(CHECKED) => {
                let (_, [fault]) = frame.sections()?;
                Ok(Self::Checked(read::<Option<Fault>>(fault, FAULT_SECTION)?.map(heard)))
            }
            Some(SUCCEEDED) => {
                let (_, [value, console]) = frame.sections()?;
                let value = text(value, VALUE_SECTION)?;
                Ok(Self::Ended(Ended::new(Ok(value.to_owned()), lines(console)?)))
            }
            Some(FAILED) => {
                let (_, [fault, console]) = frame.sections()?;
                Ok(Self::Ended(Ended::new(Err(heard(read(fault, FAULT_SECTION)?)), lines(console)?)))
            }
            Some(_) | None => Err(WireError::Malformed),
        }
    }
}

/// A fault as it may be kept, whatever the worker says that it is.
fn heard(mut fault: Fault) -> Fault {
    fault.message = beginning(&fault.message, MESSAGE_SIZE);
    fault
}

/// The console as it may be kept. Its last line says how many are missing.
fn lines(bytes: &[u8]) -> Result<Vec<String>, WireError> {
    let lines: Vec<String> = read(bytes, CONSOLE_SECTION)?;
    Ok(lines.iter().take(CONSOLE_LINES + 1).map(|line| beginning(line, LINE_SIZE)).collect())
}

fn text(bytes: &[u8], most: usize) -> Result<&str, WireError> {
    if bytes.len() > most {
        return Err(WireError::TooLarge(bytes.len()));
    }
    std::str::from_utf8(bytes).map_err(|_| WireError::Malformed)
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, WireError> {
    serde_json::to_vec(value).map_err(|_| WireError::Malformed)
}

fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8], most: usize) -> Result<T, WireError> {
    if bytes.len() > most {
        return Err(WireError::TooLarge(bytes.len()));
    }
    serde_json::from_slice(bytes).map_err(|_| WireError::Malformed)
}

#[cfg(test)]
mod tests;
