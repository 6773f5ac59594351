//! Running an execution again: which revision, and how much of its journal, is decided here; the store does it.

use std::sync::Arc;

use boathook_plan::machine::{Entry, State, kept};
use boathook_plan::pinned::Pinned;
use uuid::Uuid;

use super::{ReplayRequest, Replayed, Revision, Start};
use crate::admin::executions::archive::{Archive, Kept};
use crate::admin::problem::Refusal;
use crate::runner::Owner;
use crate::shared::Shared;
use crate::store::{self, ExecutionRow, Phase, PlanText, Replay};

/// Queues it.
pub(super) async fn perform(shared: &Shared, row: &ExecutionRow, asked: ReplayRequest) -> Result<Replayed, Refusal> {
    let replay = order(shared, row, asked).await?;
    let execution_id = match shared.runner.store()?.replay(replay).await? {
        store::Replayed::Accepted(id) => id,
        store::Replayed::NotFound => return Err(Refusal::not_found(&row.id.to_string())),
        store::Replayed::NotFinished => return Err(unfinished(row.id)),
        store::Replayed::BodyNotKept => return Err(body_not_kept(row.id)),
        store::Replayed::Damaged => {
            return Err(Refusal::conflict("Damaged", format!("the store holds {} damaged", row.id)));
        }
    };
    shared.runner.wake(Owner::of(&row.workflow));
    Ok(Replayed { replay_of: row.id, execution_id })
}

async fn order(shared: &Shared, row: &ExecutionRow, asked: ReplayRequest) -> Result<Replay, Refusal> {
    if !row.phase.is_final() {
        return Err(unfinished(row.id));
    }
    let current = match asked.revision {
        Revision::Original => None,
        Revision::Current => Some(current(shared, row)?),
    };
    let entries = match asked.from {
        Start::Start => None,
        Start::FailedStep if row.phase == Phase::Failed => {
            let archived = Archive::new(shared)?.kept(row).await?;
            Some(positions(&archived, current.as_ref().map(|(pinned, _)| pinned))?)
        }
        Start::FailedStep => {
            return Err(Refusal::conflict("NotFailed", format!("{} has not failed: replay it from Start", row.id)));
        }
    };
    Ok(Replay { of: row.id, id: Uuid::now_v7(), entries, plan: current.map(|(_, text)| text) })
}

/// Which entries a replay from the failed step keeps. Those of another revision must fit it.
fn positions(archived: &Kept, current: Option<&Arc<Pinned>>) -> Result<Vec<u32>, Refusal> {
    if archived.deliveries.iter().any(|delivery| delivery.body.is_none()) {
        return Err(body_not_kept(archived.facts.id));
    }
    let unfit = |what: &str| Refusal::conflict("JournalMismatch", format!("{what}: replay it from Start"));
    let (pinned, input) = archived.input().ok_or_else(|| unfit("its revision cannot be read"))?;
    let stay = kept(pinned.program(), &input, &archived.entries)
        .map_err(|_| unfit("its journal is not one of its revision"))?;
    if let Some(current) = current {
        let entries: Vec<Entry> = stay.iter().filter_map(|at| archived.entries.get(*at)).cloned().collect();
        State::resume(Arc::clone(current.program()), input, &entries)
            .map_err(|_| unfit("the current revision has other steps before the failure"))?;
    }
    Ok(stay.into_iter().filter_map(|at| u32::try_from(at).ok()).collect())
}

fn current(shared: &Shared, row: &ExecutionRow) -> Result<(Arc<Pinned>, Arc<PlanText>), Refusal> {
    let served = shared.routes.of(&row.workflow).ok_or_else(|| {
        Refusal::conflict("WorkflowDeleted", "the workflow is not served any more: there is no Current revision of it")
    })?;
    Ok((Arc::clone(served.route.pinned()), Arc::clone(served.plan_text())))
}

fn unfinished(id: Uuid) -> Refusal {
    Refusal::conflict("NotFinished", format!("{id} has not ended: cancel it first, or wait"))
}

fn body_not_kept(id: Uuid) -> Refusal {
    let detail = format!("the body of {id} was not kept (history.body): ask its sender to send it again");
    Refusal::conflict("BodyNotKept", detail)
}
