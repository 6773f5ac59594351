//! One worker, from outside: what it is told, what it says within its time, and its end.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, ChildStdout};
use tokio::time::{Instant, timeout};

use super::SandboxError;
use crate::limits::{BUSY, GRACE, REPLY_SIZE, RUNS, START};
use crate::message::{Ended, Fault, FaultKind, Reply};
use crate::wire::{Frame, HEADER, size};

/// A worker that waits for an order. Killed when dropped.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
    /// Whether it has yet to say that it is ready again.
    is_tidying: bool,
    runs: u32,
    busy: Duration,
}

impl Process {
    /// Waits until a worker that was started is confined.
    pub(super) async fn begin(mut child: Child, within: Duration) -> Result<Self, SandboxError> {
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(SandboxError::Start("it has no pipes".into()));
        };
        let mut process = Self { child, input, output, is_tidying: false, runs: 0, busy: Duration::ZERO };
        match timeout(within, process.hear()).await {
            Ok(Ok(Reply::Ready)) => Ok(process),
            Ok(Ok(Reply::Unconfined(why))) => Err(SandboxError::Unsupported(why.into())),
            Ok(Ok(Reply::Checked(_) | Reply::Ended(_))) => Err(SandboxError::Start("it is no worker".into())),
            Ok(Err(_)) => Err(SandboxError::Start(process.ending().await)),
            Err(_) => Err(SandboxError::Start("it was not ready in time".into())),
        }
    }

    /// Tells it something, and hears what it says within `time` and a little more. Where it says nothing it is killed, and
    /// the run has ended in a timeout.
    pub(super) async fn exchange(&mut self, order: &[u8], time: Duration) -> Result<Reply, SandboxError> {
        self.ready().await?;
        let began = Instant::now();
        let spoken = timeout(time + GRACE, async {
            self.input.write_all(order).await?;
            self.hear().await
        });
        let spoken = spoken.await;
        let took = began.elapsed();
        self.is_tidying = true;
        self.runs = self.runs.saturating_add(1);
        self.busy = self.busy.saturating_add(took);
        match spoken {
            Ok(Ok(Reply::Ended(ended))) => Ok(Reply::Ended(Ended { took, ..ended })),
            Ok(Ok(reply @ (Reply::Checked(_) | Reply::Ready | Reply::Unconfined(_)))) => Ok(reply),
            Ok(Err(_)) => Err(SandboxError::Crashed(self.ending().await)),
            Err(_) => {
                // Whatever it does, it does no more of it; that it is gone is waited for elsewhere.
                let _ = self.child.start_kill();
                let fault = Fault::new(FaultKind::Timeout, "the script did not end in its time, and was killed");
                Ok(Reply::Ended(Ended { took, ..Ended::new(Err(fault), Vec::new()) }))
            }
        }
    }

    /// Waits until it has put away what its last run left: that is not the next one's time.
    async fn ready(&mut self) -> Result<(), SandboxError> {
        if !self.is_tidying {
            return Ok(());
        }
        self.is_tidying = false;
        match timeout(START, self.hear()).await {
            Ok(Ok(Reply::Ready)) => Ok(()),
            Ok(_) | Err(_) => Err(SandboxError::Crashed(self.ending().await)),
        }
    }

    /// Whether it can be told something.
    pub(super) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Whether another script of its owner may run in it. One that ran out of time or memory leaves nothing to build on.
    pub(super) fn is_reusable(&self, reply: &Reply) -> bool {
        let is_sound = match reply {
            Reply::Checked(fault) => fault.as_ref().is_none_or(|fault| leaves_sound(fault.kind)),
            Reply::Ended(Ended { outcome, .. }) => outcome.as_ref().err().is_none_or(|fault| leaves_sound(fault.kind)),
            Reply::Ready | Reply::Unconfined(_) => false,
        };
        is_sound && self.runs < RUNS && self.busy < BUSY
    }

    async fn hear(&mut self) -> io::Result<Reply> {
        let mut header = [0; HEADER];
        self.output.read_exact(&mut header).await?;
        let mut body = vec![0; size(header, REPLY_SIZE).map_err(io::Error::other)?];
        self.output.read_exact(&mut body).await?;
        Reply::decode(&Frame(body)).map_err(io::Error::other)
    }

    /// How it ended, of one that says nothing sensible any more.
    async fn ending(&mut self) -> Arc<str> {
        let _ = self.child.start_kill();
        match self.child.wait().await {
            Ok(status) => status.to_string().into(),
            Err(error) => error.to_string().into(),
        }
    }
}

const fn leaves_sound(kind: FaultKind) -> bool {
    match kind {
        FaultKind::Syntax | FaultKind::Thrown => true,
        FaultKind::Timeout | FaultKind::Memory | FaultKind::ResultTooLarge => false,
    }
}
