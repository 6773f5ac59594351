//! How a body is decoded, parsed and held against the workflow's schema: within an account of memory that all requests
//! share, and aside where it takes long, so that the request threads stay free.

use std::sync::Arc;

use boathook_plan::limits::JSON_TREE_SIZE;
use boathook_plan::reason::Reason;
use boathook_plan::request::Verified;
use boathook_plan::route::{Effort, NoSchema, Parsed, Unparsed};
use boathook_plan::schema::SchemaViolation;
use tokio::task::spawn_blocking;

use super::refusal::Refusal;
use crate::gate::Place;
use crate::memory::Held;
use crate::routes::Served;
use crate::shared::Shared;

/// A body that is what its type says, and how it violates the workflow's schema.
pub(super) type Judged = (Parsed, Result<Vec<SchemaViolation>, NoSchema>);

/// What became of a body, and its memory: a thread that reads on for a sender who is gone holds it until it is done.
type Tried = (Result<Judged, Box<Unparsed>>, Held);

/// Parses and judges a body; its place keeps the memory that its values take. 503 where there is none.
pub(super) async fn parse(
    shared: &Shared,
    served: &Arc<Served>,
    verified: Verified,
    place: &mut Place,
) -> Result<Judged, Refusal> {
    let effort = served.route.effort(&verified);
    let memory = take(shared, served, effort.account).await?;
    let (mut tried, mut memory) = judge(shared, served, verified, (effort, memory)).await?;
    if let Err(unparsed) = tried {
        if !unparsed.fault.wants_room() || effort.room >= JSON_TREE_SIZE {
            return Err(unreadable(&unparsed));
        }
        // All of it is asked for anew: who held a part might wait for it.
        drop(memory);
        let account = effort.account.saturating_sub(effort.room).saturating_add(JSON_TREE_SIZE);
        let again = Effort { room: JSON_TREE_SIZE, account, is_long: true };
        memory = take(shared, served, account).await?;
        (tried, memory) = judge(shared, served, unparsed.verified, (again, memory)).await?;
    }
    let (parsed, violations) = tried.map_err(|unparsed| unreadable(&unparsed))?;
    memory.shrink(parsed.size());
    place.keep(memory);
    Ok((parsed, violations))
}

async fn take(shared: &Shared, served: &Served, bytes: usize) -> Result<Held, Refusal> {
    let owner = &served.counts.in_flight.reading;
    shared.gate.reading.take(owner, bytes).await.ok_or_else(|| Refusal::of(Reason::Overloaded))
}

fn unreadable(unparsed: &Unparsed) -> Refusal {
    Refusal::of(unparsed.fault.reason()).because(unparsed.fault.to_string())
}

async fn judge(
    shared: &Shared,
    served: &Arc<Served>,
    verified: Verified,
    (effort, memory): (Effort, Held),
) -> Result<Tried, Refusal> {
    let served = Arc::clone(served);
    let judge = move || {
        let parsed = served.route.parse(verified, effort.room);
        let judged = parsed.map(|parsed| {
            let violations = served.route.violations(&parsed);
            (parsed, violations)
        });
        (judged, memory)
    };
    if !effort.is_long {
        return Ok(judge());
    }
    let turn = shared.gate.turn_to_read().await;
    let judge = move || {
        let judged = judge();
        drop(turn);
        judged
    };
    spawn_blocking(judge).await.map_err(|_| Refusal::of(Reason::MalformedBody))
}
