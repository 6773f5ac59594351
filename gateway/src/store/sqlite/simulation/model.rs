//! What a store is, in the plainest words: lists that are searched from one end to the other.

use std::collections::BTreeMap;
use std::sync::Arc;

use boathook_plan::pinned::SeedOf;
use boathook_plan::plan::{Mode, WorkflowRef};
use uuid::Uuid;

use crate::store::command::{Command, Outcome};
use crate::store::ending::{Answer, Duplicate, Phase, Waiter};
use crate::store::lease::Fence;
use crate::store::new::{Hash, JournalEntry, Parent, Payload};

mod accept;
mod claim;
mod end;
mod replay;
mod running;

/// An execution.
#[derive(Clone, Debug)]
pub(super) struct Exec {
    pub(super) id: Uuid,
    pub(super) seq: i64,
    pub(super) workflow: Arc<WorkflowRef>,
    pub(super) plan: Hash,
    pub(super) mode: Mode,
    pub(super) key: Option<Hash>,
    pub(super) phase: Phase,
    /// A batch that takes more.
    pub(super) gathering: bool,
    /// When it may begin, goes on, or loses its lease.
    pub(super) due: i64,
    pub(super) fence: u64,
    pub(super) attempt: u32,
    pub(super) payloads: Vec<Payload>,
    pub(super) delivery_keys: Vec<Hash>,
    pub(super) entries: Vec<JournalEntry>,
    pub(super) keep: i64,
    pub(super) keep_failed: i64,
    pub(super) parent: Option<Parent>,
    pub(super) accepted_at: i64,
    pub(super) started_at: Option<i64>,
    pub(super) expires_at: i64,
    pub(super) answer: Option<Answer>,
    pub(super) retry_of: Option<Uuid>,
    pub(super) replay_of: Option<Uuid>,
    pub(super) replays: u32,
    pub(super) seed: SeedOf,
    pub(super) reason: Option<String>,
    pub(super) cancelling: Option<String>,
    /// Who has the lease, while Running.
    pub(super) owner: Option<Uuid>,
    /// Restarts while it ran, since it last wrote something.
    pub(super) crashes: u32,
}

impl Exec {
    pub(super) fn is_of(&self, uid: &str) -> bool {
        self.workflow.uid == uid
    }

    pub(super) fn open(&self) -> bool {
        !self.phase.is_final()
    }

    fn duplicate(&self) -> Duplicate {
        Duplicate { id: self.id, phase: self.phase, answer: self.answer.clone() }
    }
}

/// A deduplication key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) execution: Uuid,
    pub(super) window: i64,
    /// `None` while the execution has not ended.
    pub(super) until: Option<i64>,
    pub(super) freed: bool,
}

/// All there is. Executions are in the order accepted.
#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    pub(super) execs: Vec<Arc<Exec>>,
    pub(super) keys: BTreeMap<(String, Hash), Held>,
    pub(super) seq: i64,
}

impl Model {
    /// What a command must come to.
    pub(super) fn apply(&mut self, command: &Command, now: i64) -> Outcome {
        match command {
            Command::Accept(new) => Outcome::Admission(self.accept(new, now)),
            Command::Adopt(adopt) => Outcome::Admission(self.adopt(adopt, now)),
            Command::Claim(claim) => Outcome::Claims(self.claim(claim, now)),
            Command::Append(append) => Outcome::Written(self.append(append)),
            Command::Park(park) => Outcome::Written(self.park(park)),
            Command::Finish(finish) => Outcome::Finished(self.finish(finish, now)),
            Command::Renew(renew) => Outcome::Renewed(self.renew(renew)),
            Command::Release(fences) => Outcome::Renewed(self.release(fences)),
            Command::Cancel(cancel) => Outcome::Cancelled(self.cancel(cancel, now)),
            Command::Replay(replay) => Outcome::Replayed(self.replay(replay, now)),
            Command::RecordSync(run) => {
                self.record(run, now);
                Outcome::Kept(true)
            }
            Command::Prune(prune) => Outcome::Deleted(self.prune(*prune, now)),
            Command::RecordRequests(_) | Command::Count(_) | Command::Trim(_) | Command::Purge(_) => {
                panic!("not simulated")
            }
        }
    }

    /// The process ends and starts again.
    pub(super) fn crash(&mut self, now: i64) {
        for exec in self.execs.iter_mut().filter(|exec| exec.phase == Phase::Running) {
            let exec = Arc::make_mut(exec);
            exec.crashes += 1;
            let pause = 1_000_000 * 2_i64.pow(exec.crashes.saturating_sub(2)).min(600);
            let due = if exec.crashes < 2 { 0 } else { now + pause };
            (exec.phase, exec.due, exec.owner) = (Phase::Waiting, due, None);
        }
    }

    pub(super) fn find(&self, id: Uuid) -> Option<&Exec> {
        self.execs.iter().find(|exec| exec.id == id).map(Arc::as_ref)
    }

    fn find_mut(&mut self, id: Uuid) -> Option<&mut Exec> {
        self.execs.iter_mut().find(|exec| exec.id == id).map(Arc::make_mut)
    }

    fn fenced(&mut self, fence: Fence) -> Option<&mut Exec> {
        self.find_mut(fence.id).filter(|exec| exec.phase == Phase::Running && exec.fence == fence.number)
    }

    fn write(&mut self, id: Uuid, entries: &[JournalEntry]) {
        if let Some(exec) = self.find_mut(id) {
            exec.entries.extend_from_slice(entries);
        }
    }

    /// Who waits for the end of an execution.
    fn waiter(&self, exec: &Exec) -> Option<Waiter> {
        let parent = exec.parent.as_ref().filter(|parent| parent.awaited)?;
        self.find(parent.id).map(|parent| Waiter { id: parent.id, workflow: parent.workflow.clone() })
    }

    fn active(&self, uid: &str) -> usize {
        self.execs.iter().filter(|exec| exec.is_of(uid) && exec.phase.is_active()).count()
    }

    /// Whether one of the same concurrency key is before it: it runs, or is older.
    pub(super) fn blocked(&self, exec: &Exec) -> bool {
        let Some(key) = exec.key.filter(|_| exec.phase == Phase::Queued) else { return false };
        self.execs.iter().any(|other| {
            let rival =
                other.is_of(&exec.workflow.uid) && other.key == Some(key) && other.open() && other.id != exec.id;
            rival && (other.phase.is_active() || other.seq < exec.seq)
        })
    }
}
