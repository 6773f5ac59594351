//! What tests of the store share: deliveries of one workflow, and the engine in memory at a time of its own.

use std::sync::Arc;
use std::time::Duration;

use boathook_plan::plan::{BodyKept, Mode, Overflow, WorkflowRef};
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::claim::{Claim, Claimed, Claims};
use super::command::{Append, Command, Finish, Outcome};
use super::ending::{Accepted, Admission, Answer, Ending, Finished, Phase};
use super::lease::{Fence, Lease};
use super::new::{DeliveryKey, Hash, JournalEntry, Keep, NewExecution, Payload, PlanText, Queueing, Quota, Start};

/// The id of a number.
pub(super) fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// A delivery without a key, of a workflow that runs ten at once.
pub(super) fn delivery(number: u128) -> NewExecution {
    let workflow = WorkflowRef { namespace: "shop".into(), name: "orders".into(), uid: "uid-orders".into() };
    NewExecution {
        id: id(number),
        workflow: Arc::new(workflow),
        plan: Arc::new(PlanText::new(Bytes::from_static(b"{\"plan\":1}"))),
        mode: Mode::Async,
        accepted_at: noon(),
        payload: Payload { head: format!("{{\"n\":{number}}}").into_bytes(), body: format!("body {number}").into() },
        delivery: None,
        queueing: Queueing { max: 10, key: None, queue: 100, overflow: Overflow::Queue },
        quota: Quota { queued: u64::MAX, storage: u64::MAX },
        batch: None,
        keep: Keep { succeeded: Duration::from_hours(1), failed: Duration::from_hours(2), body: BodyKept::Full },
        parent: None,
        start: Start::Queued,
    }
}

/// A delivery of a deduplication key that is held for a minute.
pub(super) fn keyed(number: u128, key: &str) -> NewExecution {
    let key = Some(DeliveryKey { hash: Hash::of(key.as_bytes()), window: Duration::from_mins(1) });
    NewExecution { delivery: key, ..delivery(number) }
}

pub(super) fn noon() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

/// An entry that is not sensitive.
pub(super) fn entry(text: &str) -> JournalEntry {
    JournalEntry { text: text.as_bytes().to_vec().into(), sensitive: false }
}

/// Without an answer.
pub(super) fn append(fence: Fence, entries: Vec<JournalEntry>) -> Append {
    Append { fence, entries, answer: None }
}

/// An end without words.
pub(super) fn ending(phase: Phase) -> Ending {
    Ending { phase, reason: None, step: None, message: None, answer: None }
}

/// An end with an answer.
pub(super) fn answered(phase: Phase, status: u16, kept: &[u8]) -> Ending {
    Ending { answer: Some(Answer { status, kept: Some(kept.to_vec()) }), ..ending(phase) }
}

/// A claim of everything of the workflow.
pub(super) fn claim(max: u32, now: Timestamp) -> Claim {
    let lease = Lease { owner: id(99), until: now + SignedDuration::from_secs(30) };
    Claim { workflow: "uid-orders".into(), limit: 100, max, lease }
}

/// An engine and its time.
pub(super) struct Bench {
    pub(super) engine: Box<dyn super::Engine>,
    pub(super) now: Timestamp,
    /// Who claims.
    pub(super) owner: Uuid,
}

impl Bench {
    pub(super) fn new(engine: impl super::Engine) -> Self {
        Self { engine: Box::new(engine), now: noon(), owner: id(99) }
    }

    pub(super) fn pass(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
    }

    /// What one command comes to.
    pub(super) fn run(&mut self, command: Command) -> Outcome {
        self.engine.commit(&[command], self.now).unwrap().remove(0)
    }

    pub(super) fn accept(&mut self, new: NewExecution) -> Admission {
        let Outcome::Admission(admission) = self.run(Command::Accept(Box::new(new))) else { panic!("an admission") };
        admission
    }

    /// Of a delivery that must be taken.
    pub(super) fn accepted(&mut self, new: NewExecution) -> Accepted {
        let Admission::Accepted(accepted) = self.accept(new) else { panic!("accepted") };
        accepted
    }

    pub(super) fn claims(&mut self, max: u32) -> Claims {
        let mut claim = claim(max, self.now);
        claim.lease.owner = self.owner;
        let Outcome::Claims(claims) = self.run(Command::Claim(claim)) else { panic!("claims") };
        claims
    }

    /// All that there is to claim.
    pub(super) fn claim(&mut self) -> Vec<Claimed> {
        self.claims(10).claimed
    }

    pub(super) fn finish(&mut self, fence: Fence, ending: Ending) -> Finished {
        let finish = Finish { fence, entries: Vec::new(), ending };
        let Outcome::Finished(finished) = self.run(Command::Finish(Box::new(finish))) else { panic!("an end") };
        finished
    }

    /// Claims one execution, which must be the only one, and ends it.
    pub(super) fn end_only(&mut self, ending: Ending) {
        let claimed = self.claim();
        assert_eq!(claimed.len(), 1);
        assert!(matches!(self.finish(claimed[0].fence, ending), Finished::Done(_)));
    }
}

/// The ids of what was claimed.
pub(super) fn ids(claimed: &[Claimed]) -> Vec<Uuid> {
    claimed.iter().map(|claimed| claimed.fence.id).collect()
}
