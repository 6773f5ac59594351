//! The definitions of both resources, as they are installed: what the types derive, made to fit Kubernetes' conventions.

mod polish;
#[cfg(test)]
mod tests;
mod walk;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::CustomResourceExt;
use serde_json::Value;

use crate::{WebhookGateway, WebhookWorkflow};

/// Says which release a definition is from, so that a stale one can be told.
pub const BUNDLE_VERSION: &str = "boathook.dev/bundle-version";

/// A definition and the name of its file.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// `PLURAL.GROUP`, also the name of the object.
    pub name: &'static str,
    /// The object.
    pub object: Value,
}

impl Definition {
    /// The object as YAML.
    pub fn yaml(&self) -> String {
        to_yaml(&self.object)
    }

    /// The schema of the resource: `openAPIV3Schema` of its only version.
    pub fn schema(&self) -> &Value {
        self.object.pointer("/spec/versions/0/schema/openAPIV3Schema").unwrap_or(&Value::Null)
    }

    /// Every schema in [`Self::schema`] with its path, such as `.spec.steps[].http`.
    pub fn schemas(&self) -> Vec<(String, &Value)> {
        walk::schemas(self.schema())
    }
}

/// Both definitions.
pub fn definitions() -> [Definition; 2] {
    [workflow(), gateway()]
}

/// `webhookworkflows.boathook.dev`
pub fn workflow() -> Definition {
    define("webhookworkflows.boathook.dev", WebhookWorkflow::crd())
}

/// `webhookgateways.boathook.dev`
pub fn gateway() -> Definition {
    define("webhookgateways.boathook.dev", WebhookGateway::crd())
}

/// Makes a derived definition ours.
fn define(name: &'static str, mut derived: CustomResourceDefinition) -> Definition {
    let version = concat!("v", env!("CARGO_PKG_VERSION")).to_owned();
    derived.metadata.annotations = Some([(BUNDLE_VERSION.to_owned(), version)].into());
    let mut object = to_json(&derived);
    polish::definition(&mut object);
    object.sort_all_objects();
    Definition { name, object }
}

/// A definition as JSON.
#[expect(clippy::expect_used, reason = "plain data has a JSON form; each test of this module makes it")]
fn to_json(derived: &CustomResourceDefinition) -> Value {
    serde_json::to_value(derived).expect("a definition is plain data")
}

/// A value as YAML.
#[expect(clippy::expect_used, reason = "a JSON value has a YAML form; each test of this module makes it")]
fn to_yaml(object: &Value) -> String {
    serde_saphyr::to_string(object).expect("a JSON value is plain data")
}
