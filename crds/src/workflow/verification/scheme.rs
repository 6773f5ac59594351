//! One way to verify a sender.

use kube::core::Rule;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::hmac::Hmac;
use super::key::Key;
use super::preset::Preset;
use crate::duration::Duration;
use crate::reference::ValueSource;
use crate::rule::{exactly_one, forbidden, invalid, required};
use crate::text::{Expression, HttpUrl, ShortText};

/// The fields that say which scheme it is.
const KINDS: &[&str] =
    &["preset", "hmac", "basic", "bearer", "apiKey", "jwt", "httpMessageSignature", "clientCertificate"];

/// A scheme, its keys, and the options of its preset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = rules()))]
pub struct Scheme {
    /// preset is a sender that Boathook knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<Preset>,
    /// hmac is a signature of any other sender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hmac: Option<Hmac>,
    /// basic is a user's name and password (RFC 7617).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basic: Option<Basic>,
    /// bearer is a token in the Authorization header (RFC 6750).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bearer: Option<Bearer>,
    /// apiKey is a key in a header or a query parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key: Option<ApiKey>,
    /// jwt is a signed token in the Authorization header (RFC 7519).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwt: Option<Jwt>,
    /// httpMessageSignature is a signature by RFC 9421.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_message_signature: Option<HttpMessageSignature>,
    /// clientCertificate is mutual TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_certificate: Option<ClientCertificate>,
    /// keys that verify. Any may match, so that a rotation has no gap. At most 8.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 8), extend("x-kubernetes-list-type" = "atomic"))]
    pub keys: Vec<Key>,
    /// publicURL is the URL that the sender signed. For Twilio, Square, `HubSpot`. Default: the workflow's URL.
    #[serde(rename = "publicURL", skip_serializing_if = "Option::is_none")]
    pub public_url: Option<HttpUrl>,
    /// tolerance of the preset's signing time. Default: the preset's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<Duration>,
    /// receiverID that encrypted messages must be for. For `WeCom`, `DingTalk`.
    #[serde(rename = "receiverID", skip_serializing_if = "Option::is_none")]
    pub receiver_id: Option<ShortText>,
    /// topicARNs that may send. For `AmazonSNS`.
    #[serde(rename = "topicARNs", default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), extend("x-kubernetes-list-type" = "set"))]
    pub topic_arns: Vec<ShortText>,
    /// allowedOrigins that may ask to send. For `CloudEvents`, `AzureEventGrid`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), extend("x-kubernetes-list-type" = "set"))]
    pub allowed_origins: Vec<ShortText>,
    /// clientKey that the token's issuer must be. For `AtlassianConnect`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_key: Option<ShortText>,
}

/// What the fields of a scheme ask of each other.
fn rules() -> Vec<Rule> {
    let options = OPTIONS.iter().map(|(field, presets)| option(field, presets));
    [exactly_one(KINDS)].into_iter().chain(key_source_rules()).chain(key_rules()).chain(options).collect()
}

/// Each scheme has exactly one source of keys.
fn key_source_rules() -> [Rule; 3] {
    [
        required(
            "keys",
            "has(self.keys) || has(self.jwt) || has(self.clientCertificate) || (has(self.preset) && self.preset == 'AmazonSNS')",
            "`keys` must be set",
        ),
        forbidden(
            "keys",
            "!has(self.keys) || !(has(self.clientCertificate) || (has(self.preset) && self.preset == 'AmazonSNS'))",
            "`keys` must not be set with `clientCertificate` or `preset: AmazonSNS`",
        ),
        invalid(
            "jwt",
            "!has(self.jwt) || [has(self.keys), has(self.jwt.jwksFrom), has(self.jwt.jwksURL)].exists_one(x, x)",
            "exactly one of `keys`, `jwt.jwksFrom`, `jwt.jwksURL` must be set with `jwt`",
        ),
    ]
}

/// What a key says must mean something to its scheme.
fn key_rules() -> [Rule; 4] {
    [
        forbidden(
            "keys",
            "!has(self.keys) || has(self.basic) || self.keys.all(k, !has(k.secretRef))",
            "`secretRef` of `keys` must not be set unless `basic` is",
        ),
        forbidden(
            "keys",
            "!has(self.keys) || has(self.preset) || self.keys.all(k, !has(k.use) || k.use == 'Sign')",
            "`use` of `keys` must be 'Sign' unless `preset` is set",
        ),
        forbidden(
            "keys",
            "!has(self.keys) || has(self.httpMessageSignature) || self.keys.all(k, !has(k.id) && !has(k.algorithm))",
            "`id` and `algorithm` of `keys` must not be set unless `httpMessageSignature` is",
        ),
        forbidden(
            "tolerance",
            "!has(self.tolerance) || has(self.preset)",
            "`tolerance` must not be set unless `preset` is",
        ),
    ]
}

/// The typed options, and the presets that have them.
const OPTIONS: &[(&str, &[&str])] = &[
    ("publicURL", &["Twilio", "Square", "HubSpot"]),
    ("receiverID", &["WeCom", "DingTalk"]),
    ("topicARNs", &["AmazonSNS"]),
    ("allowedOrigins", &["CloudEvents", "AzureEventGrid"]),
    ("clientKey", &["AtlassianConnect"]),
];

/// An option may be set only with its presets.
fn option(field: &str, presets: &[&str]) -> Rule {
    let names: Vec<_> = presets.iter().map(|preset| format!("'{preset}'")).collect();
    let names = names.join(", ");
    forbidden(
        field,
        &format!("!has(self.{field}) || (has(self.preset) && self.preset in [{names}])"),
        &format!("`{field}` must not be set unless `preset` is one of {names}"),
    )
}

/// A user's name and password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Basic {}

/// A token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Bearer {}

/// Where a key is presented.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApiKey {
    /// in is where the key is presented.
    #[serde(rename = "in")]
    pub in_: ApiKeyPlace,
    /// name of the header or query parameter.
    pub name: ShortText,
}

/// Where a key is presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum ApiKeyPlace {
    /// In a header field.
    Header,
    /// In a query parameter.
    Query,
}

/// What a token must say, and by whose keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Jwt {
    /// issuer that the token must name.
    pub issuer: ShortText,
    /// audiences of which the token must name one.
    #[schemars(length(min = 1, max = 16), extend("x-kubernetes-list-type" = "set"))]
    pub audiences: Vec<ShortText>,
    /// algorithms that are accepted; the token never chooses another.
    #[schemars(length(min = 1, max = 12), extend("x-kubernetes-list-type" = "set"))]
    pub algorithms: Vec<JwtAlgorithm>,
    /// jwksFrom is where the key set is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_from: Option<ValueSource>,
    /// jwksURL is where the key set is fetched.
    #[serde(rename = "jwksURL", skip_serializing_if = "Option::is_none")]
    pub jwks_url: Option<HttpUrl>,
    /// require is a CEL condition over $context.identity.claims.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require: Option<Expression>,
}

/// Algorithms of RFC 7518 and RFC 8037.
#[expect(missing_docs, reason = "these are the names that the RFCs give")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum JwtAlgorithm {
    HS256,
    HS384,
    HS512,
    RS256,
    RS384,
    RS512,
    PS256,
    PS384,
    PS512,
    ES256,
    ES384,
    EdDSA,
}

/// What a signature by RFC 9421 must cover.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HttpMessageSignature {
    /// components that the signature must cover, such as @method and content-digest.
    #[schemars(length(min = 1, max = 32), extend("x-kubernetes-list-type" = "set"))]
    pub components: Vec<ShortText>,
    /// maxAge of the signature. Default: 5m.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age: Option<Duration>,
}

/// Whose certificates are accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClientCertificate {
    /// caFrom are the certificates, PEM, that the client's must chain to.
    pub ca_from: ValueSource,
    /// subjectAltNames of which the certificate must have one. Absent: any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), extend("x-kubernetes-list-type" = "set"))]
    pub subject_alt_names: Vec<ShortText>,
}
