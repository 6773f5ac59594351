//! Who asks the store for things: senders, runners that live or have been taken for dead, people.

use std::sync::Arc;
use std::time::Duration;

use boathook_plan::plan::{Batch, BodyKept, Mode, Overflow, WorkflowRef};
use bytes::Bytes;
use uuid::Uuid;

use super::chance::Chance;
use super::model::Model;
use crate::store::claim::Claim;
use crate::store::command::{Append, Cancel, Command, Finish, Park, Prune, Renew, Replay, Which};
use crate::store::ending::{Adopt, Answer, Ending, FinishedExecution, Phase};
use crate::store::lease::{Fence, Lease};
use crate::store::new::{
    DeliveryKey, Hash, JournalEntry, Keep, NewExecution, Parent, Payload, PlanText, Queueing, Quota, Start,
};
use crate::store::sqlite::convert::time;

/// A workflow as it was applied.
struct Spec {
    workflow: Arc<WorkflowRef>,
    plans: [Arc<PlanText>; 2],
    mode: Mode,
    max: u32,
    keyed: bool,
    queue: u64,
    overflow: Overflow,
    batch: Option<Batch>,
    quota: u64,
}

/// Everybody.
pub(super) struct World {
    pub(super) chance: Chance,
    pub(super) now: i64,
    specs: Vec<Spec>,
    fences: Vec<Fence>,
    ids: Vec<Uuid>,
    sent: Vec<NewExecution>,
}

/// Seconds in microseconds.
const SECOND: i64 = 1_000_000;

/// What a runner or a person remembers of the past.
const REMEMBERED: usize = 24;

fn remember<T>(list: &mut Vec<T>, item: T) {
    if list.len() >= REMEMBERED {
        list.remove(0);
    }
    list.push(item);
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let specs = (0..3).map(|number| Spec::new(number, &mut chance)).collect();
        let now = 1_700_000_000 * SECOND;
        Self { chance, now, specs, fences: Vec::new(), ids: Vec::new(), sent: Vec::new() }
    }

    /// The workflows with what may run of each at once.
    pub(super) fn workflows(&self) -> impl Iterator<Item = (&str, u32)> {
        self.specs.iter().map(|spec| (spec.workflow.uid.as_str(), spec.max))
    }

    pub(super) fn learn(&mut self, fence: Fence) {
        remember(&mut self.fences, fence);
    }

    /// Time passes: mostly little, sometimes past a lease. Now and then somebody sets the clock back.
    pub(super) fn wait(&mut self) {
        if self.chance.percent(1) {
            self.now -= i64::try_from(self.chance.below(60)).unwrap() * SECOND;
            return;
        }
        let most = if self.chance.percent(4) { 60 * SECOND } else { 2 * SECOND };
        self.now += i64::try_from(self.chance.below(u64::try_from(most).unwrap())).unwrap();
    }

    /// The next thing that somebody asks for.
    pub(super) fn command(&mut self, model: &Model) -> Command {
        match self.chance.below(100) {
            0..28 => Command::Accept(Box::new(self.delivery())),
            28..32 => self.call(model),
            32..34 => self.adopt(),
            34..37 => self.record(),
            37..58 => Command::Claim(self.claim()),
            58..68 => self.append(),
            68..75 => self.park(model),
            75..88 => self.finish(),
            88..91 => Command::Renew(Renew { fences: self.several(), lease: self.lease() }),
            91..93 => Command::Release(self.several()),
            93..95 => self.cancel(),
            95..98 => self.replay(),
            _ => Command::Prune(Prune { limit: 1_000 }),
        }
    }

    /// A lease of one of a few processes.
    fn lease(&mut self) -> Lease {
        Lease { owner: Uuid::from_u64_pair(0, self.chance.below(3)), until: time(self.now + 30 * SECOND) }
    }

    /// A lease of a process that has no other one.
    pub(super) fn strange_lease(&mut self) -> Lease {
        Lease { owner: self.id(), ..self.lease() }
    }

    fn id(&mut self) -> Uuid {
        Uuid::from_u64_pair(self.chance.next(), self.chance.next())
    }

    fn hash(&mut self, of: u64) -> Hash {
        Hash([u8::try_from(self.chance.below(of)).unwrap(); 32])
    }

    fn fence(&mut self) -> Fence {
        let mut fence = self.chance.pick(&self.fences).unwrap_or(Fence { id: Uuid::nil(), number: 1 });
        // Somebody who is out of his mind.
        fence.number += u64::from(self.chance.percent(2));
        fence
    }

    fn several(&mut self) -> Vec<Fence> {
        (0..=self.chance.below(3)).map(|_| self.fence()).collect()
    }

    fn entries(&mut self) -> Vec<JournalEntry> {
        let count = self.chance.below(3);
        (0..count)
            .map(|_| JournalEntry {
                text: self.chance.next().to_le_bytes().to_vec().into(),
                sensitive: self.chance.percent(10),
            })
            .collect()
    }

    /// A delivery that is new, or that its sender sends again.
    fn delivery(&mut self) -> NewExecution {
        if self.chance.percent(5)
            && let Some(again) = self.chance.pick(&self.sent)
        {
            return again;
        }
        let place = usize::try_from(self.chance.below(u64::try_from(self.specs.len()).unwrap())).unwrap();
        let new = self.of(place);
        remember(&mut self.sent, new.clone());
        new
    }

    fn of(&mut self, place: usize) -> NewExecution {
        let id = self.id();
        remember(&mut self.ids, id);
        let key = self.specs[place].keyed.then(|| self.hash(3));
        let window = Duration::from_secs(self.chance.below(20));
        let delivery = self.chance.percent(60).then(|| DeliveryKey { hash: self.hash(8), window });
        let start = if self.chance.percent(20) { Start::Now(self.lease()) } else { Start::Queued };
        let revision = usize::from(self.chance.percent(10));
        let keep = |chance: &mut Chance| Duration::from_secs(1 + chance.below(15));
        let (succeeded, failed) = (keep(&mut self.chance), keep(&mut self.chance));
        let body = Bytes::copy_from_slice(&self.chance.next().to_le_bytes());
        let spec = &self.specs[place];
        NewExecution {
            id,
            workflow: spec.workflow.clone(),
            plan: spec.plans[revision].clone(),
            mode: spec.mode,
            accepted_at: time(self.now),
            payload: Payload { head: id.as_bytes().to_vec(), body },
            delivery,
            queueing: Queueing { max: spec.max, key, queue: spec.queue, overflow: spec.overflow },
            quota: Quota { queued: spec.quota, storage: u64::MAX },
            batch: spec.batch,
            keep: Keep { succeeded, failed, body: BodyKept::Full },
            parent: None,
            start,
        }
    }

    /// Something that runs calls another workflow. None calls itself, not even through others: what waits for itself would
    /// wait for ever.
    fn call(&mut self, model: &Model) -> Command {
        let running: Vec<_> = model.execs.iter().filter(|exec| exec.phase == Phase::Running).collect();
        let caller = self.chance.pick(&running).map(|caller| (caller.id, caller.workflow.uid.clone()));
        let below =
            |uid: &str| self.specs.iter().position(|spec| spec.workflow.uid.as_str() > uid && spec.batch.is_none());
        let Some((id, place)) = caller.and_then(|(id, uid)| Some((id, below(&uid)?))) else {
            return Command::Accept(Box::new(self.delivery()));
        };
        let awaited = self.chance.percent(90);
        let parent = Some(Parent { id, place: "call".into(), depth: 1, awaited });
        Command::Accept(Box::new(NewExecution { parent, delivery: None, ..self.of(place) }))
    }

    fn begun(&mut self) -> NewExecution {
        let mut new = self.delivery();
        new.start = Start::Now(self.lease());
        new.batch = None;
        new
    }

    fn adopt(&mut self) -> Command {
        let (new, entries) = (self.begun(), self.entries());
        let answer = self.early();
        Command::Adopt(Box::new(Adopt { started_at: time(self.now), new, entries, answer }))
    }

    fn record(&mut self) -> Command {
        let (new, entries, ending) = (self.begun(), self.entries(), self.ending());
        Command::RecordSync(Arc::new(FinishedExecution { started_at: time(self.now), new, entries, ending }))
    }

    fn claim(&mut self) -> Claim {
        let place = usize::try_from(self.chance.below(u64::try_from(self.specs.len()).unwrap())).unwrap();
        let limit = u32::try_from(1 + self.chance.below(4)).unwrap();
        let (workflow, max) = (self.specs[place].workflow.uid.clone(), self.specs[place].max);
        Claim { workflow, limit, max, lease: self.lease() }
    }

    fn park(&mut self, model: &Model) -> Command {
        let (fence, entries) = (self.fence(), self.entries());
        let mine = |parent: &Parent| parent.id == fence.id && parent.awaited;
        let children: Vec<_> =
            model.execs.iter().filter(|exec| exec.parent.as_ref().is_some_and(mine)).map(|exec| exec.id).collect();
        let wait = i64::try_from(self.chance.below(20)).unwrap() * SECOND;
        let until = (children.is_empty() || self.chance.percent(20)).then(|| time(self.now + wait));
        Command::Park(Park { fence, entries, answer: self.early(), until, children })
    }

    fn append(&mut self) -> Command {
        Command::Append(Append { fence: self.fence(), entries: self.entries(), answer: self.early() })
    }

    fn answer(&mut self) -> Answer {
        let status = if self.chance.percent(20) { 503 } else { 200 };
        Answer { status, kept: self.chance.percent(50).then(|| self.chance.next().to_le_bytes().into()) }
    }

    /// An answer before the end.
    fn early(&mut self) -> Option<Answer> {
        let answer = self.answer();
        self.chance.percent(10).then_some(answer)
    }

    fn ending(&mut self) -> Ending {
        let phase = match self.chance.below(10) {
            0..6 => Phase::Succeeded,
            6..9 => Phase::Failed,
            _ => Phase::Cancelled,
        };
        let answer = self.answer();
        let answer = self.chance.percent(70).then_some(answer);
        let reason = (phase != Phase::Succeeded).then(|| "StepFailed".to_owned());
        Ending { phase, reason, step: None, message: None, answer }
    }

    fn finish(&mut self) -> Command {
        Command::Finish(Box::new(Finish { fence: self.fence(), entries: self.entries(), ending: self.ending() }))
    }

    fn cancel(&mut self) -> Command {
        let which = if self.chance.percent(80) {
            Which::Execution(self.chance.pick(&self.ids).unwrap_or_default())
        } else {
            Which::Workflow(self.claim().workflow)
        };
        Command::Cancel(Cancel { which, reason: "Cancelled".into(), limit: 5 })
    }

    fn replay(&mut self) -> Command {
        let of = self.chance.pick(&self.ids).unwrap_or_default();
        let id = self.id();
        remember(&mut self.ids, id);
        let entries = self.chance.percent(50).then(|| (0..4).filter(|_| self.chance.percent(60)).collect());
        let plan = self.chance.percent(20).then(|| self.specs[0].plans[1].clone());
        Command::Replay(Replay { of, id, entries, plan })
    }
}

impl Spec {
    fn new(number: u8, chance: &mut Chance) -> Self {
        let letter = char::from(b'a' + number).to_string();
        let workflow = WorkflowRef { namespace: "shop".into(), name: letter.clone(), uid: letter.clone() };
        let plan = |revision: u8| Arc::new(PlanText::new(Bytes::from(format!("{{\"plan\":\"{letter}{revision}\"}}"))));
        let max = 1 + u32::try_from(chance.below(3)).unwrap();
        let for_ms = 1_000 * chance.below(8);
        Self {
            workflow: Arc::new(workflow),
            plans: [plan(1), plan(2)],
            mode: if chance.percent(30) { Mode::Sync } else { Mode::Async },
            max,
            keyed: chance.percent(50),
            queue: chance.below(6),
            overflow: chance.pick(&[Overflow::Queue, Overflow::Queue, Overflow::Reject, Overflow::Supersede]).unwrap(),
            quota: if chance.percent(30) { 1 + chance.below(6) } else { u64::MAX },
            batch: chance.percent(25).then(|| Batch { max: u32::try_from(chance.below(4)).unwrap(), for_ms }),
        }
    }
}
