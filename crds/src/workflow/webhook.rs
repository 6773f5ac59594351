//! How requests come in: where, by which methods, from whom, how many, of what shape.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::verification::Verification;
use crate::duration::Duration;
use crate::quantity::Quantity;
use crate::reference::ValueSource;
use crate::rule::{at_least_one, at_most_one, required, rule};
use crate::text::{Cidr, MediaType};

/// How requests come in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = [required(
    "verification",
    "has(self.verification) != (has(self.public) && self.public)",
    "exactly one of `verification` and `public: true` must be set",
)]))]
pub struct Webhook {
    /// path behind the gateway's prefix and the namespace. {name} stands for one segment, {*rest} at the end
    /// for all that follows: $context.params. Default: the workflow's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 1024), extend("x-kubernetes-validations" = path_rules()))]
    pub path: Option<String>,
    /// methods that start the workflow. A preset's handshake needs no entry.
    #[serde(default = "post")]
    #[schemars(length(min = 1, max = 5), extend("x-kubernetes-list-type" = "set"))]
    pub methods: Vec<Method>,
    /// access is which client addresses are let in. Absent: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access: Option<Access>,
    /// cors is which web pages may call this endpoint from a browser. Absent: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cors: Option<Cors>,
    /// public: true says aloud that anybody may call this endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public: Option<bool>,
    /// verification is how a sender proves who it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification: Option<Verification>,
    /// rateLimits are answered with 429 and Retry-After.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8), extend("x-kubernetes-list-type" = "atomic"))]
    pub rate_limits: Vec<RateLimit>,
    /// request is what the body must be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<Request>,
}

/// The methods of a workflow that names none.
fn post() -> Vec<Method> {
    vec![Method::POST]
}

/// Absolute, no empty and no dot segments, whole parameters, the catch-all last.
fn path_rules() -> [kube::core::Rule; 3] {
    [
        rule(
            r"self.matches('^(/([A-Za-z0-9._~!$&()+,;=:@-]+|[{][a-z][A-Za-z0-9_]*[}]))*(/|/[{][*][a-z][A-Za-z0-9_]*[}])?$')",
            "`path` must start with '/' and have segments of letters, digits, '-._~!$&()+,;=:@' and parameters '{name}', \
             with '{*rest}' only at the end",
        ),
        rule("!self.matches('(^|/)[.][.]?(/|$)')", "`path` must not have '.' or '..' as a segment"),
        rule("self != '/'", "`path` must not be '/': it is reserved for the gateway"),
    ]
}

/// HTTP methods that can start a workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum Method {
    /// RFC 9110, 9.3.1.
    GET,
    /// RFC 9110, 9.3.3.
    POST,
    /// RFC 9110, 9.3.4.
    PUT,
    /// RFC 5789.
    PATCH,
    /// RFC 9110, 9.3.5.
    DELETE,
}

impl Method {
    /// The name, as on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GET => "GET",
            Self::POST => "POST",
            Self::PUT => "PUT",
            Self::PATCH => "PATCH",
            Self::DELETE => "DELETE",
        }
    }
}

/// Client addresses that are let in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = [at_least_one(&["cidrs", "cidrsFrom"])]))]
pub struct Access {
    /// cidrs are networks; a bare address is a network of one. At most 256.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(
        length(max = 256),
        extend("x-kubernetes-list-type" = "set"),
        extend("x-kubernetes-validations" = [crate::rule::networks("cidrs")])
    )]
    pub cidrs: Vec<Cidr>,
    /// cidrsFrom are lists of networks, followed live. Missing or empty admits nobody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), extend("x-kubernetes-list-type" = "set"))]
    pub cidrs_from: Vec<ValueSource>,
}

/// Web pages that may call the endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cors {
    /// origins as browsers send them, such as `https://www.example.com`. 1 to 64.
    #[schemars(
        length(min = 1, max = 64),
        inner(length(max = 280), regex(pattern = r"^https?://[a-z0-9.-]+(:[0-9]{1,5})?$")),
        extend("x-kubernetes-list-type" = "set")
    )]
    pub origins: Vec<String>,
}

/// A rate that is let through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RateLimit {
    /// key: `ClientIP` counts by address before verification, `Workflow` all verified requests.
    pub key: RateKey,
    /// requests that are let through in each period.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub requests: i32,
    /// per is the period.
    pub per: Duration,
    /// burst is how many may come at once. Default: `requests`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub burst: Option<i32>,
}

/// What a rate is counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum RateKey {
    /// The client's address, before verification.
    ClientIP,
    /// The workflow, after verification: strangers cannot spend it.
    Workflow,
}

/// What a body must be.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = [at_most_one(&["schema", "schemaFrom"])]))]
pub struct Request {
    /// contentTypes that are taken. Default: all that the gateway can parse.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), extend("x-kubernetes-list-type" = "set"))]
    pub content_types: Vec<MediaType>,
    /// maxBodySize in bytes. Default: 1Mi; the gateway's ceiling holds too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_body_size: Option<Quantity>,
    /// schema of the body, JSON Schema 2020-12. What violates it is answered 422.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("maxProperties" = 64))]
    pub schema: Option<Map<String, Value>>,
    /// schemaFrom is where the schema is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema_from: Option<ValueSource>,
}
