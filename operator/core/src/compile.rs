//! Compiles the whole world: which routes there are, and what each workflow and gateway is told.
//!
//! A pure function of [`World`]. The steps: validate each resource, admit it to its gateway, resolve what it refers to,
//! and settle who has which path. [`Compiler`] remembers the work of the last time for what did not change; the result is
//! the same.

mod address;
mod admission;
mod calls;
mod ceiling;
mod edge;
mod egress;
mod keys;
mod memo;
mod paths;
mod policy;
mod quota;
mod resolve;
mod schemas;
mod scripts;
mod secrets;
mod serve;
mod variables;

use std::collections::BTreeMap;
use std::sync::Arc;

use boathook_crds::{WebhookGatewaySpec, WebhookWorkflowSpec};
use boathook_plan::edge::Edge;
use boathook_plan::plan::Plan;
use boathook_plan::secret::Keys;

use crate::object::ObjectKey;
use crate::outcome::{GatewayOutcome, WorkflowOutcome};
use crate::validate::{self, ValidGateway, ValidWorkflow};
use crate::world::{Platform, World};
use admission::Gateways;
use calls::Calls;
use memo::{Memo, Validated};
use paths::Paths;
use quota::Counted;
use serve::{Made, Serving};

/// The label with which a Secret's owner allows its use: `verification`, or `steps` for both uses.
pub const ALLOW_LABEL: &str = "boathook.dev/allow";

/// The compiled world.
#[derive(Clone, Debug, Default)]
pub struct Compiled {
    /// One for each workflow that serves, in the order of namespace and name. One whose inputs did not change is the same
    /// `Arc` as the last time, where a [`Compiler`] was kept.
    pub routes: Vec<Arc<CompiledRoute>>,
    /// The public port of each gateway that serves.
    pub edges: BTreeMap<ObjectKey, Edge>,
    /// What each workflow is told.
    pub workflows: BTreeMap<ObjectKey, WorkflowOutcome>,
    /// What each gateway is told.
    pub gateways: BTreeMap<ObjectKey, GatewayOutcome>,
    /// What is accepted now, for the next [`World::accepted`].
    pub accepted: Accepted,
}

/// A plan with its keys, and the gateway that serves it.
#[derive(Clone, Debug)]
pub struct CompiledRoute {
    /// Whose route this is.
    pub gateway: ObjectKey,
    /// The plan.
    pub plan: Arc<Plan>,
    /// The values of its keys and secrets.
    pub keys: Keys,
}

/// The newest accepted form of each resource: it serves on while an edit is refused.
#[derive(Clone, Debug, Default)]
pub struct Accepted {
    /// By key; one whose UID is another's is ignored.
    pub workflows: BTreeMap<ObjectKey, Arc<ValidWorkflow>>,
    /// By key; one whose UID is another's is ignored.
    pub gateways: BTreeMap<ObjectKey, Arc<ValidGateway>>,
}

/// Compiles with the work of the last time.
#[derive(Debug, Default)]
pub struct Compiler {
    workflows: Memo<WebhookWorkflowSpec, ValidWorkflow>,
    gateways: Memo<WebhookGatewaySpec, ValidGateway>,
    made: Made,
}

/// Compiles the world.
pub fn compile(world: &World) -> Compiled {
    Compiler::default().compile(world)
}

impl CompiledRoute {
    /// The workflow that it serves.
    pub fn workflow(&self) -> ObjectKey {
        ObjectKey::new(&*self.plan.workflow.namespace, &*self.plan.workflow.name)
    }
}

impl Compiler {
    /// The same as [`compile`], in less time where little changed since the last call.
    pub fn compile(&mut self, world: &World) -> Compiled {
        let workflows = self.workflows.refresh(&world.workflows, validate::workflow);
        let gateways = self.gateways.refresh(&world.gateways, validate::gateway);
        let serving_gateways = serving_gateways(world, &gateways);
        let mut serving = Serving {
            world,
            gateways: &serving_gateways,
            paths: Paths::default(),
            calls: Calls::default(),
            counted: Counted::default(),
            before: std::mem::take(&mut self.made),
            made: Made::new(),
        };
        let mut compiled = Compiled {
            gateways: gateway_outcomes(world, &gateways),
            accepted: Accepted { gateways: serving_gateways.clone(), ..Accepted::default() },
            ..Compiled::default()
        };
        for (key, workflow) in by_age(world) {
            let Some(newest) = workflows.get(key) else { continue };
            compiled.add(key, serving.serve(workflow, newest));
        }
        compiled.routes.sort_by_key(|route| route.workflow());
        compiled.add_edges(world, &serving_gateways);
        self.made = serving.made;
        compiled
    }
}

impl Compiled {
    /// Scheme and authority in front of every path of a gateway, and its prefix; `None` while none of it is accepted.
    pub fn url(&self, gateway: &ObjectKey, platform: &Platform) -> Option<String> {
        let gateway = self.accepted.gateways.get(gateway)?;
        Some(format!("{}{}", address::base_url(gateway, platform), gateway.route_prefix))
    }

    fn add_edges(&mut self, world: &World, gateways: &Gateways) {
        for (key, gateway) in gateways {
            let (edge, violations) = edge::of(gateway, world);
            if let Some(outcome) = self.gateways.get_mut(key) {
                outcome.violations.extend(violations);
            }
            self.edges.insert(key.clone(), edge);
        }
    }

    fn add(&mut self, key: &ObjectKey, served: serve::Served) {
        if let Some(route) = served.route {
            if let Some(gateway) = self.gateways.get_mut(&route.gateway)
                && served.outcome.accepted()
            {
                gateway.attached += 1;
            }
            self.routes.push(route);
        }
        if let Some(accepted) = served.accepted {
            self.accepted.workflows.insert(key.clone(), accepted);
        }
        self.workflows.insert(key.clone(), served.outcome);
    }
}

/// The order in which paths are claimed.
fn by_age(world: &World) -> Vec<(&ObjectKey, &Arc<crate::world::Workflow>)> {
    let mut workflows: Vec<_> = world.workflows.iter().collect();
    workflows.sort_by_key(|(key, workflow)| (workflow.created, *key));
    workflows
}

/// The newest spec of each gateway where it is valid, else its last accepted one.
fn serving_gateways(world: &World, newest: &BTreeMap<ObjectKey, Validated<ValidGateway>>) -> Gateways {
    let serving = world.gateways.iter().filter_map(|(key, gateway)| {
        let newest = newest.get(key).and_then(|newest| newest.as_ref().ok());
        let last = || world.accepted.gateways.get(key).filter(|last| last.uid == gateway.uid);
        Some((key.clone(), Arc::clone(newest.or_else(last)?)))
    });
    serving.collect()
}

fn gateway_outcomes(
    world: &World,
    newest: &BTreeMap<ObjectKey, Validated<ValidGateway>>,
) -> BTreeMap<ObjectKey, GatewayOutcome> {
    let outcomes = world.gateways.iter().map(|(key, gateway)| {
        let violations = newest.get(key).and_then(|newest| newest.as_ref().err()).cloned().unwrap_or_default();
        (key.clone(), GatewayOutcome { generation: gateway.generation, violations, attached: 0 })
    });
    outcomes.collect()
}
