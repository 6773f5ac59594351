//! Pages of executions and of requests that started none, as one list: newest first.

use boathook_plan::execution::{Caller, Facts, Phase};

use super::query::{Cursor, Wanted};
use crate::store::{self, ExecutionRow, Filter, Page, RequestPhase, RequestRow, Store, StoreError};

/// Pages of requests that are read for one page of a list: phases are sorted out here.
const LOOKS: u32 = 20;

/// A row of the list.
#[derive(Clone, Debug)]
pub(super) enum Row {
    Execution(Box<ExecutionRow>),
    Request(Box<RequestRow>),
}

/// A part of the list.
pub(super) struct Listed {
    pub(super) rows: Vec<Row>,
    pub(super) next: Option<Cursor>,
}

/// The newest rows that are wanted.
pub(super) async fn read(store: &Store, wanted: &Wanted) -> Result<Listed, StoreError> {
    let executions = match &wanted.executions {
        Some(filter) => store.executions(filter.clone()).await?,
        None => Page { rows: Vec::new(), next: None },
    };
    let requests = match &wanted.requests {
        Some((filter, phases)) => some(store, filter.clone(), phases).await?,
        None => Page { rows: Vec::new(), next: None },
    };
    Ok(merge(wanted, executions, requests))
}

/// Requests of some phases.
async fn some(store: &Store, mut filter: Filter, phases: &[RequestPhase]) -> Result<Page<RequestRow>, StoreError> {
    let mut found = Page { rows: Vec::new(), next: None };
    for _ in 0..LOOKS {
        let page = store.requests(filter.clone()).await?;
        found.rows.extend(page.rows.into_iter().filter(|row| phases.contains(&row.phase)));
        found.next = page.next;
        if found.next.is_none() || found.rows.len() >= usize::try_from(filter.limit).unwrap_or(usize::MAX) {
            break;
        }
        filter.before = page.next;
    }
    Ok(found)
}

fn merge(wanted: &Wanted, executions: Page<ExecutionRow>, requests: Page<RequestRow>) -> Listed {
    let more = (executions.next, requests.next);
    let mut all = zipped(executions.rows, requests.rows);
    let left = all.split_off(all.len().min(usize::try_from(wanted.limit).unwrap_or(usize::MAX)));
    let mut cursor = Cursor {
        executions: wanted.executions.as_ref().and_then(|filter| filter.before),
        requests: wanted.requests.as_ref().and_then(|(filter, _)| filter.before),
    };
    for row in &all {
        match row {
            Row::Execution(row) => cursor.executions = Some(row.seq),
            Row::Request(row) => cursor.requests = Some(row.seq),
        }
    }
    // A page of requests may hold none of the phases: the next look begins behind it.
    if left.is_empty() && more.1.is_some() {
        cursor.requests = more.1;
    }
    let goes_on = !left.is_empty() || more.0.is_some() || more.1.is_some();
    Listed { rows: all, next: goes_on.then_some(cursor) }
}

/// Both, each in its own order: that of a cursor, from which times may differ by a little.
fn zipped(executions: Vec<ExecutionRow>, requests: Vec<RequestRow>) -> Vec<Row> {
    let mut executions = executions.into_iter().peekable();
    let mut requests = requests.into_iter().peekable();
    let next = || {
        let request = requests.peek().map(|request| request.at);
        let is_first = executions.peek().is_some_and(|row| request.is_none_or(|at| row.accepted_at >= at));
        if is_first {
            executions.next().map(|row| Row::Execution(Box::new(row)))
        } else {
            requests.next().map(|row| Row::Request(Box::new(row)))
        }
    };
    std::iter::from_fn(next).collect()
}

impl Row {
    /// As a record is made of it.
    pub(super) fn facts(&self) -> Facts {
        match self {
            Self::Execution(row) => execution(row),
            Self::Request(row) => request(row),
        }
    }
}

/// The facts of an execution.
pub(super) fn execution(row: &ExecutionRow) -> Facts {
    let caller = row.parent.as_ref();
    Facts {
        id: row.id,
        workflow: row.workflow.clone(),
        revision: (!row.damaged).then(|| row.plan.to_string()),
        mode: (!row.damaged).then_some(row.mode),
        phase: phase(row.phase),
        retry_of: row.retry_of,
        replay_of: row.replay_of,
        duplicate_of: None,
        called_by: caller.map(|parent| Caller { execution_id: parent.id, step: parent.place.clone() }),
        accepted_at: row.accepted_at,
        started_at: row.started_at,
        due_at: row.due_at,
        finished_at: row.finished_at,
        reason: row.reason.clone(),
        step: row.step.clone(),
        message: row.message.clone(),
        status: row.status,
    }
}

/// The facts of a request that started nothing.
pub(super) fn request(row: &RequestRow) -> Facts {
    Facts {
        id: row.id,
        workflow: row.workflow.clone(),
        revision: None,
        mode: None,
        phase: match row.phase {
            RequestPhase::Rejected => Phase::Rejected,
            RequestPhase::Filtered => Phase::Filtered,
            RequestPhase::Duplicate => Phase::Duplicate,
        },
        retry_of: None,
        replay_of: None,
        duplicate_of: row.execution,
        called_by: None,
        accepted_at: row.at,
        started_at: None,
        due_at: None,
        finished_at: None,
        reason: Some(row.reason.clone()),
        step: None,
        message: None,
        status: None,
    }
}

const fn phase(phase: store::Phase) -> Phase {
    match phase {
        store::Phase::Queued => Phase::Queued,
        store::Phase::Running => Phase::Running,
        store::Phase::Waiting => Phase::Waiting,
        store::Phase::Succeeded => Phase::Succeeded,
        store::Phase::Failed => Phase::Failed,
        store::Phase::Cancelled => Phase::Cancelled,
    }
}
