//! The blocks that a calling step runs: one, several at the same time, or one for each item.

use super::{Doing, Each, Frame};
use crate::json::Json;
use crate::machine::entry::{Entry, StepResult};
use crate::machine::outcome::RunError;
use crate::machine::place::Place;
use crate::scope::Scope;

/// What a calling step is within.
#[derive(Clone, Debug)]
pub(in crate::machine) enum Inner {
    /// The block of a `branch`.
    One(Frame),
    /// The blocks of a `parallel`, those that are done included.
    All(Vec<Frame>),
    /// The items of a `forEach`.
    Each(Each),
}

impl Inner {
    /// The frames that it holds.
    pub(in crate::machine) fn frames(&self) -> Box<dyn Iterator<Item = &Frame> + '_> {
        match self {
            Self::One(frame) => Box::new(std::iter::once(frame)),
            Self::All(frames) => Box::new(frames.iter()),
            Self::Each(each) => Box::new(each.frames()),
        }
    }

    /// The frame whose current step is at this place.
    pub(super) fn find(&self, place: &Place) -> Option<&Frame> {
        match self {
            Self::One(frame) => frame.find(place),
            Self::All(frames) => frames.iter().find_map(|frame| frame.find(place)),
            Self::Each(each) => each.find(place),
        }
    }

    /// Moves the step that the entry is about.
    pub(super) fn apply(&mut self, entry: &Entry, place: &Place, roots: &Scope) {
        match self {
            Self::One(frame) => frame.apply(entry, place, roots),
            Self::All(frames) => {
                if let Some(frame) = frames.iter_mut().find(|frame| frame.holds(place)) {
                    frame.apply(entry, place, roots);
                }
            }
            Self::Each(each) => each.apply(entry, place, roots),
        }
    }

    /// What fails the calling step.
    pub(in crate::machine) fn error(&self) -> Option<&RunError> {
        match self {
            Self::One(frame) => frame.error(),
            Self::All(frames) => frames.iter().find_map(Frame::error),
            Self::Each(each) => each.error(),
        }
    }

    /// Whether nothing is left to do in it.
    pub(in crate::machine) fn done(&self) -> bool {
        match self {
            Self::One(frame) => frame.current().is_none(),
            Self::All(frames) => frames.iter().all(|frame| frame.current().is_none()),
            Self::Each(each) => each.done(),
        }
    }

    /// What the calling step results in when it is done: sensitive when a block's last result is, as far as that is in it.
    pub(super) fn result(&self) -> StepResult {
        match self {
            Self::One(frame) => frame.last.clone(),
            Self::All(frames) => StepResult {
                value: Json::object(frames.iter().map(|frame| (&*frame.block.name, frame.last.value.clone()))),
                sensitive: frames.iter().any(|frame| frame.last.sensitive),
            },
            Self::Each(each) => StepResult { value: each.result(), sensitive: each.is_sensitive() },
        }
    }
}

impl Frame {
    /// What failed it.
    pub(super) fn error(&self) -> Option<&RunError> {
        match &self.doing {
            Doing::Failed(error) => Some(error),
            Doing::Ready | Doing::Pausing { .. } | Doing::Within(_) => None,
        }
    }
}
