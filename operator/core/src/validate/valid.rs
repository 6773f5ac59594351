//! Resources that broke no rule: typed, with durations and sizes read, defaults filled in and texts compiled once.
//!
//! Only [`crate::validate`] makes them; what they refer to is resolved later.

use boathook_crds::gateway::deployment::{PodTemplate, Service};
use boathook_crds::gateway::storage::Embedded;
use boathook_plan::edge::AccessLog;
use boathook_plan::json::Json;
use boathook_plan::plan::{
    AddressRule, Batch, ConfigMapKey, Deduplication, Delimiters, History, HostRule, JavaScriptStep, KeySpec, Match,
    Overflow, Program, Quota, Rate, Response, SchemeKind, SchemeOptions, ScriptBounds, Step, StepKind, Suspend,
};
use ipnet::IpNet;
use k8s_openapi::api::core::v1::{Affinity, TopologySpreadConstraint};

use super::admits::Admits;
use crate::field::Field;
use crate::object::ObjectKey;

/// A workflow that broke no rule.
#[derive(Clone, Debug, PartialEq)]
pub struct ValidWorkflow {
    pub(crate) key: ObjectKey,
    pub(crate) uid: String,
    pub(crate) generation: i64,
    pub(crate) gateway: Option<ObjectKey>,
    /// `None`: only `call` steps start it.
    pub(crate) webhook: Option<ValidWebhook>,
    pub(crate) executions: Executions,
    pub(crate) values: Values,
    pub(crate) timeout_ms: Option<u64>,
    pub(crate) delimiters: Delimiters,
    pub(crate) program: Program,
    pub(crate) response: Response,
}

/// How executions are told apart, queue and are kept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Executions {
    /// Which deliveries start one; `None`: all.
    pub filter: Option<String>,
    pub deduplication: Option<Deduplication>,
    pub concurrency: ValidConcurrency,
    pub batch: Option<Batch>,
    pub history: History,
    pub suspend: Suspend,
}

/// As [`boathook_plan::plan::Concurrency`], before the gateway's ceiling is known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ValidConcurrency {
    pub max: Option<u64>,
    pub key: Option<String>,
    pub queue: u64,
    pub overflow: Overflow,
}

/// How requests come in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ValidWebhook {
    /// The workflow's own part, behind prefix and namespace.
    pub path: String,
    pub methods: Vec<String>,
    pub max_body_size: Option<u64>,
    pub content_types: Vec<String>,
    pub rates: Vec<Rate>,
    /// Of web pages, as browsers write them.
    pub origins: Vec<String>,
    /// `None`: every address is let in.
    pub access: Option<ValidAccess>,
    pub schema: Option<Json>,
    pub schema_from: Option<ConfigMapKey>,
    pub verification: Option<ValidVerification>,
}

/// Which addresses are let in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ValidAccess {
    pub networks: Vec<IpNet>,
    pub lists: Vec<NetworkList>,
}

/// A list of networks in a ConfigMap of the workflow's own namespace.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NetworkList {
    pub field: Field,
    pub config_map: String,
    pub key: String,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ValidVerification {
    pub match_: Match,
    pub schemes: Vec<ValidScheme>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ValidScheme {
    pub kind: SchemeKind,
    pub tolerance_ms: Option<u64>,
    pub options: SchemeOptions,
    pub keys: Vec<ValidKey>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ValidKey {
    pub field: Field,
    pub spec: KeySpec,
    pub source: KeySource,
}

/// Where a key's value is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum KeySource {
    /// One entry of a Secret.
    Entry(SecretEntry),
    /// A whole Secret of type `kubernetes.io/basic-auth`.
    BasicAuth { secret: String },
}

/// An entry of a Secret in the workflow's own namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SecretEntry {
    pub secret: String,
    pub key: String,
}

/// `vars` and `secrets`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Values {
    /// `spec.vars`: an object.
    pub vars: Json,
    /// ConfigMaps whose entries are variables too, `spec.vars` before them.
    pub vars_from: Vec<String>,
    pub secrets: Vec<NamedSecret>,
}

/// What `$secrets.NAME` is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NamedSecret {
    pub name: String,
    pub field: Field,
    pub entry: SecretEntry,
}

/// A gateway that broke no rule.
#[derive(Clone, Debug, PartialEq)]
pub struct ValidGateway {
    pub(crate) key: ObjectKey,
    pub(crate) uid: String,
    pub(crate) base_url: Option<String>,
    pub(crate) deployment: ValidDeployment,
    pub(crate) route_prefix: String,
    pub(crate) hosts: Vec<ValidHost>,
    pub(crate) admits: Admits,
    pub(crate) ceilings: Ceilings,
    pub(crate) quotas: Quotas,
    pub(crate) egress: ValidEgress,
    pub(crate) tls: Option<TlsSecret>,
    pub(crate) access_log: AccessLog,
    /// Proxies whose word on a client's address is taken.
    pub(crate) trusted_proxies: Vec<IpNet>,
}

/// What becomes objects of the cluster.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ValidDeployment {
    pub replicas: i32,
    pub volume: Embedded,
    pub service: Service,
    pub pod: ValidPod,
}

/// What is added to the pods.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ValidPod {
    pub template: PodTemplate,
    pub affinity: Option<Affinity>,
    pub spread: Vec<TopologySpreadConstraint>,
}

/// A namespace's own host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ValidHost {
    pub hostname: String,
    pub namespace: String,
    pub route_prefix: String,
    pub tls: Option<TlsSecret>,
}

/// A Secret with a certificate and its key, in the gateway's own namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TlsSecret {
    pub field: Field,
    pub name: String,
}

/// The most that workflows of this gateway may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ceilings {
    /// Bytes.
    pub body_size: u64,
    /// Milliseconds.
    pub timeout_ms: u64,
    /// Executions of one workflow at one time.
    pub concurrency: u64,
    /// What one run of a script may use.
    pub scripts: ScriptBounds,
}

/// The most that a namespace may have at this gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quotas {
    pub workflows: u32,
    pub each: Quota,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ValidEgress {
    pub internet: bool,
    pub addresses: Vec<Granted<AddressRule>>,
    pub hosts: Vec<Granted<HostRule>>,
}

/// An egress rule and the namespaces that it is for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Granted<T> {
    pub rule: T,
    pub namespaces: Admits,
}

impl ValidGateway {
    /// Whether its port speaks HTTPS.
    pub(crate) fn is_secure(&self) -> bool {
        self.tls.is_some() || self.hosts.iter().any(|host| host.tls.is_some())
    }
}

impl ValidWorkflow {
    /// How senders prove themselves; `None` where nobody has to, or nobody can send.
    pub(crate) fn verification(&self) -> Option<&ValidVerification> {
        self.webhook.as_ref().and_then(|webhook| webhook.verification.as_ref())
    }

    /// The workflows that its steps call, and where; repeated as often as they do.
    pub(crate) fn calls(&self) -> impl Iterator<Item = (Field, &str)> {
        self.steps().filter_map(|(at, step)| Some((at.at("call.workflow"), called(&step.kind)?)))
    }

    /// The ConfigMap entries that it takes schemas from, and where; repeated as often as it does.
    pub(crate) fn schemas(&self) -> impl Iterator<Item = (Field, &ConfigMapKey)> {
        let of_bodies = self.webhook.iter().filter_map(|webhook| {
            Some((Field::spec().at("webhook.request.schemaFrom"), webhook.schema_from.as_ref()?))
        });
        of_bodies.chain(self.steps().filter_map(|(at, step)| match &step.kind {
            StepKind::Validate(validate) => Some((at.at("validate.schemaFrom"), validate.schema_from.as_ref()?)),
            StepKind::Http(_)
            | StepKind::Set(_)
            | StepKind::JavaScript(_)
            | StepKind::Branch(_)
            | StepKind::ForEach(_)
            | StepKind::Parallel(_)
            | StepKind::Wait(_)
            | StepKind::Call(_)
            | StepKind::Respond(_)
            | StepKind::End(_) => None,
        }))
    }

    /// Every step, and where it stands.
    fn steps(&self) -> impl Iterator<Item = (Field, &Step)> {
        let blocks = self.program.blocks.iter().enumerate();
        let blocks = blocks.map(|(index, block)| (Field::spec().at("blocks").item(index).at("steps"), &block.steps));
        let lists = std::iter::once((Field::spec().at("steps"), &self.program.steps)).chain(blocks);
        lists.flat_map(|(at, steps)| steps.iter().enumerate().map(move |(index, step)| (at.item(index), step)))
    }

    /// Its scripts, and where they are.
    pub(crate) fn scripts(&self) -> impl Iterator<Item = (Field, &JavaScriptStep)> {
        self.steps().filter_map(|(at, step)| Some((at.at("javascript"), script(&step.kind)?)))
    }

    /// The ConfigMaps that it names, repeated as often as it does.
    pub(crate) fn config_map_names(&self) -> impl Iterator<Item = &str> {
        let access = self.webhook.iter().filter_map(|webhook| webhook.access.as_ref());
        let lists = access.flat_map(|access| &access.lists).map(|list| list.config_map.as_str());
        let schemas = self.schemas().map(|(_, entry)| entry.name.as_str());
        lists.chain(self.values.vars_from.iter().map(String::as_str)).chain(schemas)
    }

    /// The Secrets that it names, repeated as often as it does.
    pub(crate) fn secret_names(&self) -> impl Iterator<Item = &str> {
        let schemes = self.verification().into_iter().flat_map(|verification| &verification.schemes);
        let of_keys = schemes.flat_map(|scheme| &scheme.keys).map(|key| match &key.source {
            KeySource::Entry(entry) => entry.secret.as_str(),
            KeySource::BasicAuth { secret } => secret.as_str(),
        });
        of_keys.chain(self.values.secrets.iter().map(|secret| secret.entry.secret.as_str()))
    }
}

/// The workflow that a step calls.
fn called(kind: &StepKind) -> Option<&str> {
    match kind {
        StepKind::Call(call) => Some(&call.workflow),
        StepKind::Http(_)
        | StepKind::JavaScript(_)
        | StepKind::Set(_)
        | StepKind::Validate(_)
        | StepKind::Branch(_)
        | StepKind::ForEach(_)
        | StepKind::Parallel(_)
        | StepKind::Wait(_)
        | StepKind::Respond(_)
        | StepKind::End(_) => None,
    }
}

/// The script of a step.
const fn script(kind: &StepKind) -> Option<&JavaScriptStep> {
    if let StepKind::JavaScript(step) = kind { Some(step) } else { None }
}
