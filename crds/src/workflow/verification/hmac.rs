//! The declarative form of a signature that most senders are an instance of.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::duration::Duration;
use crate::rule::{exactly_one, forbidden, invalid, required};
use crate::text::{HeaderName, ShortText};

/// A signature by HMAC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = rules()))]
pub struct Hmac {
    /// header that carries the signature.
    pub header: HeaderName,
    /// format of the header: `Raw` after `prefix`, `KeyValueList` as t=1,v1=ab, `SpacedList` as v1,ab v1,cd. Default: `Raw`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<SignatureFormat>,
    /// prefix in front of a `Raw` signature, such as sha256=.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<ShortText>,
    /// list says how a `KeyValueList` is written, or which versions a `SpacedList` has. Default for the latter: v1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<SignatureList>,
    /// algorithm of the hash. Default: SHA256.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<HashAlgorithm>,
    /// encoding of the signature. Default: `Hex`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<SignatureEncoding>,
    /// content that is signed, of {body} {timestamp} {id} {header.NAME} {query.NAME} {url} {path} {method} {secret}. Default: {body}.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 1024))]
    pub content: Option<String>,
    /// timestamp is where the signing time is, and how far off it may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<SignatureTimestamp>,
    /// id is where the delivery's id is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<SignatureId>,
}

/// What the fields of the form ask of each other.
fn rules() -> [kube::core::Rule; 7] {
    [
        forbidden(
            "prefix",
            "!has(self.prefix) || !has(self.format) || self.format == 'Raw'",
            "`prefix` must not be set unless `format` is 'Raw'",
        ),
        forbidden(
            "list",
            "!has(self.list) || (has(self.format) && self.format != 'Raw')",
            "`list` must not be set unless `format` is 'KeyValueList' or 'SpacedList'",
        ),
        required(
            "list",
            "has(self.list) || !has(self.format) || self.format != 'KeyValueList'",
            "`list` must be set when `format` is 'KeyValueList'",
        ),
        invalid(
            "timestamp",
            "!has(self.timestamp) || !has(self.timestamp.signatureKey) || (has(self.format) && self.format == 'KeyValueList')",
            "`timestamp.signatureKey` must not be set unless `format` is 'KeyValueList'",
        ),
        invalid(
            "content",
            "!has(self.content) || self.content.matches(\
             '^([^{}]|[{](body|timestamp|id|url|path|method|secret|(header|query)[.][A-Za-z0-9_-]+)[}])+$')",
            "`content` must have only the placeholders {body} {timestamp} {id} {header.NAME} {query.NAME} {url} {path} {method} {secret}",
        ),
        required(
            "timestamp",
            "!has(self.content) || !self.content.contains('{timestamp}') || has(self.timestamp)",
            "`timestamp` must be set when `content` has {timestamp}",
        ),
        required(
            "id",
            "!has(self.content) || !self.content.contains('{id}') || has(self.id)",
            "`id` must be set when `content` has {id}",
        ),
    ]
}

/// How a signature header is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum SignatureFormat {
    /// One signature behind a prefix.
    Raw,
    /// `t=1,v1=ab,v1=cd`
    KeyValueList,
    /// `v1,ab v1,cd`
    SpacedList,
}

/// How a list of signatures is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignatureList {
    /// separator between items of a `KeyValueList`. Default: a comma.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 8))]
    pub separator: Option<String>,
    /// assign stands between a key and its value in a `KeyValueList`. Default: =.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 8))]
    pub assign: Option<String>,
    /// keys whose values are signatures, such as v1; in a `SpacedList` the versions.
    #[schemars(length(min = 1, max = 8), inner(length(min = 1, max = 32)), extend("x-kubernetes-list-type" = "set"))]
    pub keys: Vec<String>,
}

/// Hashes for HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum HashAlgorithm {
    /// For senders that offer nothing better.
    SHA1,
    /// The usual one.
    SHA256,
    /// 48 bytes.
    SHA384,
    /// 64 bytes.
    SHA512,
}

/// How a signature's bytes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum SignatureEncoding {
    /// Hexadecimal.
    Hex,
    /// Base64 with padding.
    Base64,
    /// Base64url without padding.
    Base64URL,
}

/// Where the signing time is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = [exactly_one(&["header", "signatureKey", "bodyPointer"])]))]
pub struct SignatureTimestamp {
    /// header that carries it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<HeaderName>,
    /// signatureKey is the item of the signature header that carries it, such as t.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 32))]
    pub signature_key: Option<String>,
    /// bodyPointer is a JSON pointer into the body, such as /ts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 2, max = 256), regex(pattern = "^(/[^/]+)+$"))]
    pub body_pointer: Option<String>,
    /// unit since 1970. Default: `Seconds`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<TimestampUnit>,
    /// tolerance either side of now. Default: 5m.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<Duration>,
}

/// The unit of a signing time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum TimestampUnit {
    /// Unix seconds.
    Seconds,
    /// Unix milliseconds.
    Milliseconds,
}

/// Where a delivery's id is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignatureId {
    /// header that carries it.
    pub header: HeaderName,
}
