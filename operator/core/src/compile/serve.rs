//! What serves for one workflow: its newest spec where that is accepted, else the last accepted one.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::admission::{self, Gateways};
use super::memo::Validated;
use super::paths::Paths;
use super::resolve::{Inputs, Resolved, resolve};
use super::{CompiledRoute, address};
use crate::condition::{Condition, Reason};
use crate::object::ObjectKey;
use crate::outcome::WorkflowOutcome;
use crate::validate::ValidWorkflow;
use crate::violation::Violation;
use crate::world::{Workflow, World};

/// Routes that were made the last time, by workflow and whether they are of an older spec.
pub(super) type Made = BTreeMap<(ObjectKey, Spec), (Inputs, Arc<Resolved>)>;

/// Which spec of a workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Spec {
    Newest,
    LastAccepted,
}

/// A compile under way.
#[derive(Debug)]
pub(super) struct Serving<'a> {
    pub world: &'a World,
    pub gateways: &'a Gateways,
    pub paths: Paths,
    pub before: Made,
    pub made: Made,
}

/// What became of one workflow.
#[derive(Debug)]
pub(super) struct Served {
    pub outcome: WorkflowOutcome,
    pub route: Option<Arc<CompiledRoute>>,
    /// Its newest accepted spec.
    pub accepted: Option<Arc<ValidWorkflow>>,
}

impl Serving<'_> {
    /// Serves one workflow; the order of the calls decides conflicts.
    pub fn serve(&mut self, workflow: &Workflow, newest: &Validated<ValidWorkflow>) -> Served {
        let last = self.world.accepted.workflows.get(&workflow.key).filter(|last| last.uid == workflow.uid).cloned();
        let (route, violations, accepted) = match newest {
            Err(invalid) => (self.fall_back(last.as_ref()), invalid.clone(), last),
            Ok(newest) => match admission::admit(newest, self.gateways, self.world) {
                Err(refusal) => (None, vec![refusal], None),
                Ok(gateway) => {
                    let resolved = self.resolved(Spec::Newest, Inputs::gather(newest, &gateway, self.world));
                    let mut violations = resolved.violations.clone();
                    match self.claim(&resolved, &mut violations) {
                        Some(route) => (Some(route), violations, Some(Arc::clone(newest))),
                        None => (self.fall_back(last.as_ref()), violations, last),
                    }
                }
            },
        };
        let outcome = WorkflowOutcome {
            generation: workflow.generation,
            violations,
            url: route.as_ref().map(|route| address::url(&route.plan.webhook)),
            serving: route.as_ref().map(|route| route.plan.generation),
        };
        Served { outcome, route, accepted }
    }

    /// The last accepted spec, where it has not been refused by its gateway meanwhile.
    fn fall_back(&mut self, last: Option<&Arc<ValidWorkflow>>) -> Option<Arc<CompiledRoute>> {
        let last = last?;
        let gateway = admission::admit(last, self.gateways, self.world).ok()?;
        let resolved = self.resolved(Spec::LastAccepted, Inputs::gather(last, &gateway, self.world));
        let is_too_large = resolved.violations.iter().any(|violation| violation.reason == Reason::TooLarge);
        let route = &resolved.route;
        let is_free = || self.paths.claim(&route.gateway, &route.plan.webhook, &last.key).is_ok();
        (!is_too_large).then(is_free)?.then(|| Arc::clone(route))
    }

    /// The route, if the spec is accepted and its path is free.
    fn claim(&mut self, resolved: &Resolved, violations: &mut Vec<Violation>) -> Option<Arc<CompiledRoute>> {
        if violations.iter().any(|violation| violation.condition == Condition::Accepted) {
            return None;
        }
        let route = &resolved.route;
        match self.paths.claim(&route.gateway, &route.plan.webhook, &route.workflow()) {
            Ok(()) => Some(Arc::clone(route)),
            Err(conflict) => {
                violations.insert(0, conflict);
                None
            }
        }
    }

    /// The route of these inputs: the one of the last time where they are the same.
    fn resolved(&mut self, spec: Spec, inputs: Inputs) -> Arc<Resolved> {
        let key = (inputs.workflow.key.clone(), spec);
        let resolved = match self.before.remove(&key) {
            Some((earlier, resolved)) if earlier.same_as(&inputs) => resolved,
            Some(_) | None => Arc::new(resolve(&inputs)),
        };
        self.made.insert(key, (inputs, Arc::clone(&resolved)));
        resolved
    }
}
