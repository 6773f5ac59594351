//! Which namespaces a gateway, or one of its egress rules, is for.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rule::invalid;

/// A choice of namespaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = [invalid(
    "selector",
    "has(self.selector) == (self.from == 'Selector')",
    "`selector` must be set exactly when `from` is 'Selector'",
)]))]
pub struct Namespaces {
    /// from is the choice: `Same` is the gateway's own namespace, `Selector` those with the selector's labels.
    pub from: NamespacesFrom,
    /// selector chooses namespaces by label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selector: Option<LabelSelector>,
}

impl Namespaces {
    /// The gateway's own namespace.
    pub fn same() -> Self {
        Self { from: NamespacesFrom::Same, selector: None }
    }
}

/// How namespaces are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum NamespacesFrom {
    /// The gateway's own namespace.
    Same,
    /// Every namespace.
    All,
    /// Those that the selector matches.
    Selector,
}

/// Labels that a namespace must have, in Kubernetes' own form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-map-type" = "atomic"))]
pub struct LabelSelector {
    /// matchLabels are labels with their values; all must match.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "crate::open::labels")]
    pub match_labels: BTreeMap<String, String>,
    /// matchExpressions are requirements; all must match.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), extend("x-kubernetes-list-type" = "atomic"))]
    pub match_expressions: Vec<LabelRequirement>,
}

/// One requirement on a label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LabelRequirement {
    /// key is the label's key.
    #[schemars(length(min = 1, max = 317))]
    pub key: String,
    /// operator relates key and values.
    pub operator: LabelOperator,
    /// values for `In` and `NotIn`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), inner(length(max = 63)), extend("x-kubernetes-list-type" = "atomic"))]
    pub values: Vec<String>,
}

/// How a label relates to the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum LabelOperator {
    /// The value is one of them.
    In,
    /// The value is none of them, or the label is absent.
    NotIn,
    /// The label is there.
    Exists,
    /// The label is absent.
    DoesNotExist,
}
