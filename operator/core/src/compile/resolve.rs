//! One workflow's route at one gateway: the plan with its keys, and which of its references do not hold.
//!
//! A function of [`Inputs`] alone, so that it is not repeated while they are the same. Never fails: what is missing is
//! told, and the route serves without it (docs: what goes on serving).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use boathook_plan::limits::DEFAULT_BODY_SIZE;
use boathook_plan::plan::{Concurrency, Plan, Webhook, WorkflowRef};

use super::ceiling::Ceiling;
use super::secrets::Secrets;
use super::{CompiledRoute, address, egress, keys, policy, schemas, scripts, variables};
use crate::condition::Reason;
use crate::field::Field;
use crate::limits::PLAN_SIZE;
use crate::object::ObjectKey;
use crate::text;
use crate::validate::{ValidGateway, ValidVerification, ValidWebhook, ValidWorkflow, default_timeout};
use crate::violation::Violation;
use crate::world::{ConfigMapObject, Labels, Platform, World};

/// ConfigMaps by name; `None` is one that is not there.
pub(super) type ConfigMaps = BTreeMap<String, Option<Arc<ConfigMapObject>>>;

/// All that a route is made of.
#[derive(Clone, Debug)]
pub(super) struct Inputs {
    pub workflow: Arc<ValidWorkflow>,
    pub gateway: Arc<ValidGateway>,
    pub labels: Arc<Labels>,
    pub secrets: Secrets,
    pub config_maps: ConfigMaps,
    pub platform: Platform,
}

/// A route that nobody has admitted to its path yet.
#[derive(Clone, Debug)]
pub(super) struct Resolved {
    pub route: Arc<CompiledRoute>,
    pub violations: Vec<Violation>,
}

impl Inputs {
    /// Looks up everything that `workflow` names.
    pub fn gather(workflow: &Arc<ValidWorkflow>, gateway: &Arc<ValidGateway>, world: &World) -> Self {
        let namespace = &workflow.key.namespace;
        let key = |name: &str| ObjectKey::new(namespace, name);
        let secrets = workflow.secret_names().map(|name| (name.to_owned(), world.secrets.get(&key(name)).cloned()));
        let config_maps = workflow.config_map_names();
        Self {
            workflow: Arc::clone(workflow),
            gateway: Arc::clone(gateway),
            labels: world.namespaces.get(namespace).cloned().unwrap_or_default(),
            secrets: secrets.collect(),
            config_maps: config_maps
                .map(|name| (name.to_owned(), world.config_maps.get(&key(name)).cloned()))
                .collect(),
            platform: world.platform.clone(),
        }
    }

    /// Whether resolving would give the same. Secrets are compared by identity: their content is not to be compared.
    pub fn same_as(&self, other: &Self) -> bool {
        let mut secrets = self.secrets.iter().zip(&other.secrets);
        Arc::ptr_eq(&self.workflow, &other.workflow)
            && Arc::ptr_eq(&self.gateway, &other.gateway)
            && self.labels == other.labels
            && self.platform == other.platform
            && self.config_maps == other.config_maps
            && self.secrets.len() == other.secrets.len()
            && secrets.all(|(own, other)| {
                own.0 == other.0 && own.1.as_ref().map(Arc::as_ptr) == other.1.as_ref().map(Arc::as_ptr)
            })
    }
}

/// Makes the route.
pub(super) fn resolve(inputs: &Inputs) -> Resolved {
    let mut violations = Vec::new();
    let keys = keys::of(inputs, &mut violations);
    let plan = Arc::new(plan(inputs, &mut violations));
    scripts::ceilings(&inputs.workflow, inputs.gateway.ceilings.scripts, &mut violations);
    let size = serde_json::to_vec(&plan).map_or(0, |text| text.len());
    if size > PLAN_SIZE {
        let message = format!("must compile to at most {PLAN_SIZE} bytes, ConfigMaps included, and has {size}");
        violations.push(Violation::new(Reason::TooLarge, &Field::spec(), message));
    }
    let gateway = inputs.gateway.key.clone();
    Resolved { route: Arc::new(CompiledRoute { gateway, plan, keys }), violations }
}

fn plan(inputs: &Inputs, violations: &mut Vec<Violation>) -> Plan {
    let workflow = &inputs.workflow;
    let executions = &workflow.executions;
    Plan {
        workflow: WorkflowRef {
            namespace: workflow.key.namespace.clone(),
            name: workflow.key.name.clone(),
            uid: workflow.uid.clone(),
        },
        generation: workflow.generation,
        webhook: workflow.webhook.as_ref().map(|webhook| self::webhook(inputs, webhook, violations)),
        vars: variables::of(inputs, violations),
        secrets: workflow.values.secrets.iter().map(|secret| secret.name.clone()).collect(),
        timeout_ms: timeout(inputs).grant(workflow.timeout_ms, violations),
        delimiters: workflow.delimiters,
        program: workflow.program.clone(),
        filter: executions.filter.clone(),
        deduplication: executions.deduplication.clone(),
        concurrency: concurrency(inputs, violations),
        batch: executions.batch,
        history: executions.history.clone(),
        suspend: executions.suspend,
        quota: inputs.gateway.quotas.each,
        scripts: inputs.gateway.ceilings.scripts,
        response: workflow.response.clone(),
        egress: egress::of(inputs),
        schemas: schemas::of(inputs, violations),
    }
}

fn webhook(inputs: &Inputs, webhook: &ValidWebhook, violations: &mut Vec<Violation>) -> Webhook {
    let address = address::of(inputs, &webhook.path);
    let body_size = Ceiling {
        most: inputs.gateway.ceilings.body_size,
        default: DEFAULT_BODY_SIZE,
        field: "webhook.request.maxBodySize",
        text: text::size,
    };
    Webhook {
        host: address.host,
        path: address.path,
        base_url: address.base_url,
        methods: webhook.methods.clone(),
        max_body_size: body_size.grant(webhook.max_body_size, violations),
        schema: webhook.schema.clone(),
        schema_from: webhook.schema_from.clone(),
        verification: webhook.verification.as_ref().map(ValidVerification::plan),
        policy: policy::of(inputs, webhook, violations),
    }
}

/// The wish or all that the gateway grants.
fn concurrency(inputs: &Inputs, violations: &mut Vec<Violation>) -> Concurrency {
    let wanted = &inputs.workflow.executions.concurrency;
    let most = inputs.gateway.ceilings.concurrency;
    let ceiling = Ceiling { most, default: most, field: "concurrency.max", text: |value| value.to_string() };
    Concurrency {
        max: u32::try_from(ceiling.grant(wanted.max, violations)).unwrap_or(u32::MAX),
        key: wanted.key.clone(),
        queue: wanted.queue,
        overflow: wanted.overflow,
    }
}

fn timeout(inputs: &Inputs) -> Ceiling {
    let default = default_timeout(inputs.workflow.response.mode);
    let text = |millis| text::duration(Duration::from_millis(millis));
    Ceiling { most: inputs.gateway.ceilings.timeout_ms, default, field: "timeout", text }
}
