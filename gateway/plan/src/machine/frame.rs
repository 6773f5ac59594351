//! A block that is being run: where it is, and what its steps see.
//!
//! Frames form a tree: a calling step holds the frames of the blocks that it runs. They change only as entries say.

mod apply;
mod each;
mod inner;
mod see;

use std::sync::Arc;

use jiff::Timestamp;

use super::entry::StepResult;
use super::outcome::RunError;
use super::place::Place;
use super::program::{Block, Step};
use super::trace::Opened;
use crate::json::{Json, Object};

pub(super) use each::Each;
pub(super) use inner::Inner;
pub(super) use see::Item;

/// One run of a block.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    block: Arc<Block>,
    prefix: Option<Place>,
    next: usize,
    place: Option<Place>,
    /// The item that it is run for.
    item: Option<Arc<Item>>,
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
    /// It runs blocks.
    Within(Box<Inner>),
    /// It failed for good, and the block with it.
    Failed(RunError),
}

/// What a block sees of where it is run from.
#[derive(Clone, Debug)]
pub(super) struct Around<'a> {
    pub(super) steps: &'a Arc<Object>,
    pub(super) item: Option<Arc<Item>>,
    pub(super) since: Timestamp,
}

impl Frame {
    /// A block about to be run: by the step at `prefix`.
    pub(super) fn new(block: Arc<Block>, prefix: Option<Place>, around: Around<'_>) -> Self {
        let mut steps = Object::clone(around.steps);
        steps.extend(block.steps.iter().map(|step| (step.name.clone(), Json::Null)));
        let mut frame = Self {
            block,
            prefix,
            next: 0,
            place: None,
            item: around.item,
            since: around.since,
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
        let index = self.item.as_ref().map(|item| item.index);
        Some(Opened { place, kind: step.kind.name(), block, index, began: self.since })
    }

    /// The names of the blocks that the current step may run.
    pub(super) fn blocks(&self) -> Vec<Arc<str>> {
        let blocks = self.current().map(|(step, _)| step.kind.blocks()).unwrap_or_default();
        blocks.into_iter().map(|block| block.name.clone()).collect()
    }

    /// The innermost frame, of the first that are not done where there are several.
    pub(super) fn leaf(&self) -> &Self {
        match &self.doing {
            Doing::Within(inner) => inner.frames().find(|frame| frame.current().is_some()).map_or(self, Self::leaf),
            Doing::Ready | Doing::Pausing { .. } | Doing::Failed(_) => self,
        }
    }

    /// The frame whose current step is at this place.
    pub(super) fn find(&self, place: &Place) -> Option<&Self> {
        let own = self.place.as_ref()?;
        if own == place {
            return Some(self);
        }
        match &self.doing {
            Doing::Within(inner) if place.is_below(own) => inner.find(place),
            Doing::Within(_) | Doing::Ready | Doing::Pausing { .. } | Doing::Failed(_) => None,
        }
    }

    /// Whether its current step is at this place or runs what is there.
    fn holds(&self, place: &Place) -> bool {
        self.place.as_ref().is_some_and(|own| own == place || place.is_below(own))
    }

    /// Adds the places of the steps that have failed their blocks, here and inside.
    pub(super) fn failed(&self, found: &mut Vec<Place>) {
        match &self.doing {
            Doing::Failed(_) => found.extend(self.place.clone()),
            Doing::Within(inner) => inner.frames().for_each(|frame| frame.failed(found)),
            Doing::Ready | Doing::Pausing { .. } => {}
        }
    }

    /// How many frames there are, this one and those inside.
    pub(super) fn count(&self) -> usize {
        match &self.doing {
            Doing::Within(inner) => inner.frames().map(Self::count).sum::<usize>() + 1,
            Doing::Ready | Doing::Pausing { .. } | Doing::Failed(_) => 1,
        }
    }

    /// The current step has its result; the next one's turn comes.
    fn settle(&mut self, result: StepResult, at: Timestamp) {
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
