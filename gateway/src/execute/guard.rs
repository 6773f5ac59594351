//! What becomes of a run whose task panics: a fault of ours ends it, and nothing waits for it for ever.

use std::sync::{Arc, OnceLock};

use crate::runner::Owner;
use crate::shared::Shared;
use crate::store::Fence;

/// The lease of a run, held outside of it. One that is in memory has none until it becomes durable.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lifeline(Arc<OnceLock<(Owner, Fence)>>);

impl Lifeline {
    /// Of a run that is durable from the start.
    pub(super) fn of(owner: &Owner, fence: Fence) -> Self {
        let line = Self::default();
        line.tie(owner, fence);
        line
    }

    /// The run has become durable.
    pub(super) fn tie(&self, owner: &Owner, fence: Fence) {
        // It does so once.
        let _ = self.0.set((owner.clone(), fence));
    }
}

/// Does all of a run, in a task of its own. A durable one that panics has failed.
pub(super) async fn guarded(shared: Arc<Shared>, line: Lifeline, run: impl Future<Output = ()> + Send + 'static) {
    let Err(error) = tokio::spawn(run).await else { return };
    if let Some((owner, fence)) = line.0.get().filter(|_| error.is_panic()) {
        shared.fail(owner, *fence, "the gateway failed while it ran the execution".to_owned()).await;
    }
}
