//! The operator's command line. In the chart's Deployment each value stands there or in an environment variable.

use std::net::SocketAddr;

use boathook_operator_core::desired::Settings;
use boathook_operator_core::object::ObjectKey;
use clap::ValueEnum;

use crate::error::OperatorError;

/// Boathook's operator: keeps gateways and workflows as their resources say.
#[derive(clap::Parser, Clone, Debug)]
#[command(name = "boathook-operator", version)]
pub struct Args {
    /// The namespace that the operator runs in: its lease is there
    #[arg(long, env = "POD_NAMESPACE", default_value = "boathook")]
    pub namespace: String,

    /// What this replica is called in the lease
    #[arg(long, env = "POD_NAME", default_value_t = format!("boathook-operator-{}", std::process::id()))]
    pub identity: String,

    /// Look at these namespaces alone, and need no rights elsewhere [default: all]
    #[arg(long = "watch-namespace", env = "WATCH_NAMESPACES", value_delimiter = ',', value_name = "NAMESPACE")]
    pub watch_namespaces: Vec<String>,

    /// The gateway of workflows that name none
    #[arg(long, value_name = "NAMESPACE/NAME", default_value = "boathook/default")]
    pub default_gateway: String,

    /// The image of the gateways
    #[arg(long, env = "GATEWAY_IMAGE", default_value = concat!("ghcr.io/boathook/boathook-gateway:", env!("CARGO_PKG_VERSION")))]
    pub gateway_image: String,

    /// When the gateways' image is pulled [default: Kubernetes' own choice]
    #[arg(long, env = "GATEWAY_IMAGE_PULL_POLICY", value_name = "POLICY")]
    pub gateway_image_pull_policy: Option<String>,

    /// Where health and metrics are served
    #[arg(long, value_name = "ADDRESS", default_value = "0.0.0.0:8081")]
    pub admin: SocketAddr,

    /// Leave the definitions of the resources alone
    #[arg(long)]
    pub keep_definitions: bool,

    /// How the log on standard error is written
    #[arg(long, value_enum, default_value_t = LogFormat::Json)]
    pub log_format: LogFormat,
}

/// How lines of the log are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

impl Args {
    /// What is the same for every gateway.
    pub fn settings(&self) -> Settings {
        Settings {
            image: self.gateway_image.clone(),
            image_pull_policy: self.gateway_image_pull_policy.clone().filter(|policy| !policy.is_empty()),
            operator_namespace: self.namespace.clone(),
        }
    }

    /// The gateway of workflows that name none.
    pub fn default_gateway(&self) -> Result<ObjectKey, OperatorError> {
        let parts = self.default_gateway.split_once('/');
        let parts = parts.filter(|(namespace, name)| !namespace.is_empty() && !name.is_empty());
        let (namespace, name) = parts.ok_or_else(|| {
            OperatorError::Usage(format!("--default-gateway {} is not NAMESPACE/NAME", self.default_gateway))
        })?;
        Ok(ObjectKey::new(namespace, name))
    }
}
