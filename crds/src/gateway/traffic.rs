//! Hosts, certificates, client addresses, mail and telemetry of a gateway.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::reference::WholeSecretSource;
use crate::text::{Cidr, Hostname, HttpUrl, LineText, NamespaceName, ObjectName};

/// A host of one namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Host {
    /// hostname that requests name.
    pub hostname: Hostname,
    /// namespace whose workflows are served on it.
    pub namespace: NamespaceName,
    /// routePrefix in front of a workflow's path. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256), regex(pattern = "^(/[A-Za-z0-9._~-]*[A-Za-z0-9_~-])*$"))]
    pub route_prefix: Option<String>,
    /// tlsSecretName is a Secret of type kubernetes.io/tls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_secret_name: Option<ObjectName>,
}

/// HTTPS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tls {
    /// secretName is a Secret of type kubernetes.io/tls; a renewed one is taken up without a dropped connection.
    pub secret_name: ObjectName,
}

/// How the sender's address is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClientAddress {
    /// trustedProxies are networks. The sender is the right-most hop of X-Forwarded-For that is not in one.
    #[schemars(
        length(min = 1, max = 64),
        extend("x-kubernetes-list-type" = "set"),
        extend("x-kubernetes-validations" = [crate::rule::networks("trustedProxies")])
    )]
    pub trusted_proxies: Vec<Cidr>,
}

/// The mail server of steps that name none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Email {
    /// smtp server.
    pub smtp: Smtp,
    /// from address of mails that name none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<LineText>,
}

/// A mail server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Smtp {
    /// url of the server, such as `smtps://mail:465`.
    #[schemars(regex(pattern = r"^smtps?://[^\s]+$"))]
    pub url: LineText,
    /// credentialsFrom is a Secret of type kubernetes.io/basic-auth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials_from: Option<WholeSecretSource>,
}

/// Traces and logs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Telemetry {
    /// otlpEndpoint that takes traces. Absent: no traces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otlp_endpoint: Option<HttpUrl>,
    /// accessLog: `All` requests, only `Errors`, or `None`.
    #[serde(default)]
    pub access_log: AccessLog,
}

/// Which requests are logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum AccessLog {
    /// Each.
    #[default]
    All,
    /// Those that were refused or failed.
    Errors,
    /// None.
    None,
}
