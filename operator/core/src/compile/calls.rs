//! Which workflow calls which: the first to be accepted keeps its calls, and whoever would close a cycle or make a chain
//! too long is refused.
//!
//! Claims are made in the order that decides: the oldest workflow first, then by namespace and name.

use std::collections::{BTreeMap, BTreeSet};

use boathook_plan::limits::CALL_DEPTH;

use crate::condition::Reason;
use crate::field::Field;
use crate::object::ObjectKey;
use crate::validate::ValidWorkflow;
use crate::violation::Violation;

/// The calls of every accepted workflow; one that is not accepted has none.
#[derive(Debug, Default)]
pub(super) struct Calls {
    callees: BTreeMap<ObjectKey, BTreeSet<ObjectKey>>,
    callers: BTreeMap<ObjectKey, BTreeSet<ObjectKey>>,
}

impl Calls {
    /// Admits a workflow's calls, or says what they would lead to.
    pub fn claim(&mut self, workflow: &ValidWorkflow) -> Result<(), Violation> {
        let call = |(at, name)| (at, ObjectKey::new(&*workflow.key.namespace, name));
        let calls: Vec<(Field, ObjectKey)> = workflow.calls().map(call).collect();
        if let Some(violation) = self.refusal(&workflow.key, &calls) {
            return Err(violation);
        }
        let callees: BTreeSet<_> = calls.into_iter().map(|(_, callee)| callee).collect();
        for callee in &callees {
            self.callers.entry(callee.clone()).or_default().insert(workflow.key.clone());
        }
        if !callees.is_empty() {
            self.callees.insert(workflow.key.clone(), callees);
        }
        Ok(())
    }

    /// What the first call leads to that may not be.
    fn refusal(&self, workflow: &ObjectKey, calls: &[(Field, ObjectKey)]) -> Option<Violation> {
        let above = longest(&self.callers, workflow);
        calls.iter().find_map(|(at, callee)| {
            let message = if let Some(way) = self.way(callee, workflow) {
                let names: Vec<_> = way.iter().map(|key| &*key.name).collect();
                format!("must not come to call itself: {} calls {}", workflow.name, names.join(", which calls "))
            } else if 1 + longest(&self.callees, callee) + above > CALL_DEPTH {
                format!("must not be part of a chain of more than {CALL_DEPTH} calls")
            } else {
                return None;
            };
            Some(Violation::new(Reason::InvalidSpec, at, message))
        })
    }

    /// The calls by which `from` comes to call `to`, both included.
    fn way(&self, from: &ObjectKey, to: &ObjectKey) -> Option<Vec<ObjectKey>> {
        if from == to {
            return Some(vec![to.clone()]);
        }
        let mut ways = self.callees.get(from).into_iter().flatten();
        let mut rest = ways.find_map(|callee| self.way(callee, to))?;
        rest.insert(0, from.clone());
        Some(rest)
    }
}

/// How many calls follow one another from here. There is no cycle, and no chain is longer than [`CALL_DEPTH`].
fn longest(edges: &BTreeMap<ObjectKey, BTreeSet<ObjectKey>>, from: &ObjectKey) -> u32 {
    edges.get(from).into_iter().flatten().map(|to| 1 + longest(edges, to)).max().unwrap_or_default()
}
