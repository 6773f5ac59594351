//! Gathers what the store keeps of an execution, and has its record made.

use std::collections::HashMap;
use std::sync::Arc;

use boathook_plan::envelope::Envelope;
use boathook_plan::execution::{Delivery, Execution, Facts, Record, input};
use boathook_plan::machine::{Entry, Input, State};
use boathook_plan::pinned::Pinned;
use boathook_plan::plan::Plan;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::pages::{self, Row};
use crate::admin::problem::Refusal;
use crate::shared::Shared;
use crate::store::{ExecutionRow, Hash, KeptPayload, RequestRow, Store, StoreError};

/// Compiled plans that are held while a list is made.
const PLANS: usize = 64;

/// Makes records; plans are compiled once.
pub(super) struct Archive<'a> {
    shared: &'a Shared,
    store: &'a Store,
    plans: HashMap<Hash, Option<Arc<Pinned>>>,
}

/// What is kept of an execution, opened.
pub(super) struct Kept {
    pub(super) facts: Facts,
    pub(super) pinned: Option<Arc<Pinned>>,
    pub(super) deliveries: Vec<Delivery>,
    pub(super) entries: Vec<Entry>,
}

impl<'a> Archive<'a> {
    pub(super) fn new(shared: &'a Shared) -> Result<Self, StoreError> {
        Ok(Self { shared, store: shared.runner.store()?, plans: HashMap::new() })
    }

    /// The record of an execution, or of a request that started none.
    pub(super) async fn by_id(&mut self, id: Uuid) -> Result<Option<Execution>, Refusal> {
        if let Some(row) = self.store.execution(id).await? {
            return Ok(Some(self.execution(&row).await?));
        }
        Ok(self.store.request(id).await?.map(|row| self.request(&row)))
    }

    /// The record of a row. One that is gone or damaged meanwhile is what its row says.
    pub(super) async fn record(&mut self, row: &Row) -> Result<Execution, StoreError> {
        match row {
            Row::Request(row) => Ok(self.request(row)),
            Row::Execution(row) if row.damaged => Ok(Execution::summary(&pages::execution(row))),
            Row::Execution(row) => match self.execution(row).await {
                Err(StoreError::Damaged(_) | StoreError::Corrupt(_)) => Ok(Execution::summary(&pages::execution(row))),
                record => record,
            },
        }
    }

    async fn execution(&mut self, row: &ExecutionRow) -> Result<Execution, StoreError> {
        let kept = self.kept(row).await?;
        // A long journal takes a while: requests do not wait for it.
        spawn_blocking(move || kept.record()).await.map_err(|_| StoreError::Closed)
    }

    /// What is kept of an execution.
    pub(super) async fn kept(&mut self, row: &ExecutionRow) -> Result<Kept, StoreError> {
        let payloads = self.store.payloads(row.id).await?;
        let entries = self.store.journal(row.id, 0).await?;
        Ok(Kept {
            facts: pages::execution(row),
            pinned: self.plan(row.plan).await?,
            deliveries: payloads.into_iter().filter_map(delivery).collect(),
            entries: entries.iter().map_while(|entry| serde_json::from_slice(&entry.text).ok()).collect(),
        })
    }

    /// What a request redacts is known by the workflow that has the name now.
    fn request(&self, row: &RequestRow) -> Execution {
        let served = self.shared.routes.of(&row.workflow);
        let payload = KeptPayload { head: row.head.clone(), body: None, body_sha256: row.body_sha256 };
        let deliveries: Vec<_> = delivery(payload).into_iter().collect();
        let facts = pages::request(row);
        let pinned = served.as_ref().map(|served| &**served.route.pinned());
        Execution::of(&Record { facts: &facts, pinned, deliveries: &deliveries, state: None })
    }

    async fn plan(&mut self, hash: Hash) -> Result<Option<Arc<Pinned>>, StoreError> {
        if let Some(known) = self.plans.get(&hash) {
            return Ok(known.clone());
        }
        let text = self.store.plan(hash).await?;
        let plan = text.and_then(|text| serde_json::from_slice::<Plan>(&text).ok());
        let pinned = plan.and_then(|plan| Pinned::compile(Arc::new(plan)).ok()).map(Arc::new);
        if self.plans.len() >= PLANS {
            self.plans.clear();
        }
        self.plans.insert(hash, pinned.clone());
        Ok(pinned)
    }
}

impl Kept {
    /// What its run starts from, where its plan can be had.
    pub(super) fn input(&self) -> Option<(Arc<Pinned>, Input)> {
        let pinned = self.pinned.clone()?;
        let input = input(&self.facts, &self.deliveries, &pinned);
        Some((pinned, input))
    }

    fn record(&self) -> Execution {
        let state =
            self.input().map(|(pinned, input)| State::review(Arc::clone(pinned.program()), input, &self.entries));
        let (facts, pinned) = (&self.facts, self.pinned.as_deref());
        Execution::of(&Record { facts, pinned, deliveries: &self.deliveries, state: state.as_ref() })
    }
}

fn delivery(kept: KeptPayload) -> Option<Delivery> {
    let envelope: Envelope = serde_json::from_slice(&kept.head).ok()?;
    Some(Delivery { envelope, body: kept.body, body_sha256: kept.body_sha256.map(|hash| hash.0) })
}
