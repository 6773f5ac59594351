//! What a gateway's steps may reach.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::namespaces::Namespaces;
use crate::rule::exactly_one;
use crate::text::{Cidr, HostPattern, HttpUrl};

/// What steps may reach.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Egress {
    /// internet: whether public addresses may be reached.
    #[serde(default)]
    pub internet: Internet,
    /// services of the cluster that may be reached: `None`, those of the workflow's own namespace, or `All`.
    #[serde(default)]
    pub services: Services,
    /// allow is what else may be reached. At most 64.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), extend("x-kubernetes-list-type" = "atomic"))]
    pub allow: Vec<EgressRule>,
    /// proxy that every request goes through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<Proxy>,
}

/// Whether public addresses may be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum Internet {
    /// They may.
    #[default]
    Allow,
    /// They may not.
    Deny,
}

/// Which Services may be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum Services {
    /// None.
    None,
    /// Those of the workflow's namespace.
    #[default]
    SameNamespace,
    /// All.
    All,
}

/// Addresses or hosts that may be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = [exactly_one(&["cidrs", "hosts"])]))]
pub struct EgressRule {
    /// cidrs are networks; a bare address is a network of one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(
        length(min = 1, max = 64),
        extend("x-kubernetes-list-type" = "set"),
        extend("x-kubernetes-validations" = [crate::rule::networks("cidrs")])
    )]
    pub cidrs: Vec<Cidr>,
    /// hosts by name, whatever they resolve to; `*.` in front stands for any sub-domain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 64), extend("x-kubernetes-list-type" = "set"))]
    pub hosts: Vec<HostPattern>,
    /// ports that may be reached. Default: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), inner(range(min = 1, max = 65_535)), extend("x-kubernetes-list-type" = "set"))]
    pub ports: Vec<i32>,
    /// namespaces whose workflows may. Default: all that the gateway admits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespaces: Option<Namespaces>,
}

/// A proxy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Proxy {
    /// url of the proxy.
    pub url: HttpUrl,
}
