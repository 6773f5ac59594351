//! Objects of the cluster → what is kept of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use boathook_crds::gateway::status::WebhookGatewayStatus;
use boathook_crds::workflow::status::WebhookWorkflowStatus;
use boathook_crds::{WebhookGateway, WebhookGatewaySpec, WebhookWorkflow, WebhookWorkflowSpec};
use boathook_operator_core::apply::Observed;
use boathook_operator_core::object::Object;
use boathook_operator_core::world::{ConfigMapObject, Labels, SecretObject};
use boathook_plan::secret::Secret as SecretBytes;
use k8s_openapi::api::core::v1::{ConfigMap, Namespace, Secret};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::core::{DeserializeGuard, DynamicObject};
use serde_json::json;

/// A resource of ours: what its owner wants, and what is said of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource<Spec, Status> {
    /// `Err` is why it cannot be read: it was stored under another definition.
    pub object: Result<Arc<Object<Spec>>, String>,
    /// `metadata.uid`.
    pub uid: String,
    /// `metadata.generation`.
    pub generation: i64,
    /// `metadata.resourceVersion`.
    pub version: String,
    /// What is said of it in the cluster.
    pub status: Status,
}

/// A workflow as it is seen.
pub type SeenWorkflow = Resource<WebhookWorkflowSpec, WebhookWorkflowStatus>;

/// A gateway as it is seen.
pub type SeenGateway = Resource<WebhookGatewaySpec, WebhookGatewayStatus>;

/// The pods of one `EndpointSlice`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pods {
    /// The Service that it is of.
    pub service: String,
    /// The pods.
    pub pods: Vec<Pod>,
}

/// A pod of a gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pod {
    /// Its name, or its address where it has none.
    pub name: String,
    /// Its address.
    pub address: String,
    /// The port of the channel.
    pub port: u16,
    /// Whether senders are sent to it.
    pub ready: bool,
}

impl<Spec: PartialEq, Status> Resource<Spec, Status> {
    /// What did not change is the same allocation as before: whoever compiles it looks no further.
    fn new(metadata: &ObjectMeta, read: Result<(Spec, Status), String>, before: Option<&Self>) -> Self
    where
        Status: Default,
    {
        let (object, status) = match read {
            Ok((spec, status)) => (Ok(Object::new(metadata, spec)), status),
            Err(error) => (Err(error), Status::default()),
        };
        let object = object.map(|object| {
            let before = before.and_then(|before| before.object.as_ref().ok());
            before.filter(|before| ***before == object).cloned().unwrap_or_else(|| Arc::new(object))
        });
        Self {
            object,
            uid: metadata.uid.clone().unwrap_or_default(),
            generation: metadata.generation.unwrap_or_default(),
            version: metadata.resource_version.clone().unwrap_or_default(),
            status,
        }
    }
}

pub(super) fn workflow(guarded: DeserializeGuard<WebhookWorkflow>, before: Option<&SeenWorkflow>) -> SeenWorkflow {
    match guarded.0 {
        Ok(object) => {
            let read = (object.spec, object.status.unwrap_or_default());
            Resource::new(&object.metadata, Ok(read), before)
        }
        Err(invalid) => Resource::new(&invalid.metadata, Err(invalid.error), before),
    }
}

pub(super) fn gateway(guarded: DeserializeGuard<WebhookGateway>, before: Option<&SeenGateway>) -> SeenGateway {
    match guarded.0 {
        Ok(object) => {
            let read = (object.spec, object.status.unwrap_or_default());
            Resource::new(&object.metadata, Ok(read), before)
        }
        Err(invalid) => Resource::new(&invalid.metadata, Err(invalid.error), before),
    }
}

pub(super) fn secret(secret: Secret, _: Option<&SecretObject>) -> SecretObject {
    let data = secret.data.unwrap_or_default().into_iter();
    SecretObject {
        labels: secret.metadata.labels.unwrap_or_default(),
        type_: secret.type_.unwrap_or_default(),
        data: data.map(|(key, value)| (key, SecretBytes::new(value.0))).collect(),
    }
}

pub(super) fn config_map(map: ConfigMap, _: Option<&ConfigMapObject>) -> ConfigMapObject {
    ConfigMapObject { data: map.data.unwrap_or_default() }
}

pub(super) fn namespace(namespace: Namespace, _: Option<&Labels>) -> Labels {
    namespace.metadata.labels.unwrap_or_default()
}

/// What other managers did is not looked at, nor kept.
pub(super) fn owned(mut object: DynamicObject, _: Option<&Observed>) -> Observed {
    object.metadata.managed_fields = None;
    Observed::of(serde_json::to_value(object).unwrap_or_else(|_| json!({})))
}

pub(super) fn pods(slice: EndpointSlice, _: Option<&Pods>) -> Pods {
    let labels: BTreeMap<_, _> = slice.metadata.labels.unwrap_or_default();
    let service = labels.get("kubernetes.io/service-name").cloned().unwrap_or_default();
    let port = slice.ports.unwrap_or_default().into_iter().find(|port| port.name.as_deref() == Some("channel"));
    let Some(port) = port.and_then(|port| u16::try_from(port.port?).ok()) else {
        return Pods { service, pods: Vec::new() };
    };
    let pods = slice.endpoints.into_iter().filter_map(|endpoint| {
        let address = endpoint.addresses.first()?.clone();
        let conditions = endpoint.conditions.unwrap_or_default();
        // A Service that publishes pods which are not ready says `ready` of all: `serving` is the truth.
        let ready = conditions.serving.or(conditions.ready).unwrap_or(true) && conditions.terminating != Some(true);
        let name = endpoint.target_ref.and_then(|target| target.name).unwrap_or_else(|| address.clone());
        Some(Pod { name, address, port, ready })
    });
    Pods { service, pods: pods.collect() }
}
