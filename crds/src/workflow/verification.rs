//! How a sender proves who it is: schemes, and how many of them must hold.

pub mod hmac;
pub mod key;
pub mod preset;
pub mod scheme;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rule::required;
use scheme::Scheme;

/// Schemes, and how many of them must hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = [required(
    "match",
    "self.schemes.size() < 2 || has(self.match)",
    "`match` must be set with two `schemes` or more",
)]))]
pub struct Verification {
    /// match: `All` schemes must hold, or `Any` of them. Required with two or more.
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    pub match_: Option<Match>,
    /// schemes by which a request is verified. 1 to 16.
    #[schemars(length(min = 1, max = 16), extend("x-kubernetes-list-type" = "atomic"))]
    pub schemes: Vec<Scheme>,
}

/// How several schemes combine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum Match {
    /// Every scheme must hold.
    All,
    /// One scheme must hold.
    Any,
}
