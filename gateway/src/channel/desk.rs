//! Where tables are taken, one at a time: made into routes, served, kept, acknowledged.

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use boathook_plan::channel::{Acknowledgement, TableMessage, TableReader};
use boathook_sandbox::SandboxError;
use tokio::sync::{Mutex, watch};
use tokio::task::{JoinError, spawn_blocking};
use uuid::Uuid;

use super::last::{Last, LastFault};
use super::table::{OtherBase, Table};
use crate::shared::Shared;

/// When it is tried again whether scripts can be confined, where that has failed for want of something.
const TRY_AGAIN: Duration = Duration::from_mins(1);

/// One a gateway.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) shared: Arc<Shared>,
    /// This process, in reports.
    pub(super) instance: Uuid,
    last: Option<Last>,
    /// Whether scripts can be confined here, once that is known.
    sandbox: OnceLock<bool>,
    /// Held while a table is taken.
    turn: Mutex<()>,
    /// The table that is served.
    table: watch::Sender<Option<Arc<Table>>>,
}

/// Why a table is not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum DeskError {
    /// It is about another table.
    #[error(transparent)]
    OtherBase(#[from] OtherBase),
    /// A fault of ours.
    #[error("compiling the routes")]
    Aborted(#[from] JoinError),
}

impl Desk {
    pub(super) fn new(shared: Arc<Shared>, last: Option<Last>) -> Self {
        let (turn, table) = (Mutex::default(), watch::Sender::new(None));
        Self { shared, instance: Uuid::new_v4(), last, sandbox: OnceLock::new(), turn, table }
    }

    /// Whether scripts can be confined here, once that is known.
    pub(super) fn sandbox(&self) -> Option<bool> {
        self.sandbox.get().copied()
    }

    /// Finds out whether scripts can be confined here: a worker is started and confines itself.
    pub(super) async fn try_sandbox(&self) {
        loop {
            let confined = match self.shared.sandbox.probe().await {
                Ok(()) => Some(true),
                Err(error) => {
                    tracing::warn!(error = %error, "no script can be run");
                    matches!(error, SandboxError::Unsupported(_)).then_some(false)
                }
            };
            if let Some(confined) = confined {
                let _ = self.sandbox.set(confined);
                return;
            }
            tokio::time::sleep(TRY_AGAIN).await;
        }
    }

    /// The table that is served, as it changes.
    pub(super) fn watch(&self) -> watch::Receiver<Option<Arc<Table>>> {
        self.table.subscribe()
    }

    /// Whether what has arrived of a message may be of use: one that is about another table need not be read to its end.
    pub(super) fn wants(&self, arriving: &TableReader) -> Result<(), OtherBase> {
        let Some(header) = arriving.header() else { return Ok(()) };
        OtherBase::check(self.table.borrow().as_deref(), &header.extent)
    }

    /// Takes a table: when this returns it is served, and kept.
    pub(super) async fn take(&self, message: TableMessage) -> Result<Acknowledgement, DeskError> {
        let _turn = self.turn.lock().await;
        let acknowledgement = self.serve(message).await?;
        self.keep().await;
        Ok(acknowledgement)
    }

    /// Serves the table that was kept, where it is whole.
    pub(super) async fn restore(&self) {
        let Some(last) = self.last.clone() else { return };
        let _turn = self.turn.lock().await;
        let read = spawn_blocking(move || last.read()).await;
        let message = match read.unwrap_or_else(|aborted| Err(LastFault::Io(io::Error::other(aborted)))) {
            Ok(Some(message)) => message,
            Ok(None) => return,
            Err(error) => {
                return tracing::error!(error = &error as &dyn std::error::Error, "no kept routes are served");
            }
        };
        match self.serve(message).await {
            Ok(Acknowledgement { revision, rejected, .. }) => {
                tracing::info!(%revision, rejected = rejected.len(), "the kept routes are served");
            }
            Err(error) => tracing::error!(error = &error as &dyn std::error::Error, "no kept routes are served"),
        }
    }

    async fn serve(&self, message: TableMessage) -> Result<Acknowledgement, DeskError> {
        let before = self.table.borrow().clone();
        let table = Arc::new(spawn_blocking(move || Table::after(before.as_deref(), message)).await??);
        let lost = self.shared.swap(table.routes(), table.alive());
        // Senders wait until the first of these: it comes second, so that none of them finds no route.
        let edge = self.shared.edge.apply(&table.edge).err().map(|error| error.to_string());
        let rejected = table.rejected(lost);
        let revision = table.revision.clone();
        tracing::info!(%revision, rejected = rejected.len(), "a table of routes is served");
        self.table.send_replace(Some(table));
        Ok(Acknowledgement { revision, rejected, edge })
    }

    /// What cannot be kept is served all the same.
    async fn keep(&self) {
        let (Some(last), Some(table)) = (self.last.clone(), self.table.borrow().clone()) else { return };
        let kept = spawn_blocking(move || last.write(&table)).await;
        if let Err(error) = kept.unwrap_or_else(|aborted| Err(io::Error::other(aborted))) {
            tracing::warn!(error = %error, "keeping the routes: a restart will wait for the operator");
        }
    }
}
