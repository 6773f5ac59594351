//! Whose turn it is: namespaces in turn, and in each its workflows in turn. Decides an order and nothing else.

use std::collections::{HashMap, HashSet, VecDeque};

use super::Owner;

/// Workflows that may have work, each at most once.
#[derive(Debug, Default)]
pub(super) struct Fair {
    namespaces: VecDeque<String>,
    waiting: HashMap<String, VecDeque<Owner>>,
    known: HashSet<Owner>,
}

impl Fair {
    /// Puts a workflow behind the others of its namespace, unless it waits already.
    pub(super) fn push(&mut self, owner: Owner) {
        if !self.known.insert(owner.clone()) {
            return;
        }
        let namespace = owner.namespace().to_owned();
        let queue = self.waiting.entry(namespace.clone()).or_default();
        if queue.is_empty() {
            self.namespaces.push_back(namespace);
        }
        queue.push_back(owner);
    }

    /// The next workflow; its namespace goes behind the others.
    pub(super) fn pop(&mut self) -> Option<Owner> {
        let namespace = self.namespaces.pop_front()?;
        let queue = self.waiting.get_mut(&namespace)?;
        let owner = queue.pop_front()?;
        self.known.remove(&owner);
        if queue.is_empty() {
            self.waiting.remove(&namespace);
        } else {
            self.namespaces.push_back(namespace);
        }
        Some(owner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runner::tests::owner;

    #[test]
    fn a_namespace_with_many_workflows_delays_no_other() {
        let mut fair = Fair::default();
        for name in ["a1", "a2", "a3"] {
            fair.push(owner("a", name));
        }
        fair.push(owner("b", "b1"));
        let order: Vec<String> = std::iter::from_fn(|| fair.pop()).map(|owner| owner.uid().to_owned()).collect();
        assert_eq!(order, ["a1", "b1", "a2", "a3"]);
    }

    #[test]
    fn a_workflow_that_waits_already_has_one_turn() {
        let mut fair = Fair::default();
        fair.push(owner("a", "a1"));
        fair.push(owner("a", "a1"));
        assert_eq!(fair.pop(), Some(owner("a", "a1")));
        assert_eq!(fair.pop(), None);
        fair.push(owner("a", "a1"));
        assert_eq!(fair.pop(), Some(owner("a", "a1")));
    }
}
