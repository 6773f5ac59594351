//! What an execution begins with, and how the store is told of it.

use std::sync::Arc;
use std::time::Duration;

use boathook_plan::envelope::{Envelope, Source};
use boathook_plan::plan::Deduplication;
use bytes::Bytes;
use jiff::Timestamp;
use uuid::Uuid;

use super::Owner;
use crate::routes::Served;
use crate::store::{DeliveryKey, Hash, Keep, NewExecution, Parent, Payload, Queueing, Quota, Start};

/// An execution that is about to begin, of the workflow's live revision.
#[derive(Clone, Debug)]
pub(crate) struct Birth {
    pub(crate) id: Uuid,
    pub(crate) served: Arc<Served>,
    pub(crate) envelope: Arc<Envelope>,
    pub(crate) body: Bytes,
    pub(crate) accepted_at: Timestamp,
    /// The concurrency key.
    pub(crate) turn: Option<Arc<str>>,
    /// Whether the caller waits for its end.
    pub(crate) awaited: bool,
}

impl Birth {
    /// Whose it is.
    pub(crate) fn owner(&self) -> Owner {
        Owner::of(&self.served.workflow)
    }

    /// Which deliveries are the same, where the workflow says so and this one has a key.
    pub(crate) fn delivery_key(&self) -> Option<DeliveryKey> {
        let Deduplication { window_ms, .. } = self.served.route.plan().deduplication.as_ref()?;
        let key = self.envelope.deduplication_key.as_ref()?;
        Some(DeliveryKey { hash: Hash::of(key.as_bytes()), window: Duration::from_millis(*window_ms) })
    }

    /// As the store takes it.
    pub(crate) fn new_execution(&self, start: Start) -> NewExecution {
        let plan = self.served.route.plan();
        let (concurrency, history) = (&plan.concurrency, &plan.history);
        NewExecution {
            id: self.id,
            workflow: Arc::clone(&self.served.workflow),
            plan: Arc::clone(self.served.plan_text()),
            mode: plan.response.mode,
            accepted_at: self.accepted_at,
            payload: Payload { head: serde_json::to_vec(&*self.envelope).unwrap_or_default(), body: self.body.clone() },
            delivery: self.delivery_key(),
            queueing: Queueing {
                max: concurrency.max,
                key: self.turn.as_ref().map(|key| Hash::of(key.as_bytes())),
                queue: concurrency.queue,
                overflow: concurrency.overflow,
            },
            quota: Quota { queued: plan.quota.queued, storage: plan.quota.storage },
            batch: plan.batch.filter(|_| self.parent().is_none()),
            keep: Keep {
                succeeded: Duration::from_millis(history.keep_ms),
                failed: Duration::from_millis(history.keep_failed_ms),
                body: history.body,
            },
            parent: self.parent(),
            start,
        }
    }

    fn parent(&self) -> Option<Parent> {
        match &self.envelope.source {
            Source::Request(_) => None,
            Source::Call(call) => Some(Parent {
                id: call.parent,
                place: call.place.as_str().to_owned(),
                depth: call.depth,
                awaited: self.awaited,
            }),
        }
    }
}
