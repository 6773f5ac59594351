//! What the values of one body may use: how many they are, how deep they nest, and how much memory they take. Every
//! reader asks before it builds.

use std::sync::Arc;

use indexmap::map::Entry;

use super::{Json, Object, ReadFault};
use crate::limits::{JSON_DEPTH, JSON_NODES};

/// What is left.
#[derive(Debug)]
pub(crate) struct Budget {
    /// Values that may still come.
    nodes: usize,
    /// Levels that are open.
    depth: usize,
    /// Bytes of memory that may still be used.
    room: usize,
    most: usize,
}

impl Budget {
    /// As much as a stranger's body may use, in so many bytes of memory.
    pub(crate) const fn new(room: usize) -> Self {
        Self { nodes: JSON_NODES, depth: 0, room, most: room }
    }

    /// Of a text that we wrote ourselves: whoever did has bounded its size.
    pub(crate) const fn own() -> Self {
        Self { nodes: usize::MAX, depth: 0, room: usize::MAX, most: usize::MAX }
    }

    /// Takes one value.
    pub(crate) fn value(&mut self) -> Result<(), ReadFault> {
        self.nodes = self.nodes.checked_sub(1).ok_or(ReadFault::TooManyValues)?;
        Ok(())
    }

    /// Takes memory.
    pub(crate) fn take(&mut self, bytes: usize) -> Result<(), ReadFault> {
        self.room = self.room.checked_sub(bytes).ok_or(ReadFault::TooLarge)?;
        Ok(())
    }

    /// Opens a level.
    pub(crate) fn open(&mut self) -> Result<(), ReadFault> {
        if self.depth == JSON_DEPTH {
            return Err(ReadFault::TooDeep);
        }
        self.depth += 1;
        Ok(())
    }

    /// Closes one.
    pub(crate) fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Bytes of memory taken so far.
    pub(crate) const fn used(&self) -> usize {
        self.most.saturating_sub(self.room)
    }
}

/// Bytes of a member beside its name and what its value points to: an entry of the map and of its index.
pub(crate) const MEMBER_SIZE: usize = size_of::<(u64, Arc<str>, Json)>() + 2 * size_of::<usize>();

/// Members in the making, of which a repeated name becomes a list: of a form, a multipart body, an element.
#[derive(Debug, Default)]
pub(crate) struct Members(Object);

impl Members {
    /// Adds a value that is wanted; its own size is taken already.
    pub(crate) fn add(&mut self, name: &str, value: Json, budget: &mut Budget) -> Result<(), ReadFault> {
        match self.0.entry(name.into()) {
            Entry::Vacant(place) => {
                budget.take(MEMBER_SIZE + name.len())?;
                place.insert(value);
            }
            Entry::Occupied(mut place) => {
                budget.take(2 * size_of::<Json>())?;
                append(place.get_mut(), value);
            }
        }
        Ok(())
    }

    pub(crate) fn into_json(self) -> Json {
        Json::Object(Arc::new(self.0))
    }
}

/// The second value of a name makes a list of both. None of these kinds has lists of its own.
fn append(there: &mut Json, value: Json) {
    match there {
        Json::Array(items) => Arc::make_mut(items).push(value),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Bytes(_) | Json::Object(_) => {
            *there = Json::list([std::mem::take(there), value]);
        }
    }
}
