//! A block that is being run: where it is, and what its steps see.
//!
//! Frames form a tree: a calling step holds the frames of the blocks that it runs. They change only as entries say.

mod apply;

use std::sync::Arc;

use jiff::Timestamp;

use super::entry::StepResult;
use super::outcome::RunError;
use super::place::Place;
use super::program::{Block, Step};
use super::trace::Opened;
use crate::json::{Json, Object};

/// One run of a block.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    block: Arc<Block>,
    prefix: Option<Place>,
    next: usize,
    place: Option<Place>,
    /// When the entry before the current step was written: the step's `now()`.
    pub(super) since: Timestamp,
    /// `$steps` as seen here: null until a step has its result.
    pub(super) steps: Arc<Object>,
    /// The last step's result.
    pub(super) last: StepResult,
    /// How far the current step is.
    pub(super) doing: Doing,
}

/// How far a step is, as far as that is durable.
#[derive(Clone, Debug)]
pub(super) enum Doing {
    /// Its first attempt has no outcome yet.
    Ready,
    /// Attempts failed; the next one begins when this time has come.
    Pausing { attempt: u32, due: Timestamp },
    /// It runs a block.
    Within(Box<Frame>),
    /// It failed for good, and the block with it.
    Failed(RunError),
}

impl Frame {
    /// A block about to be run: by the step at `prefix`, seeing the `outer` steps.
    pub(super) fn new(block: Arc<Block>, prefix: Option<Place>, outer: &Object, since: Timestamp) -> Self {
        let mut steps = outer.clone();
        steps.extend(block.steps.iter().map(|step| (step.name.clone(), Json::Null)));
        let mut frame = Self {
            block,
            prefix,
            next: 0,
            place: None,
            since,
            steps: Arc::new(steps),
            last: StepResult::default(),
            doing: Doing::Ready,
        };
        frame.place = frame.next_place();
        frame
    }

    /// The step whose turn it is, and its place; `None` when the block is done.
    pub(super) fn current(&self) -> Option<(&Step, &Place)> {
        Some((self.block.steps.get(self.next)?, self.place.as_ref()?))
    }

    /// What the trace holds of the current step from the beginning.
    pub(super) fn opened(&self) -> Option<Opened<'_>> {
        let (step, place) = self.current()?;
        let block = Some(&self.block.name).filter(|name| !name.is_empty());
        Some(Opened { place, kind: step.kind.name(), block, index: None, began: self.since })
    }

    /// The innermost frame.
    pub(super) fn leaf(&self) -> &Self {
        match &self.doing {
            Doing::Within(inner) => inner.leaf(),
            Doing::Ready | Doing::Pausing { .. } | Doing::Failed(_) => self,
        }
    }

    /// The frame whose current step is at this place.
    pub(super) fn find(&self, place: &Place) -> Option<&Self> {
        if self.place.as_ref() == Some(place) {
            return Some(self);
        }
        match &self.doing {
            Doing::Within(inner) => inner.find(place),
            Doing::Ready | Doing::Pausing { .. } | Doing::Failed(_) => None,
        }
    }

    /// As [`Frame::find`].
    pub(super) fn find_mut(&mut self, place: &Place) -> Option<&mut Self> {
        if self.place.as_ref() == Some(place) {
            return Some(self);
        }
        match &mut self.doing {
            Doing::Within(inner) => inner.find_mut(place),
            Doing::Ready | Doing::Pausing { .. } | Doing::Failed(_) => None,
        }
    }

    /// The current step has its result; the next one's turn comes.
    pub(super) fn settle(&mut self, result: StepResult, at: Timestamp) {
        if let Some(step) = self.block.steps.get(self.next) {
            Arc::make_mut(&mut self.steps).insert(step.name.clone(), result.value.clone());
        }
        self.next += 1;
        self.place = self.next_place();
        self.since = at;
        self.last = result;
        self.doing = Doing::Ready;
    }

    fn next_place(&self) -> Option<Place> {
        let step = self.block.steps.get(self.next)?;
        Some(match &self.prefix {
            Some(prefix) => prefix.within(&step.name),
            None => Place::step(&step.name),
        })
    }
}
