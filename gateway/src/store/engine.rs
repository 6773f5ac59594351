//! What a database must do to be a store: apply commands in one transaction, and read.

use bytes::Bytes;
use jiff::Timestamp;
use uuid::Uuid;

use super::command::{Command, Outcome};
use super::ending::{Answer, Duplicate};
use super::error::StoreError;
use super::new::{Hash, JournalEntry};
use super::query::{ExecutionRow, Filter, KeptPayload, Page, RequestRow, Totals, Usage};

/// The writing half.
pub trait Engine: Send + 'static {
    /// Applies commands in order, in one transaction that is durable when this returns; each has its outcome. After an
    /// error nothing of any of them is kept.
    fn commit(&mut self, commands: &[Command], now: Timestamp) -> Result<Vec<Outcome>, StoreError>;

    /// Called when nothing is asked for: time for what must be done some day.
    fn tidy(&mut self) -> Result<(), StoreError>;
}

/// The reading half: sees what has been committed.
pub trait Reader: Send + 'static {
    /// One execution; a damaged one is [`StoreError::Damaged`].
    fn execution(&self, id: Uuid) -> Result<Option<ExecutionRow>, StoreError>;

    /// Executions, newest first.
    fn executions(&self, filter: &Filter) -> Result<Page<ExecutionRow>, StoreError>;

    /// What an execution was started by, in order.
    fn payloads(&self, id: Uuid) -> Result<Vec<KeptPayload>, StoreError>;

    /// A journal from an entry on, counted from 0. Sensitive entries are open.
    fn journal(&self, id: Uuid, from: u32) -> Result<Vec<JournalEntry>, StoreError>;

    /// What the sender was told.
    fn answer(&self, id: Uuid) -> Result<Option<Answer>, StoreError>;

    /// A plan's JSON.
    fn plan(&self, hash: Hash) -> Result<Option<Bytes>, StoreError>;

    /// The execution that holds a key of a workflow at a time.
    fn delivery(&self, workflow: &str, key: Hash, now: Timestamp) -> Result<Option<Duplicate>, StoreError>;

    /// Requests that started nothing, newest first.
    fn requests(&self, filter: &Filter) -> Result<Page<RequestRow>, StoreError>;

    /// One request that started nothing; a damaged one is [`StoreError::Damaged`].
    fn request(&self, id: Uuid) -> Result<Option<RequestRow>, StoreError>;

    /// Ids of executions and requests from one to another, both included: the first few.
    fn ids(&self, from: Uuid, to: Uuid) -> Result<Vec<Uuid>, StoreError>;

    /// Of each workflow that the store knows.
    fn totals(&self) -> Result<Vec<Totals>, StoreError>;

    /// Of each namespace that the store knows.
    fn usage(&self) -> Result<Vec<Usage>, StoreError>;

    /// Counters of a workflow, by its UID.
    fn counters(&self, workflow: &str) -> Result<Vec<(String, u64)>, StoreError>;
}
