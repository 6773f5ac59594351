//! Where a replay comes from: how often the delivery was run before, and whose seed its idempotency keys have.

use boathook_plan::pinned::{RunFacts, SeedOf};
use uuid::Uuid;

use crate::store::{Claimed, Store, StoreError};

/// Replays of replays that are looked at: people do not press a button more often.
const REPLAYS: u32 = 100;

/// The facts of a claimed execution. A replay from the start has a seed of its own; one from the failed step has that of
/// the run which it goes on with.
pub(super) async fn facts(store: &Store, claimed: &Claimed) -> Result<RunFacts, StoreError> {
    let mut facts = RunFacts::first(claimed.fence.id, claimed.started_at);
    if claimed.replay_of.is_none() {
        return Ok(facts);
    }
    let seed_replays = claimed.seed == claimed.fence.id || replays(store, claimed.seed).await?.is_some();
    facts.seed = if seed_replays { SeedOf::Replay(claimed.seed) } else { SeedOf::Delivery(claimed.seed) };
    facts.attempt = depth(store, claimed.replay_of).await?;
    Ok(facts)
}

async fn depth(store: &Store, of: Option<Uuid>) -> Result<u32, StoreError> {
    let (mut attempt, mut of) = (1, of);
    while let Some(id) = of.filter(|_| attempt < REPLAYS) {
        attempt += 1;
        of = replays(store, id).await?;
    }
    Ok(attempt)
}

/// Which execution this one replays; one that is damaged or not kept any more replays none.
async fn replays(store: &Store, id: Uuid) -> Result<Option<Uuid>, StoreError> {
    match store.execution(id).await {
        Err(StoreError::Damaged(_)) => Ok(None),
        row => Ok(row?.and_then(|row| row.replay_of)),
    }
}
