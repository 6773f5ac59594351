//! How the model takes deliveries.

use std::sync::Arc;

use boathook_plan::pinned::SeedOf;
use boathook_plan::plan::Overflow;

use super::{Exec, Held, Model};
use crate::store::ending::{Accepted, Admission, Adopt, Duplicate, Ending, FinishedExecution, Phase, Settled};
use crate::store::lease::{Fence, Lease};
use crate::store::new::{Hash, NewExecution, Start};
use crate::store::sqlite::convert::{micros, span};
use uuid::Uuid;

impl Model {
    pub(super) fn accept(&mut self, new: &NewExecution, now: i64) -> Admission {
        if let Some(exec) = self.find(new.id) {
            return Admission::Duplicate(exec.duplicate());
        }
        let retry_of = match self.holder(new, now) {
            Ok(retry_of) => retry_of,
            Err(duplicate) => return Admission::Duplicate(duplicate),
        };
        if let Some(joined) = self.join(new) {
            return joined;
        }
        let superseded = self.supersede(new, now);
        let uid = &new.workflow.uid;
        let behind = new.queueing.key.is_some_and(|key| self.is_busy(uid, key));
        let waiting: Vec<_> = self.execs.iter().filter(|exec| exec.is_of(uid) && exec.phase == Phase::Queued).collect();
        let blocked = waiting.iter().filter(|exec| self.blocked(exec)).count();
        let next = waiting.len() - blocked;
        let free = usize::try_from(new.queueing.max).unwrap().saturating_sub(self.active(uid));
        let waits = behind || next >= free;
        let room = if new.queueing.overflow == Overflow::Reject { 0 } else { new.queueing.queue };
        let waiting = u64::try_from(blocked + next.saturating_sub(free)).unwrap();
        if superseded.is_empty() && waits && waiting >= room {
            return Admission::QueueFull;
        }
        let at_once = matches!(new.start, Start::Now(_)) && new.batch.is_none() && !waits && next == 0;
        if superseded.is_empty() && !at_once && self.namespace_waits() >= new.quota.queued {
            return Admission::QuotaFull;
        }
        let mut exec = self.put(new, retry_of, true);
        if let Some(batch) = new.batch.filter(|batch| batch.max > 1) {
            (exec.gathering, exec.due) = (true, now + i64::try_from(batch.for_ms).unwrap() * 1_000);
        } else if let Start::Now(lease) = new.start
            && !waits
            && next == 0
        {
            begin(&mut exec, lease, micros(new.accepted_at));
        }
        let fence = (exec.phase == Phase::Running).then_some(Fence { id: new.id, number: 1 });
        self.execs.push(Arc::new(exec));
        Admission::Accepted(Accepted { id: new.id, fence, retry_of, superseded, more: false })
    }

    pub(super) fn adopt(&mut self, adopt: &Adopt, now: i64) -> Admission {
        if let Some(exec) = self.find(adopt.new.id) {
            return Admission::Duplicate(exec.duplicate());
        }
        let retry_of = self.begun(&adopt.new, micros(adopt.started_at), now);
        let id = adopt.new.id;
        self.write(id, &adopt.entries);
        self.find_mut(id).unwrap().answer.clone_from(&adopt.answer);
        let fence = Some(Fence { id, number: 1 });
        Admission::Accepted(Accepted { id, fence, retry_of, superseded: Vec::new(), more: false })
    }

    pub(super) fn record(&mut self, run: &FinishedExecution, now: i64) {
        if self.find(run.new.id).is_none() {
            self.begun(&run.new, micros(run.started_at), now);
            self.write(run.new.id, &run.entries);
            self.settle(run.new.id, &run.ending, now);
        }
    }

    fn begun(&mut self, new: &NewExecution, started_at: i64, now: i64) -> Option<Uuid> {
        let holder = self.holder(new, now);
        let mut exec = self.put(new, holder.as_ref().ok().copied().flatten(), holder.is_ok());
        let Start::Now(lease) = new.start else { panic!("a run that has begun has a lease") };
        begin(&mut exec, lease, started_at);
        let retry_of = exec.retry_of;
        self.execs.push(Arc::new(exec));
        retry_of
    }

    /// What a delivery retries, or what it repeats.
    fn holder(&self, new: &NewExecution, now: i64) -> Result<Option<Uuid>, Duplicate> {
        let Some(key) = new.delivery else { return Ok(None) };
        let Some(held) = self.keys.get(&(new.workflow.uid.clone(), key.hash)) else { return Ok(None) };
        if held.freed {
            return Ok(Some(held.execution));
        }
        if held.until.is_some_and(|until| until <= now) {
            return Ok(None);
        }
        let gone = Duplicate { id: held.execution, phase: Phase::Succeeded, answer: None };
        Err(self.find(held.execution).map_or(gone, Exec::duplicate))
    }

    fn hold(&mut self, new: &NewExecution, execution: Uuid) {
        if let Some(key) = new.delivery {
            let held = Held { execution, window: span(key.window), until: None, freed: false };
            self.keys.insert((new.workflow.uid.clone(), key.hash), held);
        }
    }

    fn join(&mut self, new: &NewExecution) -> Option<Admission> {
        let batch = new.batch.filter(|batch| batch.max > 1)?;
        let at = self
            .execs
            .iter()
            .position(|exec| exec.is_of(&new.workflow.uid) && exec.gathering && exec.key == new.queueing.key)?;
        if self.execs[at].plan != new.plan.hash {
            Arc::make_mut(&mut self.execs[at]).gathering = false;
            return None;
        }
        self.seq += 1;
        let exec = Arc::make_mut(&mut self.execs[at]);
        let position = u32::try_from(exec.payloads.len()).unwrap();
        exec.payloads.push(new.payload.clone());
        exec.delivery_keys.extend(new.delivery.map(|key| key.hash));
        if position + 1 >= batch.max {
            (exec.gathering, exec.due) = (false, 0);
        }
        let id = exec.id;
        self.hold(new, id);
        Some(Admission::Joined { id, position })
    }

    fn is_busy(&self, uid: &str, key: Hash) -> bool {
        self.execs.iter().any(|exec| exec.is_of(uid) && exec.key == Some(key) && exec.open())
    }

    fn namespace_waits(&self) -> u64 {
        u64::try_from(self.execs.iter().filter(|exec| exec.phase == Phase::Queued).count()).unwrap()
    }

    fn supersede(&mut self, new: &NewExecution, now: i64) -> Vec<Settled> {
        if new.queueing.overflow != Overflow::Supersede {
            return Vec::new();
        }
        let uid = &new.workflow.uid;
        let queued = |exec: &&Arc<Exec>| exec.is_of(uid) && exec.phase == Phase::Queued;
        // Without a key, those that a free place will take are left alone: the oldest.
        let mut waiting = usize::MAX;
        if new.queueing.key.is_none() {
            let free = usize::try_from(new.queueing.max).unwrap().saturating_sub(self.active(uid));
            let next = self.execs.iter().filter(queued).filter(|exec| !self.blocked(exec)).count();
            waiting = next.saturating_sub(free);
        }
        let mut older: Vec<_> = self.execs.iter().filter(queued).filter(|exec| exec.key == new.queueing.key).collect();
        if new.queueing.key.is_none() {
            older.sort_by_key(|exec| (exec.due, exec.seq));
        }
        let older: Vec<Uuid> = older.into_iter().rev().take(waiting).map(|exec| exec.id).collect();
        let reason = Some("Superseded".into());
        let ending = Ending { phase: Phase::Cancelled, reason, step: None, message: None, answer: None };
        older.into_iter().map(|id| self.settle(id, &ending, now)).collect()
    }

    fn put(&mut self, new: &NewExecution, retry_of: Option<Uuid>, hold: bool) -> Exec {
        self.seq += 1;
        if hold {
            self.hold(new, new.id);
        }
        Exec {
            id: new.id,
            seq: self.seq,
            workflow: new.workflow.clone(),
            plan: new.plan.hash,
            mode: new.mode,
            key: new.queueing.key,
            phase: Phase::Queued,
            gathering: false,
            due: 0,
            fence: 0,
            attempt: 0,
            payloads: vec![new.payload.clone()],
            delivery_keys: new.delivery.filter(|_| hold).map(|key| key.hash).into_iter().collect(),
            entries: Vec::new(),
            keep: span(new.keep.succeeded),
            keep_failed: span(new.keep.failed),
            parent: new.parent.clone(),
            accepted_at: micros(new.accepted_at),
            started_at: None,
            expires_at: 0,
            answer: None,
            retry_of,
            replay_of: None,
            replays: 0,
            seed: SeedOf::Delivery(new.id),
            reason: None,
            cancelling: None,
            owner: None,
            crashes: 0,
        }
    }
}

fn begin(exec: &mut Exec, lease: Lease, now: i64) {
    (exec.phase, exec.due, exec.owner) = (Phase::Running, micros(lease.until), Some(lease.owner));
    (exec.fence, exec.attempt) = (1, 1);
    exec.started_at = Some(now);
}
