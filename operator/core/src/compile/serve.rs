//! What serves for one workflow: its newest spec where that is accepted, else the last accepted one.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::admission::{self, Gateways};
use super::calls::Calls;
use super::memo::Validated;
use super::paths::{Claimant, Paths};
use super::quota::Counted;
use super::resolve::{Inputs, Resolved, resolve};
use super::scripts::{self, Scripts};
use super::{CompiledRoute, address};
use crate::condition::Reason;
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
    pub calls: Calls,
    pub counted: Counted,
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

/// What became of the newest spec.
enum Newest {
    /// It serves.
    Serves(Arc<CompiledRoute>, Arc<ValidWorkflow>),
    /// It is not accepted, and an earlier one may serve on.
    Refused,
    /// Its gateway does not admit it: nothing may serve on.
    Revoked,
}

impl Serving<'_> {
    /// Serves one workflow; the order of the calls decides conflicts.
    pub fn serve(&mut self, workflow: &Workflow, newest: &Validated<ValidWorkflow>) -> Served {
        let claimant = Claimant { workflow: workflow.key.clone(), created: workflow.created };
        let last = self.world.accepted.workflows.get(&workflow.key).filter(|last| last.uid == workflow.uid).cloned();
        let mut outcome = WorkflowOutcome::of(workflow.generation);
        let (route, accepted) = match self.newest(newest, &claimant, &mut outcome) {
            Newest::Serves(route, valid) => (Some(route), Some(valid)),
            Newest::Refused => (last.as_ref().and_then(|last| self.fall_back(last, &claimant)), last),
            Newest::Revoked => (None, None),
        };
        outcome.url = route.as_ref().and_then(|route| route.plan.webhook.as_ref()).map(address::url);
        outcome.serving = route.as_ref().map(|route| route.plan.generation);
        Served { outcome, route, accepted }
    }

    fn newest(
        &mut self,
        newest: &Validated<ValidWorkflow>,
        claimant: &Claimant,
        outcome: &mut WorkflowOutcome,
    ) -> Newest {
        let valid = match newest {
            Ok(valid) => valid,
            Err(violations) => {
                outcome.violations.clone_from(violations);
                return Newest::Refused;
            }
        };
        let gateway = match admission::admit(valid, self.gateways, self.world) {
            Ok(gateway) => gateway,
            Err(violation) => {
                outcome.violations.push(violation);
                return Newest::Revoked;
            }
        };
        if !self.scripts_compile(valid, outcome) {
            return Newest::Refused;
        }
        let resolved = self.resolved(Spec::Newest, Inputs::gather(valid, &gateway, self.world));
        outcome.resolved = true;
        outcome.violations.clone_from(&resolved.violations);
        if !outcome.accepted() {
            return Newest::Refused;
        }
        let claimed = self.counted.check(valid, &gateway).and_then(|()| self.claim(valid, &resolved.route, claimant));
        match claimed {
            Ok(()) => {
                self.counted.add(valid, &gateway);
                Newest::Serves(Arc::clone(&resolved.route), Arc::clone(valid))
            }
            Err(conflict) => {
                outcome.violations.insert(0, conflict);
                Newest::Refused
            }
        }
    }

    /// Whether all scripts are known to compile; what else is known is told.
    fn scripts_compile(&self, valid: &ValidWorkflow, outcome: &mut WorkflowOutcome) -> bool {
        match scripts::check(valid, self.world) {
            Scripts::Compile => return true,
            Scripts::Pending => outcome.pending = true,
            Scripts::Broken(violations) => outcome.violations = violations,
        }
        false
    }

    /// The route of the last accepted spec, unless its gateway, its size or its path refuse it by now.
    fn fall_back(&mut self, last: &Arc<ValidWorkflow>, claimant: &Claimant) -> Option<Arc<CompiledRoute>> {
        let gateway = admission::admit(last, self.gateways, self.world).ok()?;
        let resolved = self.resolved(Spec::LastAccepted, Inputs::gather(last, &gateway, self.world));
        let is_too_large = resolved.violations.iter().any(|violation| violation.reason == Reason::TooLarge);
        let serves = !is_too_large && self.claim(last, &resolved.route, claimant).is_ok();
        if serves {
            self.counted.add(last, &gateway);
        }
        serves.then(|| Arc::clone(&resolved.route))
    }

    /// Claims what only one workflow can have; a claim that is refused leaves nothing claimed.
    fn claim(&mut self, valid: &ValidWorkflow, route: &CompiledRoute, claimant: &Claimant) -> Result<(), Violation> {
        self.calls.claim(valid)?;
        self.paths.claim(route, claimant)
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
