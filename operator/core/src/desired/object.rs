//! One object that is wanted: its kind, its name, whose it is, and the fields that the operator gives it.

use std::fmt;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use serde::Serialize;
use serde_json::Value;

use super::{Part, labels};
use crate::object::ObjectKey;

/// Kinds of objects that a gateway consists of, in the order in which they are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Who the pods are: nobody, but for a name.
    ServiceAccount,
    /// The certificates of the control channel.
    Secret,
    /// The store's volume.
    PersistentVolumeClaim,
    /// For senders, and for the channel.
    Service,
    /// Who may connect.
    NetworkPolicy,
    /// How many pods may be taken down at once.
    PodDisruptionBudget,
    /// The pods.
    Deployment,
}

/// Whose an object is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// The gateway of this UID: the object goes with it.
    Gateway(String),
    /// The gateways of this name, one after the other: the object stays.
    Name(String),
    /// Somebody else.
    Other,
}

/// An object that is wanted.
#[derive(Clone, PartialEq)]
pub struct Wanted {
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub key: ObjectKey,
    /// Whose it is.
    pub owner: Owner,
    /// The object, as it is applied.
    pub body: Value,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::ServiceAccount,
        Self::Secret,
        Self::PersistentVolumeClaim,
        Self::Service,
        Self::NetworkPolicy,
        Self::PodDisruptionBudget,
        Self::Deployment,
    ];

    /// `apiVersion` and `kind`.
    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::ServiceAccount => ("v1", "ServiceAccount"),
            Self::Secret => ("v1", "Secret"),
            Self::PersistentVolumeClaim => ("v1", "PersistentVolumeClaim"),
            Self::Service => ("v1", "Service"),
            Self::NetworkPolicy => ("networking.k8s.io/v1", "NetworkPolicy"),
            Self::PodDisruptionBudget => ("policy/v1", "PodDisruptionBudget"),
            Self::Deployment => ("apps/v1", "Deployment"),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.names().1)
    }
}

/// Never its content: it may be a Secret's.
impl fmt::Debug for Wanted {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.kind, self.key)
    }
}

/// An object that goes with its gateway. `spec` is what stands beside its metadata.
pub(super) fn owned(part: &Part, kind: Kind, name: &str, spec: impl Serialize) -> Wanted {
    let (api_version, kind_name) = ("boathook.dev/v1alpha1".to_owned(), "WebhookGateway".to_owned());
    let reference = OwnerReference {
        api_version,
        kind: kind_name,
        name: part.gateway.key.name.clone(),
        uid: part.gateway.uid.clone(),
        controller: Some(true),
        block_owner_deletion: None,
    };
    let metadata = ObjectMeta { owner_references: Some(vec![reference]), ..metadata(part, name) };
    wanted(kind, &metadata, Owner::Gateway(part.gateway.uid.clone()), spec)
}

/// An object that outlives its gateway.
pub(super) fn kept(part: &Part, kind: Kind, name: &str, spec: impl Serialize) -> Wanted {
    wanted(kind, &metadata(part, name), Owner::Name(part.names.base.clone()), spec)
}

fn metadata(part: &Part, name: &str) -> ObjectMeta {
    ObjectMeta {
        name: Some(name.to_owned()),
        namespace: Some(part.gateway.key.namespace.clone()),
        labels: Some(labels::all(&part.names)),
        ..ObjectMeta::default()
    }
}

fn wanted(kind: Kind, metadata: &ObjectMeta, owner: Owner, spec: impl Serialize) -> Wanted {
    let (api_version, kind_name) = kind.names();
    let (spec, mut own) = (json(spec), json(metadata));
    if let (Some(own), Some(given)) = (own.as_object_mut(), spec.get("metadata").and_then(Value::as_object)) {
        own.extend(given.clone());
    }
    let head = [("apiVersion", api_version.into()), ("kind", kind_name.into()), ("metadata", own)];
    let head = head.map(|(name, value)| (name.to_owned(), value)).into_iter();
    let rest = spec.as_object().cloned().unwrap_or_default().into_iter().filter(|(name, _)| name != "metadata");
    let body = head.chain(rest).collect();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let key = ObjectKey::new(text(&metadata.namespace), text(&metadata.name));
    Wanted { kind, key, owner, body }
}

/// Plain data has a JSON form; what had none would be refused by the API server.
fn json(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
