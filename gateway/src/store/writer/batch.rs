//! Which commands are one transaction: those that have arrived, and those that are about to.

use std::sync::atomic::Ordering;
use std::sync::mpsc::{RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::{BATCH, Desk, GATHER, Order};
use crate::store::command::{Command, Outcome};
use crate::store::error::StoreError;

/// Bytes of a batch past which no more is gathered: what a disk takes in a few milliseconds.
const BATCH_SIZE: usize = 4 << 20;

/// Where a command's outcome goes.
pub(super) type Reply = oneshot::Sender<Result<Outcome, StoreError>>;

/// Commands of one transaction.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) commands: Vec<Command>,
    pub(super) replies: Vec<Reply>,
    /// Set when nothing comes after it.
    pub(super) close: Option<Closing>,
    size: usize,
}

/// How the thread ends.
pub(super) enum Closing {
    /// Everybody is gone.
    Gone,
    /// Somebody waits for the end.
    Asked(oneshot::Sender<()>),
}

impl Batch {
    fn take(&mut self, order: Order) {
        match order {
            Order::Do(command, reply) => {
                self.size = self.size.saturating_add(command.size());
                self.commands.push(command);
                self.replies.push(reply);
            }
            Order::Close(reply) => self.close = Some(Closing::Asked(reply)),
        }
    }

    fn is_full(&self) -> bool {
        self.commands.len() >= BATCH || self.size >= BATCH_SIZE || self.close.is_some()
    }
}

impl Desk {
    /// The next batch; `None` when nothing arrived in time.
    pub(super) fn next(&self, patience: Duration) -> Option<Batch> {
        let mut batch = Batch::default();
        match self.arrived.recv_timeout(patience) {
            Ok(order) => self.admit(order, &mut batch),
            Err(RecvTimeoutError::Timeout) => return None,
            Err(RecvTimeoutError::Disconnected) => batch.close = Some(Closing::Gone),
        }
        self.gather(&mut batch);
        Some(batch)
    }

    fn gather(&self, batch: &mut Batch) {
        let until = Instant::now() + GATHER;
        while !batch.is_full() {
            match self.arrived.try_recv() {
                Ok(order) => self.admit(order, batch),
                Err(TryRecvError::Disconnected) => batch.close = Some(Closing::Gone),
                Err(TryRecvError::Empty) if !self.more_are_coming() => return,
                Err(TryRecvError::Empty) => {
                    let Some(order) = self.wait(until) else { return };
                    self.admit(order, batch);
                }
            }
        }
    }

    fn wait(&self, until: Instant) -> Option<Order> {
        self.arrived.recv_timeout(until.saturating_duration_since(Instant::now())).ok()
    }

    fn more_are_coming(&self) -> bool {
        self.coming.load(Ordering::Relaxed) > 0
    }

    fn admit(&self, order: Order, batch: &mut Batch) {
        if matches!(order, Order::Do(..)) {
            self.room.add_permits(1);
            self.coming.fetch_sub(1, Ordering::Relaxed);
        }
        batch.take(order);
    }
}
