//! The durable store: deliveries, journals, leases, keys and records. What is answered by it survives power cuts.
//!
//! Commands are values; one writer applies what has arrived as one transaction and then answers all of it. Reads have
//! connections of their own and never block the writer. Decides nothing about workflows: payloads, journal entries and
//! answers are bytes to it.

mod claim;
mod command;
mod ending;
mod engine;
mod error;
mod lease;
mod moves;
mod new;
mod orders;
mod query;
mod readers;
mod reads;
mod seal;
mod sqlite;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod writer;

use std::sync::Arc;

use tokio::sync::{broadcast, watch};

pub use claim::{Claim, Claimed, Claims};
pub use command::{
    Append, Cancel, Cancelled, Command, Count, Deleted, Finish, Outcome, Park, Prune, Purge, RecordedRequest, Renew,
    Replay, Replayed, RequestPhase, Trim, Which,
};
pub use ending::{
    ANSWER_KEPT, Accepted, Admission, Adopt, Answer, Duplicate, Ending, Finished, FinishedExecution, Phase, Settled,
    Waiter,
};
pub use engine::{Engine, Reader};
pub use error::{OpenError, StoreError};
pub use lease::{Fence, Lease, Renewed, Written};
pub use moves::Moved;
pub use new::{DeliveryKey, Hash, JournalEntry, Keep, NewExecution, Parent, Payload, PlanText, Queueing, Quota, Start};
pub use query::{ExecutionRow, Filter, KeptPayload, PAGE, Page, RequestRow, Totals, Usage};
pub use sqlite::{Opened, Settings, upkeep};
pub use writer::{Commit, Observer};

use readers::Readers;
use writer::Writer;

use crate::clock::Clock;

/// The store. Cheap to clone; closed when the last clone goes, or by [`Store::close`].
#[derive(Clone, Debug)]
pub struct Store {
    writer: Arc<Writer>,
    readers: Arc<Readers>,
}

impl Store {
    /// A store over an engine and connections that read what it writes.
    pub fn new(engine: Box<dyn Engine>, readers: Vec<Box<dyn Reader>>, clock: Clock, observer: Observer) -> Self {
        Self { writer: Arc::new(Writer::start(engine, clock, observer)), readers: Arc::new(Readers::new(readers)) }
    }

    /// Returns once the disk has failed, with what failed. The process must then exit and recover from disk: what the
    /// disk holds is not known.
    pub async fn broken(&self) -> String {
        let mut broken: watch::Receiver<Option<String>> = self.writer.broken();
        let seen = broken.wait_for(Option::is_some).await.map(|what| what.clone());
        match seen {
            Ok(Some(what)) => what,
            // Closed without having failed: it never will.
            Ok(None) | Err(_) => std::future::pending().await,
        }
    }

    /// What moves from now on, in the order committed.
    pub fn moves(&self) -> broadcast::Receiver<Moved> {
        self.writer.moves()
    }

    /// Whether commands can be taken.
    pub fn is_up(&self) -> bool {
        self.writer.is_up()
    }

    /// Applies what has arrived, then closes the database. Commands that come later are refused.
    pub async fn close(&self) {
        self.writer.close().await;
    }
}
