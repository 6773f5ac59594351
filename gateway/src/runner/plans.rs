//! Compiled plans of executions that are pinned to another revision than the live one. Bounded: the ones used last stay.

use std::sync::{Arc, Mutex, PoisonError};

use boathook_plan::machine::ProgramError;
use boathook_plan::pinned::Pinned;
use boathook_plan::plan::Plan;

use crate::routes::Served;
use crate::store::{Hash, Store, StoreError};

/// Plans that are kept compiled: a workflow has few revisions under way at once.
const PLANS: usize = 256;

/// Compiled plans, the one used last at the end.
#[derive(Debug, Default)]
pub(super) struct Plans(Mutex<Vec<(Hash, Arc<Pinned>)>>);

/// Why a plan cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlanError {
    /// The store cannot say.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store has no such plan.
    #[error("the store has no plan {0}")]
    Missing(Hash),
    /// It is no plan.
    #[error("reading plan {0}: {1}")]
    Unreadable(Hash, serde_json::Error),
    /// This gateway cannot run it.
    #[error(transparent)]
    Program(#[from] ProgramError),
}

impl Plans {
    /// The plan under a hash: the live one's where it is that.
    pub(super) async fn get(&self, store: &Store, served: &Served, hash: Hash) -> Result<Arc<Pinned>, PlanError> {
        if served.plan_text().hash == hash {
            return Ok(Arc::clone(served.route.pinned()));
        }
        if let Some(known) = self.find(hash) {
            return Ok(known);
        }
        let text = store.plan(hash).await?.ok_or(PlanError::Missing(hash))?;
        let plan: Plan = serde_json::from_slice(&text).map_err(|error| PlanError::Unreadable(hash, error))?;
        let pinned = Arc::new(Pinned::compile(Arc::new(plan))?);
        self.keep(hash, Arc::clone(&pinned));
        Ok(pinned)
    }

    fn find(&self, hash: Hash) -> Option<Arc<Pinned>> {
        let mut plans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = plans.iter().position(|(known, _)| *known == hash)?;
        let entry = plans.remove(found);
        let pinned = Arc::clone(&entry.1);
        plans.push(entry);
        Some(pinned)
    }

    fn keep(&self, hash: Hash, pinned: Arc<Pinned>) {
        let mut plans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        plans.retain(|(known, _)| *known != hash);
        if plans.len() >= PLANS {
            plans.remove(0);
        }
        plans.push((hash, pinned));
    }
}
