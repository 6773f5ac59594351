//! Where a gateway keeps deliveries, executions and records.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::quantity::Quantity;
use crate::reference::SecretSource;
use crate::rule::{exactly_one, forbidden, rule};
use crate::text::ObjectName;

/// One kind of store, for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = [
    exactly_one(&["embedded", "postgres"]),
    rule("has(self.embedded) == has(oldSelf.embedded)", "`storage` must stay of its kind: it is immutable"),
]))]
pub struct Storage {
    /// embedded keeps everything on a volume of the one replica.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embedded: Option<Embedded>,
    /// postgres keeps everything in `PostgreSQL`, or what speaks it, for any number of replicas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postgres: Option<Postgres>,
}

/// A volume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = [forbidden(
    "storageClassName",
    "has(self.storageClassName) == has(oldSelf.storageClassName) && \
     (!has(self.storageClassName) || self.storageClassName == oldSelf.storageClassName)",
    "`storageClassName` must stay as it is: it is immutable",
)]))]
pub struct Embedded {
    /// size of the volume.
    #[serde(default = "size")]
    pub size: Quantity,
    /// storageClassName of the volume. Default: the cluster's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_class_name: Option<ObjectName>,
}

/// The size of a volume that names none.
fn size() -> Quantity {
    "10Gi".into()
}

/// A database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Postgres {
    /// urlFrom is where the URL is kept.
    pub url_from: SecretSource,
}
