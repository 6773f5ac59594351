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
        let (mut claims, mut alone) = (Claims::default(), false);
        let lives = |exec: &Exec| exec.due > now || exec.owner == Some(claim.lease.owner);
        let suspect = |exec: &Exec| exec.phase == Phase::Running && exec.crashes >= 3 && lives(exec);
        let apart = self.execs.iter().any(|exec| suspect(exec));
        let waits = |model: &Self, id: Uuid| apart && model.find(id).unwrap().crashes >= 3;
        for phase in [Phase::Running, Phase::Waiting, Phase::Queued] {
            let free = usize::try_from(claim.max).unwrap().saturating_sub(self.active(&claim.workflow));
            let most = if phase == Phase::Queued { free } else { usize::MAX };
            let left = usize::try_from(claim.limit).unwrap() - claims.claimed.len();
            let due: Vec<_> = self.due(claim, phase, now).into_iter().filter(|id| !waits(self, *id)).collect();
            for id in due.into_iter().take(left.min(most)) {
                alone = alone || self.hand_out(id, claim, now, &mut claims);
            }
        }
        let turn =
            self.due(claim, Phase::Waiting, now).into_iter().any(|id| waits(self, id)).then_some(now + 1_000_000);
        claims.next = self.next(claim, now).into_iter().chain(turn).min().map(time);
        claims
    }

    /// One that may end the process is claimed alone; returns whether it must be. No schedule has as many crashes in a row
    /// as it takes to give one up.
    fn hand_out(&mut self, id: Uuid, claim: &Claim, now: i64, claims: &mut Claims) -> bool {
        let crashes = self.find(id).unwrap().crashes;
        if crashes == 0 || claims.claimed.is_empty() {
            claims.claimed.push(self.take(id, claim, now));
        }
        crashes > 0
    }

    fn due(&self, claim: &Claim, phase: Phase, now: i64) -> Vec<Uuid> {
        let mut due: Vec<_> = self.candidates(claim, phase).filter(|exec| exec.due <= now).collect();
        due.sort_by_key(|exec| (exec.due, exec.seq));
        due.into_iter().map(|exec| exec.id).collect()
    }

    fn next(&self, claim: &Claim, now: i64) -> Option<i64> {
        let phases = [Phase::Queued, Phase::Running, Phase::Waiting];
        let later = phases.into_iter().flat_map(|phase| self.candidates(claim, phase));
        later.map(|exec| exec.due).filter(|due| *due > now && *due < i64::MAX).min()
    }

    fn candidates<'a>(&'a self, claim: &'a Claim, phase: Phase) -> impl Iterator<Item = &'a Exec> {
        let runs = move |exec: &Exec| exec.phase == Phase::Running && exec.owner == Some(claim.lease.owner);
        let wanted = move |exec: &&Arc<Exec>| exec.is_of(&claim.workflow) && exec.phase == phase && !runs(exec);
        self.execs.iter().filter(wanted).map(Arc::as_ref).filter(|exec| !self.blocked(exec))
    }

    fn take(&mut self, id: Uuid, claim: &Claim, now: i64) -> Claimed {
        let exec = self.find_mut(id).unwrap();
        (exec.phase, exec.gathering, exec.due) = (Phase::Running, false, micros(claim.lease.until));
        exec.owner = Some(claim.lease.owner);
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
            replays: exec.replays,
            seed: exec.seed,
            parent: exec.parent.clone(),
            cancelling: exec.cancelling.clone(),
            payloads: exec.payloads.clone(),
            entries: exec.entries.clone(),
        }
    }
}
