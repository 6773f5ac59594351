//! What is said of every resource: compiling's word, the pods' word, and the state of the gateway's objects.

use std::collections::BTreeMap;
use std::sync::Arc;

use boathook_crds::gateway::status::WebhookGatewayStatus;
use boathook_crds::workflow::Suspend;
use boathook_crds::workflow::status::{Deliveries, WebhookWorkflowStatus};
use boathook_operator_core::apply::{Id, Trouble};
use boathook_operator_core::compile::{Compiled, CompiledRoute};
use boathook_operator_core::condition::Reason;
use boathook_operator_core::desired::{Kind, Names, selector};
use boathook_operator_core::field::Field;
use boathook_operator_core::object::ObjectKey;
use boathook_operator_core::outcome::{GatewayOutcome, WorkflowOutcome};
use boathook_operator_core::status::{GatewayFacts, Replica, WorkflowFacts, gateway, workflow};
use boathook_operator_core::violation::Violation;
use boathook_operator_core::world::Platform;
use boathook_plan::pinned::Revision;
use jiff::Timestamp;

use crate::gateways::{PodSays, Said, Table};
use crate::watches::{SeenGateway, SeenWorkflow, View};

/// A resource of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// A `WebhookGateway`.
    Gateway,
    /// A `WebhookWorkflow`.
    Workflow,
}

/// What is said of a resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Spoken {
    /// Of a gateway.
    Gateway(WebhookGatewayStatus),
    /// Of a workflow.
    Workflow(Box<WebhookWorkflowStatus>),
}

/// All that what is said depends on.
#[derive(Debug)]
pub struct Known<'a> {
    /// What was compiled.
    pub compiled: &'a Compiled,
    /// What is seen.
    pub view: &'a View,
    /// What the gateways are to serve.
    pub tables: &'a BTreeMap<ObjectKey, Table>,
    /// What the pods say.
    pub said: &'a Said,
    /// What is in the way of objects.
    pub troubles: Vec<(Id, Trouble)>,
    /// What this installation is.
    pub platform: &'a Platform,
}

/// Says something after what was said before.
pub struct Say<'a> {
    /// What was said before of a gateway.
    pub gateway: &'a dyn Fn(&ObjectKey, &SeenGateway) -> WebhookGatewayStatus,
    /// What was said before of a workflow.
    pub workflow: &'a dyn Fn(&ObjectKey, &SeenWorkflow) -> WebhookWorkflowStatus,
    /// What became of a workflow's requests, by its UID.
    pub deliveries: &'a dyn Fn(&str) -> Option<Deliveries>,
}

/// What is said of every resource.
pub type Statements = BTreeMap<(Subject, ObjectKey), Spoken>;

/// Says it.
pub fn say(known: &Known, before: &Say, now: Timestamp) -> Statements {
    let routes: BTreeMap<_, _> = known.compiled.routes.iter().map(|route| (route.workflow(), route)).collect();
    let mut programmed: BTreeMap<&ObjectKey, usize> = BTreeMap::new();
    let mut spoken = BTreeMap::new();
    for (key, seen) in &known.view.workflows {
        let route = routes.get(key).copied();
        let status = known.workflow(seen, route, (key, before), now);
        if let Some(route) = route
            && holds(&status, "Programmed")
        {
            *programmed.entry(&route.gateway).or_default() += 1;
        }
        spoken.insert((Subject::Workflow, key.clone()), Spoken::Workflow(Box::new(status)));
    }
    for (key, seen) in &known.view.gateways {
        let programmed = programmed.get(key).copied().unwrap_or_default();
        let status = known.gateway(seen, programmed, (key, before), now);
        spoken.insert((Subject::Gateway, key.clone()), Spoken::Gateway(status));
    }
    spoken
}

impl Known<'_> {
    fn workflow(
        &self,
        seen: &SeenWorkflow,
        route: Option<&Arc<CompiledRoute>>,
        (key, before): (&ObjectKey, &Say),
        now: Timestamp,
    ) -> WebhookWorkflowStatus {
        let unread = unread(seen);
        let outcome = self.compiled.workflows.get(key).unwrap_or(&unread);
        let revision = route.map(|route| Revision::of(&route.plan).as_str().to_owned());
        let gateway = route.map(|route| &route.gateway);
        let serves = |says: &PodSays| says.serves.contains(&seen.uid);
        let replicas = gateway.map(|gateway| self.replicas(gateway, serves)).unwrap_or_default();
        let suspend = seen.object.as_ref().ok().and_then(|object| object.spec.suspend);
        let deliveries = (before.deliveries)(&seen.uid);
        let facts = WorkflowFacts {
            outcome,
            revision: revision.as_deref(),
            suspended: matches!(suspend, Some(Suspend::All | Suspend::Execution | Suspend::Intake)),
            replicas: &replicas,
            deliveries: deliveries.as_ref(),
        };
        workflow(facts, &(before.workflow)(key, seen), now)
    }

    fn gateway(
        &self,
        seen: &SeenGateway,
        programmed: usize,
        (key, before): (&ObjectKey, &Say),
        now: Timestamp,
    ) -> WebhookGatewayStatus {
        let names = Names::of(&key.name);
        let unread = GatewayOutcome { generation: seen.generation, violations: unreadable(&seen.object), attached: 0 };
        let is_own = |id: &Id| id.1.namespace == key.namespace && is_of(&names, &id.1.name);
        let troubles = self.troubles.iter().filter(|(id, _)| is_own(id)).map(|(id, trouble)| trouble.said_of(id));
        let claim = self.view.owned.get(&(Kind::PersistentVolumeClaim, ObjectKey::new(&key.namespace, &names.data)));
        let replicas = self.replicas(key, |says| says.is_whole);
        let facts = GatewayFacts {
            outcome: self.compiled.gateways.get(key).unwrap_or(&unread),
            url: self.compiled.url(key, self.platform),
            selector: selector(&names),
            desired: seen.object.as_ref().map_or(0, |object| object.spec.replicas.unwrap_or(1)),
            replicas: &replicas,
            programmed,
            volume: claim.map(|claim| claim.body.pointer("/status/phase").is_some_and(|phase| phase == "Bound")),
            troubles: &troubles.collect::<Vec<_>>(),
            sandbox: self.sandbox(key),
        };
        gateway(&facts, &(before.gateway)(key, seen), now)
    }

    /// Whether scripts can be confined where each pod is that has said so: any of them may be given one.
    fn sandbox(&self, gateway: &ObjectKey) -> Option<bool> {
        let said = self.said.get(gateway).into_iter().flat_map(|said| said.values());
        said.filter_map(|says| says.sandbox).reduce(|one, other| one && other)
    }

    fn replicas(&self, gateway: &ObjectKey, serves: impl Fn(&PodSays) -> bool) -> Vec<Replica> {
        let said = self.said.get(gateway);
        let pods = self.tables.get(gateway).into_iter().flat_map(|table| &table.pods);
        let replicas = pods.map(|pod| Replica {
            ready: pod.ready,
            acknowledged: said.and_then(|said| said.get(&pod.name)).is_some_and(&serves),
        });
        replicas.collect()
    }
}

fn is_of(names: &Names, name: &str) -> bool {
    [&names.base, &names.channel, &names.data].into_iter().any(|own| own == name)
}

fn holds(status: &WebhookWorkflowStatus, condition: &str) -> bool {
    status.conditions.iter().any(|said| said.type_ == condition && said.status == "True")
}

/// What is said of a workflow that could not be read.
fn unread(seen: &SeenWorkflow) -> WorkflowOutcome {
    WorkflowOutcome {
        generation: seen.generation,
        violations: unreadable(&seen.object),
        pending: false,
        resolved: false,
        url: None,
        serving: None,
    }
}

fn unreadable<T>(object: &Result<T, String>) -> Vec<Violation> {
    let why = object.as_ref().err();
    why.map(|why| Violation::new(Reason::InvalidSpec, &Field::spec(), format!("must be of this version: {why}")))
        .into_iter()
        .collect()
}
