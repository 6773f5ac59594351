//! What no workflow and no namespace can go over.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::duration::Duration;
use crate::quantity::Quantity;

/// Ceilings of every workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Ceilings {
    /// bodySize of a request, in bytes.
    pub body_size: Quantity,
    /// timeout of an execution.
    pub timeout: Duration,
    /// concurrency of a workflow.
    #[schemars(range(min = 1, max = 100_000))]
    pub concurrency: i32,
    /// javascriptMemory of a `javascript` step, in bytes.
    pub javascript_memory: Quantity,
    /// javascriptTime of a `javascript` step.
    pub javascript_time: Duration,
}

impl Default for Ceilings {
    fn default() -> Self {
        Self {
            body_size: "10Mi".into(),
            timeout: "720h".into(),
            concurrency: 1_000,
            javascript_memory: "64Mi".into(),
            javascript_time: "5s".into(),
        }
    }
}

/// Quotas of one kind of owner.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Quotas {
    /// perNamespace is what each namespace may use; a flood hits its owner only.
    pub per_namespace: NamespaceQuota,
}

/// What one namespace may use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct NamespaceQuota {
    /// workflows of this gateway.
    #[schemars(range(min = 1, max = 100_000))]
    pub workflows: i32,
    /// running executions.
    #[schemars(range(min = 1, max = 100_000))]
    pub running: i32,
    /// queued deliveries.
    #[schemars(range(min = 1, max = 100_000_000))]
    pub queued: i32,
    /// storage in bytes.
    pub storage: Quantity,
}

impl Default for NamespaceQuota {
    fn default() -> Self {
        Self { workflows: 1_000, running: 500, queued: 100_000, storage: "2Gi".into() }
    }
}
