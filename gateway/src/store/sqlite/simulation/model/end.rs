//! How executions of the model end, and are forgotten.

use std::collections::BTreeSet;

use boathook_plan::plan::Mode;

use super::{Exec, Model};
use crate::store::command::{Cancel, Cancelled, Deleted, Prune, Which};
use crate::store::ending::{Ending, Phase, Settled};
use uuid::Uuid;

impl Model {
    pub(super) fn settle(&mut self, id: Uuid, ending: &Ending, now: i64) -> Settled {
        let exec = self.find_mut(id).unwrap();
        (exec.phase, exec.gathering) = (ending.phase, false);
        exec.reason.clone_from(&ending.reason);
        exec.answer = exec.answer.take().or_else(|| ending.answer.clone());
        (exec.cancelling, exec.owner) = (None, None);
        let refused = exec.mode == Mode::Sync && exec.answer.as_ref().is_some_and(|answer| answer.status >= 500);
        let kept = exec.phase == Phase::Succeeded && !refused;
        let copy = exec.clone();
        let mine = copy.delivery_keys.iter().filter_map(|key| self.keys.get(&(copy.workflow.uid.clone(), *key)));
        let windows = mine.filter(|held| held.execution == id).map(|held| held.window);
        let repeats = windows.filter(|_| kept && copy.mode == Mode::Sync).max().unwrap_or(0);
        let keep = if copy.phase == Phase::Failed { copy.keep_failed } else { copy.keep.max(repeats) };
        let exec = self.find_mut(id).unwrap();
        exec.expires_at = now + keep;
        let exec = exec.clone();
        for key in &exec.delivery_keys {
            let held = self.keys.get_mut(&(exec.workflow.uid.clone(), *key));
            if let Some(held) = held.filter(|held| held.execution == id) {
                held.freed = !kept;
                held.until = Some(if kept { now + held.window } else { exec.expires_at });
            }
        }
        let parent = self.waiter(&exec);
        if let Some(parent) = parent.as_ref().and_then(|parent| self.find_mut(parent.id))
            && parent.phase == Phase::Waiting
        {
            parent.due = 0;
        }
        Settled { id, workflow: exec.workflow, phase: ending.phase, parent }
    }

    pub(super) fn cancel(&mut self, cancel: &Cancel, now: i64) -> Cancelled {
        let which: Vec<Uuid> = match &cancel.which {
            Which::Execution(id) => vec![*id],
            Which::Before { .. } => panic!("not simulated"),
            Which::Workflow(uid) => {
                let open = self.execs.iter().filter(|exec| exec.is_of(uid) && exec.open());
                let mut which: Vec<_> =
                    open.filter(|exec| exec.phase != Phase::Running || exec.cancelling.is_none()).collect();
                which.sort_by_key(|exec| (place(exec.phase), self.blocked(exec), exec.due, exec.seq));
                which.into_iter().take(usize::try_from(cancel.limit).unwrap()).map(|exec| exec.id).collect()
            }
        };
        let mut cancelled = Cancelled::default();
        for id in which {
            self.cancel_one(id, &cancel.reason, now, &mut cancelled);
        }
        let many = cancelled.settled.len() + cancelled.running.len() >= usize::try_from(cancel.limit).unwrap();
        cancelled.more = many && matches!(cancel.which, Which::Workflow(_));
        cancelled
    }

    fn cancel_one(&mut self, id: Uuid, reason: &str, now: i64, cancelled: &mut Cancelled) {
        match self.find_mut(id).map(|exec| (exec.phase, exec)) {
            Some((Phase::Running, exec)) => {
                exec.cancelling.get_or_insert_with(|| reason.to_owned());
                cancelled.running.push(id);
            }
            Some((Phase::Queued | Phase::Waiting, _)) => {
                let reason = Some(reason.to_owned());
                let ending = Ending { phase: Phase::Cancelled, reason, step: None, message: None, answer: None };
                cancelled.settled.push(self.settle(id, &ending, now));
            }
            Some((Phase::Succeeded | Phase::Failed | Phase::Cancelled, _)) | None => {}
        }
    }

    pub(super) fn prune(&mut self, _: Prune, now: i64) -> Deleted {
        let (execs, keys) = (self.execs.len(), self.keys.len());
        let open: BTreeSet<Uuid> = self.execs.iter().filter(|exec| exec.open()).map(|exec| exec.id).collect();
        let awaited = |exec: &Exec| exec.parent.as_ref().is_some_and(|it| it.awaited && open.contains(&it.id));
        self.execs.retain(|exec| exec.open() || exec.expires_at > now || awaited(exec));
        self.keys.retain(|_, held| held.until.is_none_or(|until| until > now));
        let gone = |before: usize, after: usize| u64::try_from(before - after).unwrap();
        let (executions, keys) = (gone(execs, self.execs.len()), gone(keys, self.keys.len()));
        // Plans are counted by the engine alone.
        Deleted { executions, requests: 0, keys, plans: 0, more: false }
    }
}

fn place(phase: Phase) -> u8 {
    match phase {
        Phase::Queued => 0,
        Phase::Running => 1,
        Phase::Waiting => 2,
        Phase::Succeeded | Phase::Failed | Phase::Cancelled => 3,
    }
}
