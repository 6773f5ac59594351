//! `validate`: a value against a schema and conditions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::reference::ValueSource;
use crate::rule::{at_least_one, at_most_one};
use crate::text::{Expression, Template};

/// What a value must be.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = [
    at_most_one(&["schema", "schemaFrom"]),
    at_least_one(&["schema", "schemaFrom", "checks"]),
]))]
pub struct ValidateStep {
    /// value to check against the schema, any JSON with templates. Default: $context.data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// schema of the value, JSON Schema 2020-12.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("maxProperties" = 64))]
    pub schema: Option<Map<String, Value>>,
    /// schemaFrom is where the schema is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema_from: Option<ValueSource>,
    /// checks that must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), extend("x-kubernetes-list-type" = "atomic"))]
    pub checks: Vec<Check>,
}

/// A condition and what to say when it does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Check {
    /// that: a CEL condition.
    pub that: Expression,
    /// message when it is false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Template>,
}
