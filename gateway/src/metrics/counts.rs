//! The counts of one workflow: a few hundred bytes of atomics, no map and no lock.

mod deliveries;
mod latest;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use boathook_plan::machine::{Outcome, Phase};
use boathook_plan::plan::StepKind;
use boathook_plan::reason::Reason;
use jiff::Timestamp;

pub(crate) use deliveries::RequestKind;
use latest::Latest;

use crate::gate::InFlight;

/// The outcomes of an execution, as label values.
pub(crate) const OUTCOMES: [&str; 3] = ["Succeeded", "Failed", "Cancelled"];

/// The kinds of steps, as label values.
pub(crate) const KINDS: [&str; 11] =
    ["http", "set", "validate", "branch", "respond", "end", "forEach", "parallel", "wait", "call", "javascript"];

/// The outcomes of a step, as label values.
pub(crate) const PHASES: [&str; 4] = ["Succeeded", "Failed", "Skipped", "Abandoned"];

/// The positions of a scheme's keys, as label values; a scheme has no more.
pub(crate) const POSITIONS: [&str; 8] = ["0", "1", "2", "3", "4", "5", "6", "7"];

/// The counts of one workflow.
#[derive(Debug)]
pub(crate) struct Counts {
    requests: [AtomicU64; Reason::ALL.len()],
    executions: [AtomicU64; OUTCOMES.len()],
    steps: [[AtomicU64; PHASES.len()]; KINDS.len()],
    verified: [AtomicU64; POSITIONS.len()],
    missing_paths: AtomicU64,
    unkeyed: AtomicU64,
    retries: AtomicU64,
    latest: Latest,
    /// Requests that have a place now.
    pub(crate) in_flight: Arc<InFlight>,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            requests: [const { AtomicU64::new(0) }; Reason::ALL.len()],
            executions: [const { AtomicU64::new(0) }; OUTCOMES.len()],
            steps: [const { [const { AtomicU64::new(0) }; PHASES.len()] }; KINDS.len()],
            verified: [const { AtomicU64::new(0) }; POSITIONS.len()],
            missing_paths: AtomicU64::new(0),
            unkeyed: AtomicU64::new(0),
            retries: AtomicU64::new(0),
            latest: Latest::default(),
            in_flight: Arc::default(),
        }
    }
}

impl Counts {
    /// Counts the end of a request that came at this time.
    pub(crate) fn request(&self, reason: Reason, came: Timestamp) {
        let Some(place) = Reason::ALL.iter().position(|known| *known == reason) else { return };
        add(self.requests.get(place));
        self.latest.receive(came);
        if RequestKind::of(reason) == RequestKind::Rejected {
            self.latest.reject(place, came);
        }
    }

    /// Counts a request that this key of its scheme verified: its owner sees when the old one is out of use.
    pub(crate) fn verified(&self, position: usize) {
        add(self.verified.get(position));
    }

    /// Verified requests by the key's position.
    pub(crate) fn keys(&self) -> impl Iterator<Item = ([&'static str; 1], u64)> {
        POSITIONS.into_iter().zip(&self.verified).map(|(position, count)| ([position], read(count)))
    }

    /// Counts the end of a run.
    pub(crate) fn execution(&self, outcome: &Outcome, now: Timestamp) {
        match outcome {
            Outcome::Succeeded { .. } => self.latest.succeed(now),
            Outcome::Failed(error) => self.latest.fail(error, now),
            Outcome::Cancelled(_) => {}
        }
        add(self.executions.get(match outcome {
            Outcome::Succeeded { .. } => 0,
            Outcome::Failed(_) => 1,
            Outcome::Cancelled(_) => 2,
        }));
    }

    /// Counts a run that a fault of ours ended.
    pub(crate) fn lost_execution(&self) {
        add(self.executions.get(1));
    }

    /// Counts the end of a step; one that is under way is not counted.
    pub(crate) fn step(&self, kind: usize, phase: Phase) {
        let place = match phase {
            Phase::Succeeded => 0,
            Phase::Failed => 1,
            Phase::Skipped => 2,
            Phase::Abandoned => 3,
            Phase::Running | Phase::Waiting => return,
        };
        add(self.steps.get(kind).and_then(|phases| phases.get(place)));
    }

    /// Counts conditions that were false because a path was not there.
    pub(crate) fn missing_paths(&self, count: usize) {
        self.missing_paths.fetch_add(u64::try_from(count).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Requests by reason.
    pub(crate) fn requests(&self) -> impl Iterator<Item = ([&'static str; 1], u64)> {
        Reason::ALL.iter().zip(&self.requests).map(|(reason, count)| ([reason.as_str()], read(count)))
    }

    /// Executions by outcome.
    pub(crate) fn executions(&self) -> impl Iterator<Item = ([&'static str; 1], u64)> {
        OUTCOMES.into_iter().zip(&self.executions).map(|(outcome, count)| ([outcome], read(count)))
    }

    /// Counts a delivery that has no deduplication key although its workflow names one.
    pub(crate) fn unkeyed(&self) {
        self.unkeyed.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts the attempts of a step beyond its first one.
    pub(crate) fn retried(&self, tries: u32) {
        self.retries.fetch_add(tries.saturating_sub(1).into(), Ordering::Relaxed);
    }

    /// Attempts of steps beyond their first ones.
    pub(crate) fn retries(&self) -> impl Iterator<Item = ([&'static str; 0], u64)> {
        std::iter::once(([], read(&self.retries)))
    }

    /// Deliveries without a key.
    pub(crate) fn without_key(&self) -> impl Iterator<Item = ([&'static str; 0], u64)> {
        std::iter::once(([], read(&self.unkeyed)))
    }

    /// Conditions that were false because a path was not there.
    pub(crate) fn missing(&self) -> impl Iterator<Item = ([&'static str; 0], u64)> {
        std::iter::once(([], read(&self.missing_paths)))
    }

    /// Steps by kind and outcome.
    pub(crate) fn steps(&self) -> impl Iterator<Item = ([&'static str; 2], u64)> {
        KINDS.into_iter().zip(&self.steps).flat_map(|(kind, counts)| {
            PHASES.into_iter().zip(counts).map(move |(phase, count)| ([kind, phase], read(count)))
        })
    }
}

/// The position of a step's kind in [`KINDS`].
pub(crate) fn kind(kind: &StepKind) -> usize {
    match kind {
        StepKind::Http(_) => 0,
        StepKind::Set(_) => 1,
        StepKind::Validate(_) => 2,
        StepKind::Branch(_) => 3,
        StepKind::Respond(_) => 4,
        StepKind::End(_) => 5,
        StepKind::ForEach(_) => 6,
        StepKind::Parallel(_) => 7,
        StepKind::Wait(_) => 8,
        StepKind::Call(_) => 9,
        StepKind::JavaScript(_) => 10,
    }
}

fn add(counter: Option<&AtomicU64>) {
    if let Some(counter) = counter {
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}
