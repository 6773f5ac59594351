//! The items of a `forEach` step: which of them run, and what has come of those that are done.
//!
//! Nothing is written when an item begins or ends: both follow from the entries of its steps, so that 10,000 items fit a
//! journal. An item that is done leaves nothing but its part of the result.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::{Around, Frame, Item};
use crate::json::{Json, Object};
use crate::limits::RESULT_SIZE;
use crate::machine::entry::Entry;
use crate::machine::judge::bounded;
use crate::machine::kind::ForEach;
use crate::machine::ledger::Ledger;
use crate::machine::outcome::RunError;
use crate::machine::place::Place;
use crate::machine::size::size;
use crate::plan::OnItemError;
use crate::reason::StepFailure;
use crate::scope::Scope;

/// One run of a `forEach` step.
#[derive(Clone, Debug)]
pub(in crate::machine) struct Each {
    program: Arc<ForEach>,
    place: Place,
    items: Arc<Vec<Json>>,
    /// How many run at once.
    width: usize,
    outer: Arc<Object>,
    around: Option<Arc<Item>>,
    lanes: BTreeMap<usize, Frame>,
    tally: Tally,
}

/// What has come of it so far.
#[derive(Clone, Debug, Default)]
struct Tally {
    begun: usize,
    failed: u64,
    /// One for each item that has begun, where the step collects.
    results: Vec<Json>,
    /// Bytes of the results.
    size: usize,
    /// No more items are begun.
    stopped: bool,
    /// What fails the step.
    error: Option<RunError>,
}

impl Each {
    /// The first items begin.
    pub(super) fn begin(
        program: &Arc<ForEach>,
        place: &Place,
        items: Arc<Vec<Json>>,
        width: usize,
        around: Around<'_>,
    ) -> Self {
        let mut each = Self {
            program: program.clone(),
            place: place.clone(),
            items,
            width: width.max(1),
            outer: around.steps.clone(),
            around: around.item,
            lanes: BTreeMap::new(),
            tally: Tally::default(),
        };
        each.open(around.since);
        each
    }

    pub(super) fn frames(&self) -> impl Iterator<Item = &Frame> {
        self.lanes.values()
    }

    pub(super) fn find(&self, place: &Place) -> Option<&Frame> {
        self.lanes.get(&place.index_below(&self.place)?)?.find(place)
    }

    pub(super) fn error(&self) -> Option<&RunError> {
        self.tally.error.as_ref()
    }

    pub(super) fn done(&self) -> bool {
        self.lanes.is_empty() && self.left() == 0
    }

    pub(super) fn apply(&mut self, entry: &Entry, place: &Place, roots: &Scope) {
        let Some(index) = place.index_below(&self.place) else { return };
        let Some(lane) = self.lanes.get_mut(&index) else { return };
        lane.apply(entry, place, roots);
        if let Some(error) = lane.error() {
            let error = error.clone();
            self.failed(index, error);
        } else if lane.current().is_none() {
            let collected = self.program.collect.as_ref().map(|expr| {
                let scope = lane.scope(roots, &self.place.item(index)).with("$result", lane.last.value.clone());
                expr.eval(&scope).map(Json::without_bytes).map_err(StepFailure::from)
            });
            self.finished(index, collected);
        }
        self.open(entry.at);
    }

    /// `{count, failed, results}`
    pub(super) fn result(&self) -> Json {
        let count = u64::try_from(self.tally.begun).unwrap_or(u64::MAX);
        let results =
            self.program.collect.as_ref().map(|_| ("results", Json::list(self.tally.results.iter().cloned())));
        let counts = [("count", Json::from(count)), ("failed", Json::from(self.tally.failed))];
        Json::object(counts.into_iter().chain(results))
    }

    /// Whether its result may hold a sensitive one.
    pub(super) fn is_sensitive(&self) -> bool {
        self.program.sensitive
    }

    /// Items that are still to begin.
    fn left(&self) -> usize {
        let over = self.tally.stopped || self.tally.error.is_some();
        if over { 0 } else { self.items.len() - self.tally.begun }
    }

    fn open(&mut self, since: Timestamp) {
        while self.lanes.len() < self.width && self.left() > 0 {
            let index = self.tally.begun;
            self.tally.begun += 1;
            let Some(value) = self.items.get(index).cloned() else { return };
            let item = Item { value, index, name: self.program.name.clone(), around: self.around.clone() };
            let around = Around { steps: &self.outer, item: Some(Arc::new(item)), since };
            let frame = Frame::new(self.program.block.clone(), Some(self.place.item(index)), around);
            self.lanes.insert(index, frame);
            if self.program.collect.is_some() {
                self.tally.results.push(Json::Null);
            }
        }
    }

    fn finished(&mut self, index: usize, collected: Option<Result<Json, StepFailure>>) {
        match collected {
            None => drop(self.lanes.remove(&index)),
            Some(Ok(value)) => {
                self.lanes.remove(&index);
                self.keep(index, value);
            }
            Some(Err(mut failure)) => {
                failure.message = format!("collect of item {index}: {}", failure.message);
                self.failed(index, RunError { step: Some(self.place.name().to_owned()), failure });
            }
        }
    }

    fn failed(&mut self, index: usize, mut error: RunError) {
        error.failure.message = bounded(error.failure.message);
        match self.program.on_item_error {
            OnItemError::Fail => {
                self.tally.error.get_or_insert(error);
                return;
            }
            OnItemError::Continue => {}
            OnItemError::Stop => self.tally.stopped = true,
        }
        self.lanes.remove(&index);
        self.tally.failed += 1;
        if self.program.collect.is_some() {
            self.keep(index, error.failure.to_json());
        }
    }

    /// Keeps an item's part of the result; one that makes it too large fails the step, since nothing makes it smaller.
    fn keep(&mut self, index: usize, value: Json) {
        let room = RESULT_SIZE.saturating_sub(self.tally.size);
        if let Some(bytes) = size(&value, room) {
            self.tally.size += bytes + 1;
        } else {
            let failure = Ledger::too_large(self.place.name());
            self.tally.error.get_or_insert(RunError { step: Some(self.place.name().to_owned()), failure });
        }
        if let Some(kept) = self.tally.results.get_mut(index) {
            *kept = value;
        }
    }
}
