//! What the expressions of a block see.

use std::sync::Arc;

use super::Frame;
use crate::json::Json;
use crate::machine::place::Place;
use crate::scope::Scope;

/// The item that a block is run for, and those around it.
#[derive(Clone, Debug)]
pub(in crate::machine) struct Item {
    pub(super) value: Json,
    pub(super) index: usize,
    /// The item's other name, with its `$`; `$item` where it has none.
    pub(super) name: Arc<str>,
    pub(super) around: Option<Arc<Self>>,
}

impl Frame {
    /// What a step sees at `place`. `now()` and `uuid()` follow from the journal and the place.
    pub(in crate::machine) fn scope(&self, roots: &Scope, place: &Place) -> Scope {
        let scope = roots.clone().at(self.since, place.uuid(roots.uuid()));
        let scope = scope.with("$steps", Json::Object(self.steps.clone()));
        match &self.item {
            Some(item) => item.within(scope),
            None => scope,
        }
    }
}

impl Item {
    /// The innermost item is `$item`; those around it are seen by their other names.
    fn within(&self, scope: Scope) -> Scope {
        let scope = match &self.around {
            Some(around) => around.within(scope),
            None => scope,
        };
        let index = u64::try_from(self.index).unwrap_or(u64::MAX);
        scope.with(&self.name, self.value.clone()).with("$item", self.value.clone()).with("$index", Json::from(index))
    }
}
