//! A snapshot of everything that a decision needs, gathered by somebody else.
//!
//! Plain data: nothing here is fetched, and nothing is decided. Objects are behind `Arc`, so that a snapshot is cheap to
//! take and what did not change is recognised.

use std::collections::BTreeMap;
use std::sync::Arc;

use boathook_crds::{WebhookGatewaySpec, WebhookWorkflowSpec};
use boathook_plan::script::CodeHash;
use boathook_plan::secret::Secret;

use crate::compile::Accepted;
use crate::object::{Object, ObjectKey};

/// Labels of an object.
pub type Labels = BTreeMap<String, String>;

/// A workflow as it is in the cluster or in a file.
pub type Workflow = Object<WebhookWorkflowSpec>;

/// A gateway as it is in the cluster or in a file.
pub type Gateway = Object<WebhookGatewaySpec>;

/// The whole world: compiling is a function of this alone.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// Every workflow.
    pub workflows: BTreeMap<ObjectKey, Arc<Workflow>>,
    /// Every gateway.
    pub gateways: BTreeMap<ObjectKey, Arc<Gateway>>,
    /// The Secrets that workflows may name; those without the label may be absent.
    pub secrets: BTreeMap<ObjectKey, Arc<SecretObject>>,
    /// The ConfigMaps that workflows may name.
    pub config_maps: BTreeMap<ObjectKey, Arc<ConfigMapObject>>,
    /// Labels of every namespace; one that is not here has none.
    pub namespaces: BTreeMap<String, Arc<Labels>>,
    /// What is known of the scripts of workflows: those that are not here have not been looked at yet.
    pub checks: Checks,
    /// What this installation is.
    pub platform: Platform,
    /// What the last compile accepted ([`crate::compile::Compiled::accepted`]): it serves on while the newest is refused.
    pub accepted: Accepted,
}

/// What is known of scripts, by their text.
pub type Checks = BTreeMap<CodeHash, Checked>;

/// What is known of a script: facts that a worker finds out, which this crate cannot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// It compiles.
    Compiles,
    /// It does not, for this reason.
    Broken(String),
    /// No script can be run here, for this reason.
    Unavailable(String),
}

/// A Secret.
#[derive(Clone, Debug, Default)]
pub struct SecretObject {
    /// Its labels; [`crate::compile::ALLOW_LABEL`] says who may use it.
    pub labels: Labels,
    /// `type`, such as `kubernetes.io/basic-auth`; empty is `Opaque`.
    pub type_: String,
    /// Decoded: `data`, with `stringData` laid over it.
    pub data: BTreeMap<String, Secret>,
}

/// A ConfigMap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigMapObject {
    /// `data`; `binaryData` is never read.
    pub data: BTreeMap<String, String>,
}

/// Facts about this installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    /// The gateway of a workflow without `gatewayRef`.
    pub default_gateway: ObjectKey,
    /// The base URL of a gateway without `baseURL`: scheme and authority, no slash at the end. `None` is a cluster's: the
    /// gateway's own Service.
    pub base_url: Option<String>,
    /// `boathook run` only: outbound requests may reach loopback.
    pub loopback_egress: bool,
}

impl Default for Platform {
    fn default() -> Self {
        Self {
            default_gateway: ObjectKey::new("boathook", "default"),
            base_url: Some("http://127.0.0.1:8080".to_owned()),
            loopback_egress: false,
        }
    }
}
