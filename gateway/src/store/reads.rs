//! The reading half of the facade.

use bytes::Bytes;
use jiff::Timestamp;
use uuid::Uuid;

use super::Store;
use super::ending::{Answer, Duplicate};
use super::engine::Reader;
use super::error::StoreError;
use super::new::{Hash, JournalEntry};
use super::query::{ExecutionRow, Filter, KeptPayload, Page, RequestRow, Totals, Usage};

impl Store {
    /// One execution; a damaged one is [`StoreError::Damaged`].
    pub async fn execution(&self, id: Uuid) -> Result<Option<ExecutionRow>, StoreError> {
        self.readers.run(move |reader| reader.execution(id)).await
    }

    /// Executions, newest first.
    pub async fn executions(&self, filter: Filter) -> Result<Page<ExecutionRow>, StoreError> {
        self.readers.run(move |reader| reader.executions(&filter)).await
    }

    /// What an execution was started by, in order.
    pub async fn payloads(&self, id: Uuid) -> Result<Vec<KeptPayload>, StoreError> {
        self.readers.run(move |reader| reader.payloads(id)).await
    }

    /// A journal from an entry on, counted from 0. Sensitive entries are open: who shows them must look.
    pub async fn journal(&self, id: Uuid, from: u32) -> Result<Vec<JournalEntry>, StoreError> {
        self.readers.run(move |reader| reader.journal(id, from)).await
    }

    /// What the sender of an execution was told.
    pub async fn answer(&self, id: Uuid) -> Result<Option<Answer>, StoreError> {
        self.readers.run(move |reader| reader.answer(id)).await
    }

    /// A plan's JSON, as long as an execution needs it.
    pub async fn plan(&self, hash: Hash) -> Result<Option<Bytes>, StoreError> {
        self.readers.run(move |reader| reader.plan(hash)).await
    }

    /// The execution that holds a key of a workflow, by its UID, at a time.
    pub async fn delivery(&self, workflow: &str, key: Hash, now: Timestamp) -> Result<Option<Duplicate>, StoreError> {
        let workflow = workflow.to_owned();
        self.readers.run(move |reader| reader.delivery(&workflow, key, now)).await
    }

    /// Requests that started nothing, newest first.
    pub async fn requests(&self, filter: Filter) -> Result<Page<RequestRow>, StoreError> {
        self.readers.run(move |reader| reader.requests(&filter)).await
    }

    /// One request that started nothing; a damaged one is [`StoreError::Damaged`].
    pub async fn request(&self, id: Uuid) -> Result<Option<RequestRow>, StoreError> {
        self.readers.run(move |reader| reader.request(id)).await
    }

    /// Ids of executions and requests from one to another, both included: the first few, enough to see whether there is
    /// one.
    pub async fn ids(&self, from: Uuid, to: Uuid) -> Result<Vec<Uuid>, StoreError> {
        self.readers.run(move |reader| reader.ids(from, to)).await
    }

    /// Of each workflow that the store knows.
    pub async fn totals(&self) -> Result<Vec<Totals>, StoreError> {
        self.readers.run(<dyn Reader>::totals).await
    }

    /// Of each namespace that the store knows.
    pub async fn usage(&self) -> Result<Vec<Usage>, StoreError> {
        self.readers.run(<dyn Reader>::usage).await
    }

    /// Counters of a workflow, by its UID.
    pub async fn counters(&self, workflow: &str) -> Result<Vec<(String, u64)>, StoreError> {
        let workflow = workflow.to_owned();
        self.readers.run(move |reader| reader.counters(&workflow)).await
    }
}
