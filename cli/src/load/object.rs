//! A document of one of our kinds, read into its type.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use boathook_crds::{WebhookGatewaySpec, WebhookWorkflowSpec};
use boathook_operator_core::field::Field;
use boathook_operator_core::object::{DEFAULT_NAMESPACE, Object, ObjectKey};
use boathook_operator_core::world::{ConfigMapObject, Gateway, Labels, SecretObject, Workflow};
use boathook_plan::secret::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::de::DeserializeOwned;

use super::kind::Kind;
use super::node::Node;
use super::problem::Subject;

/// An object of a world.
#[derive(Clone, Debug)]
pub enum Decoded {
    /// A workflow.
    Workflow(Arc<Workflow>),
    /// A gateway.
    Gateway(Arc<Gateway>),
    /// A Secret, decoded.
    Secret(Arc<SecretObject>),
    /// A ConfigMap.
    ConfigMap(Arc<ConfigMapObject>),
    /// A namespace's labels.
    Namespace(Arc<Labels>),
    /// Nothing of it is needed yet but that it is there.
    ServiceAccount,
}

/// Why a document that has its kind's shape is no object of it.
#[derive(Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// Which field.
    pub field: Field,
    /// What to mend; never a value.
    pub message: String,
}

/// Which object this is. `node` has the shape of `kind`.
pub fn subject(kind: Kind, node: &Node) -> Subject {
    let member = |name| node.get("metadata").and_then(|metadata| metadata.get(name)).and_then(Node::text);
    let namespace = if kind.is_cluster_wide() { "" } else { member("namespace").unwrap_or(DEFAULT_NAMESPACE) };
    Subject { kind, key: ObjectKey::new(namespace, member("name").unwrap_or_default()) }
}

/// Reads a document that has the shape of `kind`.
pub fn decode(kind: Kind, node: &Node) -> Result<Decoded, DecodeError> {
    let metadata: ObjectMeta = member(node, "metadata")?;
    match kind {
        Kind::WebhookWorkflow => {
            let spec: WebhookWorkflowSpec = member(node, "spec")?;
            Ok(Decoded::Workflow(Arc::new(Object::new(&metadata, spec))))
        }
        Kind::WebhookGateway => {
            let spec: WebhookGatewaySpec = member(node, "spec")?;
            Ok(Decoded::Gateway(Arc::new(Object::new(&metadata, spec))))
        }
        Kind::Secret => {
            secret(node, metadata.labels.unwrap_or_default()).map(|secret| Decoded::Secret(Arc::new(secret)))
        }
        Kind::ConfigMap => Ok(Decoded::ConfigMap(Arc::new(ConfigMapObject { data: texts(node, "data") }))),
        Kind::Namespace => Ok(Decoded::Namespace(Arc::new(metadata.labels.unwrap_or_default()))),
        Kind::ServiceAccount => Ok(Decoded::ServiceAccount),
    }
}

fn member<T: DeserializeOwned>(node: &Node, name: &'static str) -> Result<T, DecodeError> {
    let field = Field::default().key(name);
    let value = node.get(name).map(Node::to_value).unwrap_or_default();
    serde_path_to_error::deserialize(value).map_err(|error| {
        let field = error.path().iter().fold(field, |field, segment| match segment {
            serde_path_to_error::Segment::Seq { index } => field.item(*index),
            serde_path_to_error::Segment::Map { key } => field.key(key),
            serde_path_to_error::Segment::Enum { variant } => field.key(variant),
            serde_path_to_error::Segment::Unknown => field,
        });
        DecodeError { field, message: error.into_inner().to_string() }
    })
}

fn texts(node: &Node, name: &str) -> BTreeMap<String, String> {
    let entries = node.get(name).map(Node::entries).unwrap_or_default();
    let texts = entries.iter().filter_map(|entry| Some((entry.key.clone(), entry.value.text()?.to_owned())));
    texts.collect()
}

fn secret(node: &Node, labels: Labels) -> Result<SecretObject, DecodeError> {
    let mut data = BTreeMap::new();
    for (name, text) in texts(node, "data") {
        // Kubernetes' own reader takes base64 that is broken over lines, as `base64` prints it.
        let text: String = text.split_ascii_whitespace().collect();
        let bytes = STANDARD.decode(text).map_err(|_| DecodeError {
            field: Field::default().key("data").key(&name),
            message: "must be base64: write the value under `stringData` to give it as text".to_owned(),
        })?;
        data.insert(name, Secret::new(bytes));
    }
    let plain = texts(node, "stringData").into_iter();
    data.extend(plain.map(|(name, text)| (name, Secret::new(text.into_bytes()))));
    let type_ = node.get("type").and_then(Node::text).unwrap_or_default().to_owned();
    Ok(SecretObject { labels, type_, data })
}
