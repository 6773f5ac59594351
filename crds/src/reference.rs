//! References to Secrets and ConfigMaps. None has a namespace: they are looked up in the workflow's own.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rule::exactly_one;
use crate::text::{DataKey, ObjectName};

/// One key of a Secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-map-type" = "atomic"))]
pub struct SecretKeyRef {
    /// name of the Secret.
    pub name: ObjectName,
    /// key in the Secret.
    pub key: DataKey,
}

/// One key of a ConfigMap.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-map-type" = "atomic"))]
pub struct ConfigMapKeyRef {
    /// name of the ConfigMap.
    pub name: ObjectName,
    /// key in the ConfigMap.
    pub key: DataKey,
}

/// A whole object, by name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-map-type" = "atomic"))]
pub struct LocalRef {
    /// name of the object.
    pub name: ObjectName,
}

/// A value that may be public: a document, a list of addresses, certificates.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(
    extend("x-kubernetes-map-type" = "atomic"),
    extend("x-kubernetes-validations" = [exactly_one(&["secretKeyRef", "configMapKeyRef"])])
)]
pub struct ValueSource {
    /// secretKeyRef is a key of a Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_key_ref: Option<SecretKeyRef>,
    /// configMapKeyRef is a key of a ConfigMap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_map_key_ref: Option<ConfigMapKeyRef>,
}

/// A value that must be secret: a password, a URL with one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-map-type" = "atomic"))]
pub struct SecretSource {
    /// secretKeyRef is a key of a Secret.
    pub secret_key_ref: SecretKeyRef,
}

/// A whole Secret whose type says which keys it has.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-map-type" = "atomic"))]
pub struct WholeSecretSource {
    /// secretRef is the Secret.
    pub secret_ref: LocalRef,
}

/// A whole ConfigMap.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-map-type" = "atomic"))]
pub struct WholeConfigMapSource {
    /// configMapRef is the ConfigMap.
    pub config_map_ref: LocalRef,
}
