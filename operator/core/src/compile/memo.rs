//! Remembers what validating an object gave, for as long as the object stays the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::object::{Object, ObjectKey};
use crate::violation::Violation;

/// A valid resource, or everything that is wrong with it.
pub(super) type Validated<V> = Result<Arc<V>, Vec<Violation>>;

/// Holds an object to its rules.
pub(super) type Rules<S, V> = fn(&Object<S>) -> (Option<V>, Vec<Violation>);

/// What was found of the objects of the last time, and of no others.
#[derive(Debug)]
pub(super) struct Memo<S, V> {
    known: BTreeMap<ObjectKey, (Arc<Object<S>>, Validated<V>)>,
}

impl<S, V> Default for Memo<S, V> {
    fn default() -> Self {
        Self { known: BTreeMap::new() }
    }
}

impl<S: PartialEq, V> Memo<S, V> {
    /// Validates what is new or changed, and forgets what is gone.
    pub fn refresh(
        &mut self,
        objects: &BTreeMap<ObjectKey, Arc<Object<S>>>,
        validate: Rules<S, V>,
    ) -> BTreeMap<ObjectKey, Validated<V>> {
        let mut before = std::mem::take(&mut self.known);
        for (key, object) in objects {
            let found = match before.remove(key) {
                Some((earlier, found)) if Arc::ptr_eq(&earlier, object) || earlier == *object => found,
                Some(_) | None => match validate(object) {
                    (Some(valid), _) => Ok(Arc::new(valid)),
                    (None, violations) => Err(violations),
                },
            };
            self.known.insert(key.clone(), (Arc::clone(object), found));
        }
        self.known.iter().map(|(key, (_, found))| (key.clone(), found.clone())).collect()
    }
}
