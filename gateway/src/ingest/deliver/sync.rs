//! Sync deliveries: run while their senders wait. A run that promises nothing beyond its answer is held in memory; one
//! whose workflow writes out a deduplication or a concurrency of its own is durable before its first step.

use std::sync::Arc;

use boathook_plan::limits::DEFAULT_CONCURRENCY;
use boathook_plan::pinned::{Delivered, RunFacts};
use boathook_plan::plan::{Concurrency, Overflow};
use boathook_plan::reason::Reason;
use tokio::sync::oneshot;

use super::repeat::{self, Repeat};
use super::{Admitted, Keyed, admit, told, unavailable};
use crate::execute::{self, Durable, Job, Keeping, Lifeline, Memory, Run, Seat};
use crate::ingest::refusal::Refusal;
use crate::ingest::respond::Verdict;
use crate::kept::Reader;
use crate::runner::KeyHeld;
use crate::shared::Shared;
use crate::store::{Accepted, Fence, Start};

/// What became of a try to begin.
enum Try {
    /// The sender has its answer.
    Told(Verdict),
    /// An earlier delivery is the same.
    Repeat(Repeat),
}

/// Runs the delivery and answers. A repeat waits for the first one, and is run when that one frees the key.
pub(super) async fn answer(shared: &Arc<Shared>, keyed: Keyed) -> Result<Verdict, Refusal> {
    let mut keyed = keyed;
    loop {
        let (back, tried) = begin(shared, keyed).await?;
        let repeat = match tried {
            Try::Told(verdict) => return Ok(verdict),
            Try::Repeat(repeat) => repeat,
        };
        let Some(again) = back else { return Err(Refusal::of(Reason::StoreUnavailable)) };
        if let Some(verdict) = repeat::answer(shared, &again, repeat).await? {
            return Ok(verdict);
        }
        keyed = again;
    }
}

/// Begins the run, unless the delivery is a repeat: then it is given back.
async fn begin(shared: &Arc<Shared>, keyed: Keyed) -> Result<(Option<Keyed>, Try), Refusal> {
    let plan = Arc::clone(keyed.birth.served.route.plan());
    let key = keyed.birth.delivery_key();
    let explicit = key.is_some() && plan.deduplication.as_ref().is_some_and(|it| it.explicit);
    let must_wait = plan.suspend.execution() || shared.runner.is_full(&keyed.owner(), plan.concurrency.max);
    if explicit || must_wait || is_ordered(&plan.concurrency) {
        return durable(shared, keyed).await;
    }
    let Some(key) = key else { return Ok((None, Try::Told(in_memory(shared, keyed, None).await))) };
    match shared.runner.keys.take(keyed.owner(), key.hash, keyed.birth.id) {
        Err(first) => Ok((Some(keyed), Try::Repeat(Repeat::Memory(first)))),
        Ok(held) => match recorded(shared, &keyed).await? {
            Some(first) => Ok((Some(keyed), Try::Repeat(first))),
            None => Ok((None, Try::Told(in_memory(shared, keyed, Some(held)).await))),
        },
    }
}

/// Whether the store must say when a run begins. A gateway takes no more requests at once than the default ceiling.
fn is_ordered(concurrency: &Concurrency) -> bool {
    let queues = match concurrency.overflow {
        Overflow::Queue => false,
        Overflow::Reject | Overflow::Supersede => true,
    };
    queues || concurrency.key.is_some() || concurrency.max < DEFAULT_CONCURRENCY
}

/// Whether the key of a delivery is held by an execution in the store.
async fn recorded(shared: &Shared, keyed: &Keyed) -> Result<Option<Repeat>, Refusal> {
    let (Ok(store), Some(key)) = (shared.runner.store(), keyed.birth.delivery_key()) else { return Ok(None) };
    let uid = &keyed.birth.served.workflow.uid;
    let first = store.delivery(uid, key.hash, shared.clock.now()).await;
    Ok(first.map_err(|error| unavailable(&error))?.map(Repeat::Stored))
}

async fn in_memory(shared: &Arc<Shared>, keyed: Keyed, key: Option<KeyHeld>) -> Verdict {
    let Keyed { birth, context, place } = keyed;
    let keeping =
        |birth| Keeping::Memory(Box::new(Memory { birth, key, entries: Vec::new(), line: Lifeline::default() }));
    let id = birth.id;
    let facts = RunFacts::first(id, birth.accepted_at);
    let state =
        birth.served.route.pinned().run(Delivered { envelope: &birth.envelope, context: &context, batch: None }, facts);
    let job = Job {
        run: Run::begin(Arc::clone(&birth.served), &state),
        origin: birth.envelope.origin.clone(),
        state,
        keeping: keeping(birth),
        seat: Seat::Request { place },
    };
    told(Reason::Accepted, id, execute::answer(shared, job).await)
}

/// Accepts the delivery first. It begins at once where nothing is before it, else when its turn comes.
async fn durable(shared: &Arc<Shared>, keyed: Keyed) -> Result<(Option<Keyed>, Try), Refusal> {
    let id = keyed.birth.id;
    let (sender, answer) = oneshot::channel();
    shared.runner.ask(id, sender);
    let admitted = admit(shared, &keyed.birth, start(shared, &keyed)).await;
    let waits = matches!(admitted, Ok(Admitted::New(Accepted { fence: None, .. }) | Admitted::Joined(_)));
    if !waits {
        drop(shared.runner.asker(id));
    }
    Ok(match admitted? {
        Admitted::New(Accepted { fence: Some(fence), .. }) => (None, Try::Told(at_once(shared, keyed, fence).await)),
        Admitted::New(Accepted { fence: None, .. }) | Admitted::Joined(_) => {
            (None, Try::Told(repeat::queued(shared, &keyed, answer).await))
        }
        Admitted::Repeat(first) => (Some(keyed), Try::Repeat(Repeat::Stored(first))),
        Admitted::Held(first) => (Some(keyed), Try::Repeat(Repeat::Memory(first))),
    })
}

/// When it may begin: at once, unless its workflow is suspended.
fn start(shared: &Shared, keyed: &Keyed) -> Start {
    if keyed.birth.served.route.plan().suspend.execution() {
        return Start::Queued;
    }
    Start::Now(shared.runner.lease(shared.clock.now()))
}

async fn at_once(shared: &Arc<Shared>, keyed: Keyed, fence: Fence) -> Verdict {
    let Keyed { birth, context, place } = keyed;
    let facts = RunFacts::first(birth.id, birth.accepted_at);
    let state =
        birth.served.route.pinned().run(Delivered { envelope: &birth.envelope, context: &context, batch: None }, facts);
    let held = shared.runner.running.hold(fence);
    let job = Job {
        run: Run::begin(Arc::clone(&birth.served), &state),
        origin: birth.envelope.origin.clone(),
        state,
        keeping: Keeping::Durable(Box::new(Durable { owner: birth.owner(), held, told: None, reader: Reader::Repeat })),
        seat: Seat::Request { place },
    };
    told(Reason::Accepted, birth.id, execute::answer(shared, job).await)
}
