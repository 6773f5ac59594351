//! What an entry does to the frame whose current step it is about.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Around, Doing, Each, Frame, Inner};
use crate::json::Json;
use crate::limits::ITEMS;
use crate::machine::clock::after;
use crate::machine::entry::{Entry, Fact, StepResult};
use crate::machine::kind::Kind;
use crate::machine::outcome::RunError;
use crate::machine::place::Place;
use crate::machine::program::Block;
use crate::plan::OnError;
use crate::reason::{StepFailure, StepReason};
use crate::scope::Scope;

impl Frame {
    /// Moves the step at this place as the entry says. What does not fit changes nothing: [`Frame::takes`] tells.
    pub(in crate::machine) fn apply(&mut self, entry: &Entry, place: &Place, roots: &Scope) {
        if self.place.as_ref() == Some(place) {
            self.advance(&entry.fact, entry.at, roots);
        } else if let Doing::Within(inner) = &mut self.doing {
            inner.apply(entry, place, roots);
        }
    }

    fn advance(&mut self, fact: &Fact, at: Timestamp, roots: &Scope) {
        match fact {
            Fact::Skipped { .. } | Fact::Entered { block: None, .. } => self.settle(StepResult::default(), at),
            Fact::Entered { block: Some(name), .. } => self.enter(name, at),
            Fact::Spread { items, lanes, .. } => self.spread((*items, *lanes), at, roots),
            Fact::Forked { .. } => self.fork(at),
            Fact::Returned { .. } => {
                if let Some(result) = self.returned() {
                    self.settle(result, at);
                }
            }
            Fact::Retrying { tried, pause_ms, .. } => {
                self.doing = Doing::Pausing { attempt: tried.attempt.saturating_add(1), due: after(at, *pause_ms) };
            }
            Fact::Waiting { tried, until, .. } => {
                self.doing = Doing::Pausing { attempt: tried.attempt, due: *until };
            }
            Fact::Succeeded { result, .. } => self.settle(result.clone(), at),
            Fact::Failed { failure, .. } => self.fail(failure, at),
            Fact::Ended { .. } | Fact::Completed | Fact::Late | Fact::Stopped { .. } => {}
        }
    }

    /// Whether the fact can be the next one about the current step.
    pub(in crate::machine) fn takes(&self, fact: &Fact, roots: &Scope) -> bool {
        let (attempt, inner) = match &self.doing {
            Doing::Ready => (Some(1), None),
            Doing::Pausing { attempt, .. } => (Some(*attempt), None),
            Doing::Within(inner) => (None, Some(inner)),
            Doing::Failed(_) => (None, None),
        };
        match fact {
            Fact::Entered { block: Some(name), .. } => attempt.is_some() && self.block(name).is_some(),
            Fact::Spread { items, .. } => {
                let known = self.items(roots).map(|known| known.len());
                attempt.is_some() && known.is_some_and(|known| u32::try_from(known) == Ok(*items))
            }
            Fact::Forked { .. } => {
                attempt.is_some() && matches!(self.current(), Some((step, _)) if matches!(step.kind, Kind::Parallel(_)))
            }
            Fact::Returned { .. } => inner.is_some_and(|inner| inner.error().is_none() && inner.done()),
            Fact::Failed { tried, .. } => {
                inner.map_or_else(|| attempt == Some(tried.attempt), |inner| inner.error().is_some() || inner.done())
            }
            Fact::Retrying { tried, .. } | Fact::Waiting { tried, .. } | Fact::Succeeded { tried, .. } => {
                attempt == Some(tried.attempt)
            }
            Fact::Skipped { .. } | Fact::Entered { block: None, .. } | Fact::Ended { .. } => attempt.is_some(),
            Fact::Completed | Fact::Late | Fact::Stopped { .. } => false,
        }
    }

    /// What a calling step results in once its blocks are done.
    pub(in crate::machine) fn returned(&self) -> Option<StepResult> {
        let (Doing::Within(inner), Some((step, _))) = (&self.doing, self.current()) else { return None };
        let mut result = inner.result();
        result.sensitive |= step.sensitive;
        Some(result)
    }

    fn enter(&mut self, name: &str, at: Timestamp) {
        if let (Some(block), Some((_, place))) = (self.block(name), self.current()) {
            let frame = Self::new(block, Some(place.clone()), self.around(at));
            self.doing = Doing::Within(Box::new(Inner::One(frame)));
        }
    }

    fn fork(&mut self, at: Timestamp) {
        let Some((step, place)) = self.current() else { return };
        let open = |block: &Arc<Block>| Self::new(block.clone(), Some(place.clone()), self.around(at));
        let frames = step.kind.blocks().into_iter().map(open).collect();
        self.doing = Doing::Within(Box::new(Inner::All(frames)));
    }

    /// Items that cannot be told any more, as the request that they came from is not kept, are null.
    fn spread(&mut self, (count, lanes): (u32, u32), at: Timestamp, roots: &Scope) {
        let count = usize::try_from(count).unwrap_or(usize::MAX).min(ITEMS);
        let told = self.items(roots).filter(|items| items.len() == count);
        let items = told.unwrap_or_else(|| Arc::new(vec![Json::Null; count]));
        let Some((step, place)) = self.current() else { return };
        let Kind::ForEach(program) = &step.kind else { return };
        let width = usize::try_from(lanes).unwrap_or(usize::MAX);
        let each = Each::begin(program, place, items, width, self.around(at));
        self.doing = Doing::Within(Box::new(Inner::Each(each)));
    }

    /// The items of the current step. They follow from what the step sees, so they are not in the journal.
    fn items(&self, roots: &Scope) -> Option<Arc<Vec<Json>>> {
        let (step, place) = self.current()?;
        let Kind::ForEach(program) = &step.kind else { return None };
        program.items(&self.scope(roots, place)).ok()
    }

    fn around(&self, since: Timestamp) -> Around<'_> {
        Around { steps: &self.steps, item: self.item.clone(), since }
    }

    fn block(&self, name: &str) -> Option<Arc<Block>> {
        self.current()?.0.kind.blocks().into_iter().find(|block| *block.name == *name).cloned()
    }

    fn fail(&mut self, failure: &StepFailure, at: Timestamp) {
        let Some((step, _)) = self.current() else { return };
        // An answer that came too late has failed no work: the run goes on whatever the step says.
        if step.on_error == OnError::Continue || failure.reason == StepReason::TooLate {
            return self.settle(StepResult { value: failure.to_json(), sensitive: false }, at);
        }
        let inner = match &self.doing {
            Doing::Within(inner) => inner.error().cloned(),
            Doing::Ready | Doing::Pausing { .. } | Doing::Failed(_) => None,
        };
        let own = || RunError { step: Some(step.name.to_string()), failure: failure.clone() };
        self.doing = Doing::Failed(inner.unwrap_or_else(own));
    }
}

impl StepFailure {
    /// `$steps.x` of a step that failed and goes on.
    pub(super) fn to_json(&self) -> Json {
        let members = [("reason", Json::text(self.reason.as_str())), ("message", Json::text(&self.message))];
        Json::object([("error", Json::object(members))])
    }
}
