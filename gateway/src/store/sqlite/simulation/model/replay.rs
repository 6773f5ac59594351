//! How the model runs something again.

use std::sync::Arc;

use boathook_plan::pinned::SeedOf;
use boathook_plan::plan::Mode;

use super::{Exec, Model};
use crate::store::command::{Replay, Replayed};
use crate::store::ending::Phase;

impl Model {
    pub(super) fn replay(&mut self, replay: &Replay, now: i64) -> Replayed {
        if self.find(replay.id).is_some() {
            return Replayed::Accepted(replay.id);
        }
        let Some(old) = self.find(replay.of).cloned() else { return Replayed::NotFound };
        if old.open() {
            return Replayed::NotFinished;
        }
        let seq = self.seq + 1;
        self.seq += i64::try_from(old.payloads.len()).unwrap();
        let taken = replay.entries.iter().flatten().filter_map(|at| old.entries.get(usize::try_from(*at).unwrap()));
        self.execs.push(Arc::new(Exec {
            id: replay.id,
            seq,
            plan: replay.plan.as_ref().map_or(old.plan, |plan| plan.hash),
            mode: Mode::Async,
            phase: Phase::Queued,
            due: 0,
            fence: 0,
            attempt: 0,
            delivery_keys: Vec::new(),
            entries: taken.cloned().collect(),
            parent: None,
            accepted_at: now,
            started_at: None,
            answer: None,
            retry_of: None,
            replay_of: Some(old.id),
            replays: old.replays + 1,
            seed: if replay.entries.is_none() { SeedOf::Replay(replay.id) } else { old.seed },
            owner: None,
            crashes: 0,
            reason: None,
            ..old
        }));
        Replayed::Accepted(replay.id)
    }
}
