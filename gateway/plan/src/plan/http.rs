//! The `http` step as plain data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::json::Json;

/// `http`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpStep {
    /// Upper case.
    pub method: String,
    /// A template.
    pub url: String,
    /// Query parameters: a template or a list of them each.
    pub query: BTreeMap<String, Vec<String>>,
    /// Header fields: a template each.
    pub headers: BTreeMap<String, String>,
    /// At most one.
    pub body: Option<HttpBody>,
    /// Hosts that a templated host may be; a constant host stands here too.
    pub hosts: Vec<String>,
    /// Statuses that are success, as `200` or `2xx`.
    pub expect: Vec<String>,
    /// How the request is authorised.
    pub auth: Option<HttpAuth>,
    /// A template of a Standard Webhooks secret that signs the request.
    pub sign_standard_webhooks: Option<String>,
    /// How many redirects are followed; each is judged by the egress guard.
    pub follow_redirects: u32,
    /// Bytes of the decoded answer.
    pub max_response_size: u64,
}

/// The body of an `http` step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HttpBody {
    /// JSON whose string leaves may hold templates.
    Json(Json),
    /// A template, as `text/plain; charset=utf-8`.
    Text(String),
    /// `application/x-www-form-urlencoded`.
    Form(BTreeMap<String, Vec<String>>),
    /// `multipart/form-data`.
    Multipart(Vec<Part>),
    /// A template of base64, sent as bytes.
    Base64(String),
    /// A CloudEvent in binary mode.
    CloudEvent(Box<CloudEvent>),
}

/// One part of a multipart body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// The field's name.
    pub name: String,
    /// Its content.
    pub content: PartContent,
}

/// What a part holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PartContent {
    /// A template.
    Value(String),
    /// A file.
    File {
        /// A template.
        filename: String,
        /// Media type.
        content_type: String,
        /// A template of base64.
        base64: String,
    },
}

/// Attributes and data of a CloudEvent 1.0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CloudEvent {
    /// A template.
    pub type_: String,
    /// A template.
    pub source: String,
    /// A template.
    pub subject: Option<String>,
    /// JSON whose string leaves may hold templates.
    pub data: Option<Json>,
}

/// How an `http` step is authorised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HttpAuth {
    /// RFC 7617; templates.
    Basic {
        /// A template.
        username: String,
        /// A template.
        password: String,
    },
    /// RFC 6750; a template.
    Bearer(String),
}
