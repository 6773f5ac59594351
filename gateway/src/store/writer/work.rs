//! The thread: takes batches, commits them, answers.

use std::time::{Duration, Instant};

use tokio::sync::{broadcast, watch};

use super::batch::{Batch, Closing};
use super::{Commit, Desk, Observer};
use crate::clock::Clock;
use crate::store::command::{Command, Outcome};
use crate::store::engine::Engine;
use crate::store::error::StoreError;
use crate::store::moves::{self, Moved};

/// How long nothing must be asked for until the engine tidies up.
const IDLE: Duration = Duration::from_millis(250);

/// What the thread owns.
pub(super) struct Work {
    pub(super) engine: Box<dyn Engine>,
    pub(super) clock: Clock,
    pub(super) observer: Observer,
    pub(super) tell: watch::Sender<Option<String>>,
    pub(super) moves: broadcast::Sender<Moved>,
}

impl Drop for Work {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.tell.send_replace(Some("its writer panicked".into()));
        }
    }
}

impl Work {
    pub(super) fn run(mut self, desk: &Desk) {
        loop {
            let Some(mut batch) = desk.next(IDLE) else {
                let tidied = self.engine.tidy();
                tidied.unwrap_or_else(|error| self.tell_if_broken(&error));
                continue;
            };
            let closing = batch.close.take();
            self.apply(batch);
            if let Some(closing) = closing {
                return self.end(closing);
            }
        }
    }

    fn end(self, closing: Closing) {
        drop(self);
        if let Closing::Asked(reply) = closing {
            // Nobody needs to wait for it.
            let _ = reply.send(());
        }
    }

    fn apply(&mut self, batch: Batch) {
        let outcomes = self.commit(&batch);
        self.tell_moves(&batch.commands, &outcomes);
        for (reply, outcome) in batch.replies.into_iter().zip(outcomes) {
            // A caller may have gone away; what it asked for is done.
            let _ = reply.send(outcome);
        }
    }

    fn tell_moves(&self, commands: &[Command], outcomes: &[Result<Outcome, StoreError>]) {
        if self.moves.receiver_count() == 0 {
            return;
        }
        let done =
            commands.iter().zip(outcomes).filter_map(|(command, outcome)| Some((command, outcome.as_ref().ok()?)));
        for moved in done.flat_map(|(command, outcome)| moves::of(command, outcome)) {
            // The last follower may just have gone.
            let _ = self.moves.send(moved);
        }
    }

    fn commit(&mut self, batch: &Batch) -> Vec<Result<Outcome, StoreError>> {
        if batch.commands.is_empty() {
            return Vec::new();
        }
        if let Some(what) = self.tell.borrow().clone() {
            return batch.commands.iter().map(|_| Err(StoreError::Broken(what.clone()))).collect();
        }
        let began = Instant::now();
        let committed = self.engine.commit(&batch.commands, self.clock.now());
        (self.observer)(Commit { took: began.elapsed(), commands: batch.commands.len() });
        match committed {
            Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
            Err(error) => self.failed(batch, &error),
        }
    }

    /// A command that meets a damaged page, or that fails by itself, takes no other one with it.
    fn failed(&mut self, batch: &Batch, error: &StoreError) -> Vec<Result<Outcome, StoreError>> {
        self.tell_if_broken(error);
        let alone = matches!(error, StoreError::Corrupt(_) | StoreError::Statement(_) | StoreError::Damaged(_));
        if !alone || batch.commands.len() == 1 {
            return batch.commands.iter().map(|_| Err(error.clone())).collect();
        }
        let mut outcomes = Vec::with_capacity(batch.commands.len());
        for command in &batch.commands {
            outcomes.push(self.one(std::slice::from_ref(command)));
        }
        outcomes
    }

    fn one(&mut self, command: &[Command]) -> Result<Outcome, StoreError> {
        if let Some(what) = self.tell.borrow().clone() {
            return Err(StoreError::Broken(what));
        }
        let outcome = self.engine.commit(command, self.clock.now());
        if let Err(error) = &outcome {
            self.tell_if_broken(error);
        }
        outcome?.pop().ok_or_else(|| StoreError::Statement("a command without an outcome".into()))
    }

    fn tell_if_broken(&self, error: &StoreError) {
        if let StoreError::Broken(what) = error {
            tracing::error!(error = %error, "the store takes nothing any more");
            self.tell.send_replace(Some(what.clone()));
        }
    }
}
