//! `http`: one request to anywhere that the gateway's egress rules allow.

mod body;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::quantity::Quantity;
use crate::reference::{SecretSource, ValueSource, WholeSecretSource};
use crate::rule::{at_most_one, exactly_one};
use crate::text::{HostPattern, HttpUrl, ShortText, Template, TextTemplate};
pub use body::{CloudEvent, File, Part};

/// A request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = [at_most_one(&["text", "form", "multipart", "base64", "cloudEvent"])]))]
pub struct HttpStep {
    /// method of the request. Default: POST with a body, else GET.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<HttpMethod>,
    /// url, a template; path parts and query values are percent-encoded.
    #[schemars(length(min = 1))]
    pub url: Template,
    /// query parameters: a template or a list of them each.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schemars(extend("maxProperties" = 64))]
    pub query: Map<String, Value>,
    /// headers, a template each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "crate::open::headers")]
    pub headers: BTreeMap<String, String>,
    /// json body, any JSON with templates. At most one body must be set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    /// text body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<TextTemplate>,
    /// form body: a template or a list of them for each field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("maxProperties" = 64))]
    pub form: Option<Map<String, Value>>,
    /// multipart body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 32), extend("x-kubernetes-list-type" = "atomic"))]
    pub multipart: Option<Vec<Part>>,
    /// base64 of a body of any bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base64: Option<TextTemplate>,
    /// cloudEvent as the body, in binary mode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_event: Option<CloudEvent>,
    /// hosts that a host made by a template may be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), extend("x-kubernetes-list-type" = "set"))]
    pub hosts: Vec<HostPattern>,
    /// expect is which answers are success.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expect: Option<Expect>,
    /// auth of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<HttpAuth>,
    /// tls trust and identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<HttpTls>,
    /// sign the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign: Option<HttpSign>,
    /// followRedirects is how many are followed. Default: 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 5))]
    pub follow_redirects: Option<i32>,
    /// maxResponseSize in bytes, decoded. Default: 1Mi.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_response_size: Option<Quantity>,
}

/// Methods of a request.
#[expect(missing_docs, reason = "RFC 9110, 9.3 says what they mean")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum HttpMethod {
    GET,
    HEAD,
    POST,
    PUT,
    PATCH,
    DELETE,
    OPTIONS,
}

impl HttpMethod {
    /// The name, as on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GET => "GET",
            Self::HEAD => "HEAD",
            Self::POST => "POST",
            Self::PUT => "PUT",
            Self::PATCH => "PATCH",
            Self::DELETE => "DELETE",
            Self::OPTIONS => "OPTIONS",
        }
    }
}

/// Which answers are success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Expect {
    /// status codes or classes, such as 404 or 2xx. Default: 2xx.
    #[schemars(
        length(min = 1, max = 16),
        inner(length(max = 3), regex(pattern = "^[1-5]([0-9]{2}|xx)$")),
        extend("x-kubernetes-list-type" = "set")
    )]
    pub status: Vec<String>,
}

/// How a request is authorised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = [exactly_one(&["basic", "bearer", "oauth2"])]))]
pub struct HttpAuth {
    /// basic: a user's name and password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basic: Option<BasicAuth>,
    /// bearer token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bearer: Option<Template>,
    /// oauth2 client credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth2: Option<OAuth2>,
}

/// RFC 7617.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BasicAuth {
    /// username of the account.
    pub username: Template,
    /// password of the account.
    pub password: Template,
}

/// RFC 6749, 4.4.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OAuth2 {
    /// tokenURL that issues the token.
    #[serde(rename = "tokenURL")]
    pub token_url: HttpUrl,
    /// clientID of this client.
    #[serde(rename = "clientID")]
    pub client_id: ShortText,
    /// clientSecretFrom is where the secret is kept.
    pub client_secret_from: SecretSource,
    /// scopes to ask for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), extend("x-kubernetes-list-type" = "set"))]
    pub scopes: Vec<ShortText>,
}

/// Trust and identity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HttpTls {
    /// caFrom are certificates, PEM, to trust instead of the public ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_from: Option<ValueSource>,
    /// clientCertificateFrom is a Secret of type kubernetes.io/tls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_certificate_from: Option<WholeSecretSource>,
}

/// How a request is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HttpSign {
    /// standardWebhooks secret, whsec_… .
    pub standard_webhooks: Template,
}
