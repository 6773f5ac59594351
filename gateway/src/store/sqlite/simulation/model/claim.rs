//! How the model hands out work.

use std::sync::Arc;

use super::{Exec, Model};
use crate::store::claim::{Claim, Claimed, Claims};
use crate::store::ending::Phase;
use crate::store::lease::Fence;
use crate::store::sqlite::convert::{micros, time};
use uuid::Uuid;

impl Model {
    /// `more` is a hint and is left false.
    pub(super) fn claim(&mut self, claim: &Claim, now: i64) -> Claims {
        let mut ids = Vec::new();
        let limit = usize::try_from(claim.limit).unwrap();
        for phase in [Phase::Running, Phase::Waiting] {
            ids.extend(self.due(claim, phase, now));
            ids.truncate(limit);
        }
        let free = usize::try_from(claim.max).unwrap().saturating_sub(self.active(&claim.workflow));
        let queued = self.due(claim, Phase::Queued, now);
        ids.extend(queued.into_iter().take(free.min(limit - ids.len())));
        let claimed = ids.into_iter().map(|id| self.take(id, claim, now)).collect();
        Claims { claimed, more: false, next: self.next(claim, now).map(time), damaged: Vec::new() }
    }

    fn due(&self, claim: &Claim, phase: Phase, now: i64) -> Vec<Uuid> {
        let mut due: Vec<_> = self.candidates(claim, phase).filter(|exec| exec.due <= now).collect();
        due.sort_by_key(|exec| (exec.due, exec.seq));
        due.into_iter().map(|exec| exec.id).collect()
    }

    fn next(&self, claim: &Claim, now: i64) -> Option<i64> {
        let later = [Phase::Queued, Phase::Waiting].into_iter().flat_map(|phase| self.candidates(claim, phase));
        later.map(|exec| exec.due).filter(|due| *due > now && *due < i64::MAX).min()
    }

    fn candidates<'a>(&'a self, claim: &'a Claim, phase: Phase) -> impl Iterator<Item = &'a Exec> {
        let mine = move |exec: &&Arc<Exec>| exec.is_of(&claim.workflow) && exec.phase == phase;
        self.execs.iter().filter(mine).map(Arc::as_ref).filter(|exec| !self.blocked(exec))
    }

    fn take(&mut self, id: Uuid, claim: &Claim, now: i64) -> Claimed {
        let exec = self.find_mut(id).unwrap();
        (exec.phase, exec.gathering, exec.due) = (Phase::Running, false, micros(claim.lease.until));
        exec.fence += 1;
        exec.attempt += 1;
        let started_at = time(*exec.started_at.get_or_insert(now));
        Claimed {
            fence: Fence { id, number: exec.fence },
            workflow: exec.workflow.clone(),
            plan: exec.plan,
            mode: exec.mode,
            accepted_at: time(exec.accepted_at),
            started_at,
            attempt: exec.attempt,
            retry_of: exec.retry_of,
            replay_of: exec.replay_of,
            seed: exec.seed,
            parent: exec.parent.clone(),
            cancelling: exec.cancelling.clone(),
            payloads: exec.payloads.clone(),
            entries: exec.entries.clone(),
        }
    }
}
