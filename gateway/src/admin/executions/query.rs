//! What a request asks for, read from its query.

use std::fmt;
use std::str::FromStr;

use axum::http::StatusCode;
use boathook_plan::execution::Phase;
use boathook_plan::plan::WorkflowRef;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use uuid::Uuid;

use super::pages::Row;
use crate::admin::problem::Refusal;
use crate::store::{self, PAGE, RequestPhase, Store};

/// Hexadecimal digits of the shortest prefix that names an execution.
const PREFIX: usize = 4;

/// The query as it is sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    namespace: Option<String>,
    workflow: Option<String>,
    phase: Option<String>,
    since: Option<String>,
    limit: Option<String>,
    #[serde(rename = "continue")]
    continue_: Option<String>,
}

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// For executions; `None` where requests alone are asked for.
    pub(super) executions: Option<store::Filter>,
    /// For requests that started nothing, and their phases: only where one of these is asked for.
    pub(super) requests: Option<(store::Filter, Vec<RequestPhase>)>,
    /// Records a page at most.
    pub(super) limit: u32,
}

impl Wanted {
    /// The page behind a place.
    pub(super) fn go_on(&mut self, from: Cursor) {
        if let Some(filter) = &mut self.executions {
            filter.before = from.executions;
        }
        if let Some((filter, _)) = &mut self.requests {
            filter.before = from.requests;
        }
    }

    /// From when on.
    pub(super) fn since(&self) -> Option<Timestamp> {
        self.executions.as_ref().or(self.requests.as_ref().map(|(filter, _)| filter))?.since
    }

    /// Whether it is about this row.
    pub(super) fn holds(&self, row: &Row) -> bool {
        match row {
            Row::Execution(row) => self.executions.as_ref().is_some_and(|filter| {
                let is_phase = filter.phases.is_empty() || filter.phases.contains(&row.phase);
                is_phase && is_of(filter, &row.workflow, row.accepted_at)
            }),
            Row::Request(row) => self
                .requests
                .as_ref()
                .is_some_and(|(filter, phases)| phases.contains(&row.phase) && is_of(filter, &row.workflow, row.at)),
        }
    }
}

fn is_of(filter: &store::Filter, workflow: &WorkflowRef, at: Timestamp) -> bool {
    filter.namespace.as_ref().is_none_or(|namespace| *namespace == workflow.namespace)
        && filter.workflow.as_ref().is_none_or(|name| *name == workflow.name)
        && filter.since.is_none_or(|since| at >= since)
}

/// Where a page ended: among the executions, and among the requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) executions: Option<u64>,
    pub(super) requests: Option<u64>,
}

impl Asked {
    /// A page of what it asks for.
    pub(super) fn page(self, now: Timestamp) -> Result<Wanted, Refusal> {
        let limit = self.limit.as_deref().map_or(Some(PAGE), |limit| limit.parse().ok());
        let limit = limit.filter(|limit| (1..=PAGE).contains(limit));
        let limit = limit.ok_or_else(|| Refusal::bad(format!("limit: a number from 1 to {PAGE}")))?;
        let cursor = self.continue_.as_deref().map(str::parse::<Cursor>).transpose()?.unwrap_or_default();
        let mut wanted = self.wanted(limit, now)?;
        wanted.go_on(cursor);
        Ok(wanted)
    }

    /// All that it asks for.
    pub(super) fn whole(self, now: Timestamp) -> Result<Wanted, Refusal> {
        if self.limit.is_some() || self.continue_.is_some() {
            return Err(Refusal::bad("limit and continue: only lists have pages, this is told whole"));
        }
        self.wanted(PAGE, now)
    }

    /// Without phases it is all executions, and no requests that started none.
    fn wanted(self, limit: u32, now: Timestamp) -> Result<Wanted, Refusal> {
        let named = self.phase.iter().flat_map(|phases| phases.split(',')).filter(|phase| !phase.is_empty());
        let phases: Vec<Phase> = named
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map_err(|unknown| Refusal::bad(format!("phase: {unknown}")))?;
        let filter = store::Filter {
            namespace: self.namespace.filter(|namespace| !namespace.is_empty()),
            workflow: self.workflow.filter(|workflow| !workflow.is_empty()),
            phases: Vec::new(),
            since: self.since.as_deref().map(|since| time(since, now)).transpose()?,
            limit,
            before: None,
        };
        let of_executions: Vec<_> = phases.iter().filter_map(|phase| execution_phase(*phase)).collect();
        let of_requests: Vec<_> = phases.iter().filter_map(|phase| request_phase(*phase)).collect();
        let executions = phases.is_empty() || !of_executions.is_empty();
        Ok(Wanted {
            executions: executions.then(|| store::Filter { phases: of_executions, ..filter.clone() }),
            requests: (!of_requests.is_empty()).then_some((filter, of_requests)),
            limit,
        })
    }
}

/// A time, or how long ago: `2026-11-24T12:00:00Z`, `1h30m`.
fn time(text: &str, now: Timestamp) -> Result<Timestamp, Refusal> {
    let ago = || now.checked_sub(text.parse::<SignedDuration>().ok()?.abs()).ok();
    let wrong = || Refusal::bad("since: a time such as 2026-11-24T12:00:00Z, or how long ago, such as 1h30m");
    text.parse().ok().or_else(ago).ok_or_else(wrong)
}

/// The phase of the store; `None` of those of requests.
const fn execution_phase(phase: Phase) -> Option<store::Phase> {
    match phase {
        Phase::Queued => Some(store::Phase::Queued),
        Phase::Running => Some(store::Phase::Running),
        Phase::Waiting => Some(store::Phase::Waiting),
        Phase::Succeeded => Some(store::Phase::Succeeded),
        Phase::Failed => Some(store::Phase::Failed),
        Phase::Cancelled => Some(store::Phase::Cancelled),
        Phase::Rejected | Phase::Filtered | Phase::Duplicate => None,
    }
}

const fn request_phase(phase: Phase) -> Option<RequestPhase> {
    match phase {
        Phase::Rejected => Some(RequestPhase::Rejected),
        Phase::Filtered => Some(RequestPhase::Filtered),
        Phase::Duplicate => Some(RequestPhase::Duplicate),
        Phase::Queued | Phase::Running | Phase::Waiting | Phase::Succeeded | Phase::Failed | Phase::Cancelled => None,
    }
}

/// The execution or request that an id names, or the beginning of one.
pub(super) async fn find(store: &Store, text: &str) -> Result<Uuid, Refusal> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let digits: String = text.chars().filter(|character| *character != '-').collect();
    let is_prefix = (PREFIX..32).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_prefix {
        return Err(Refusal::bad(format!("{text:?} is not an execution's id, nor the first {PREFIX} digits of one")));
    }
    let edge =
        |filler: &str| Uuid::parse_str(&format!("{digits}{}", filler.repeat(32 - digits.len()))).unwrap_or_default();
    let found = store.ids(edge("0"), edge("f")).await?;
    match found.as_slice() {
        [] => Err(Refusal::not_found(text)),
        [only] => Ok(*only),
        [first, second, ..] => {
            let detail = format!("{text} is the beginning of {first}, {second} and maybe more: give more digits");
            Err(Refusal::new(StatusCode::CONFLICT, "Ambiguous", detail))
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
        write!(out, "{}.{}", number(self.executions), number(self.requests))
    }
}

impl FromStr for Cursor {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let wrong = || Refusal::bad("continue: not what a list of executions gave");
        let number = |text: &str| match text {
            "" => Ok(None),
            digits => digits.parse().map(Some).map_err(|_| wrong()),
        };
        let (executions, requests) = text.split_once('.').ok_or_else(wrong)?;
        Ok(Self { executions: number(executions)?, requests: number(requests)? })
    }
}
