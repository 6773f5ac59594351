//! How the model lets owners write.

use super::{Exec, Model};
use crate::store::command::{Append, Finish, Park, Renew};
use crate::store::ending::{Answer, Finished, Phase};
use crate::store::lease::{Fence, Renewed, Written};
use crate::store::new::JournalEntry;
use crate::store::sqlite::convert::micros;

impl Exec {
    fn wrote(&mut self, entries: &[JournalEntry], answer: Option<&Answer>) {
        self.entries.extend_from_slice(entries);
        self.answer = self.answer.take().or_else(|| answer.cloned());
        self.crashes = 0;
    }
}

impl Model {
    pub(super) fn append(&mut self, append: &Append) -> Written {
        let Some(exec) = self.fenced(append.fence) else { return Written::Fenced };
        exec.wrote(&append.entries, append.answer.as_ref());
        Written::Done
    }

    pub(super) fn park(&mut self, park: &Park) -> Written {
        let ended = park.children.iter().any(|child| self.find(*child).is_none_or(|child| child.phase.is_final()));
        let Some(exec) = self.fenced(park.fence) else { return Written::Fenced };
        exec.wrote(&park.entries, park.answer.as_ref());
        (exec.phase, exec.owner) = (Phase::Waiting, None);
        exec.due = if ended || exec.cancelling.is_some() { 0 } else { park.until.map_or(i64::MAX, micros) };
        Written::Done
    }

    pub(super) fn finish(&mut self, finish: &Finish, now: i64) -> Finished {
        let Some(exec) = self.fenced(finish.fence) else { return Finished::Fenced };
        exec.entries.extend_from_slice(&finish.entries);
        Finished::Done(self.settle(finish.fence.id, &finish.ending, now))
    }

    pub(super) fn renew(&mut self, renew: &Renew) -> Renewed {
        let mut renewed = Renewed::default();
        for fence in &renew.fences {
            match self.fenced(*fence) {
                None => renewed.fenced.push(*fence),
                Some(exec) => {
                    (exec.due, exec.owner) = (micros(renew.lease.until), Some(renew.lease.owner));
                    renewed.cancelling.extend(exec.cancelling.clone().map(|reason| (fence.id, reason)));
                }
            }
        }
        renewed
    }

    pub(super) fn release(&mut self, fences: &[Fence]) -> Renewed {
        let mut renewed = Renewed::default();
        for fence in fences {
            match self.fenced(*fence) {
                None => renewed.fenced.push(*fence),
                Some(exec) => (exec.phase, exec.due, exec.owner, exec.crashes) = (Phase::Waiting, 0, None, 0),
            }
        }
        renewed
    }
}
