//! `kubernetes`: namespaced objects, read and written as the workflow's ServiceAccount.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::rule::exactly_one;
use crate::text::{ApiVersion, KindName, NamespaceName, Template};

/// One operation on objects.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = [exactly_one(&["get", "list", "create", "apply", "patch", "delete"])]))]
pub struct KubernetesStep {
    /// get an object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub get: Option<Named>,
    /// list objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<List>,
    /// create an object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create: Option<Manifest>,
    /// apply an object, server-side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub apply: Option<Manifest>,
    /// patch an object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patch: Option<Patch>,
    /// delete an object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete: Option<Named>,
}

/// An object by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Named {
    /// apiVersion of the object.
    pub api_version: ApiVersion,
    /// kind of the object, namespaced.
    pub kind: KindName,
    /// namespace, constant. Default: the workflow's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<NamespaceName>,
    /// name of the object.
    pub name: Template,
}

/// Objects by label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct List {
    /// apiVersion of the object.
    pub api_version: ApiVersion,
    /// kind of the object, namespaced.
    pub kind: KindName,
    /// namespace, constant. Default: the workflow's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<NamespaceName>,
    /// labelSelector of the objects. Default: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_selector: Option<Template>,
}

/// An object to write.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    /// apiVersion of the object.
    pub api_version: ApiVersion,
    /// kind of the object, namespaced.
    pub kind: KindName,
    /// namespace, constant. Default: the workflow's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<NamespaceName>,
    /// name of the object. Default: the one in `object`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Template>,
    /// object to write, any JSON with templates.
    pub object: Value,
}

/// A change of an object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Patch {
    /// apiVersion of the object.
    pub api_version: ApiVersion,
    /// kind of the object, namespaced.
    pub kind: KindName,
    /// namespace, constant. Default: the workflow's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<NamespaceName>,
    /// name of the object.
    pub name: Template,
    /// patchType of `object`. Default: `Merge`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patch_type: Option<PatchType>,
    /// object is the patch, any JSON with templates.
    pub object: Value,
}

/// How a patch is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum PatchType {
    /// RFC 7396.
    Merge,
    /// RFC 6902.
    JSON,
    /// Kubernetes' own.
    Strategic,
}
