//! `email`: one mail by SMTP.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::http::File;
use crate::reference::SecretSource;
use crate::rule::at_least_one;
use crate::text::{Template, TextTemplate};

/// A mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = [at_least_one(&["text", "html"])]))]
pub struct EmailStep {
    /// smtp server. Default: the gateway's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp: Option<Smtp>,
    /// from address. Default: the gateway's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Template>,
    /// to addresses.
    #[schemars(length(min = 1, max = 64), extend("x-kubernetes-list-type" = "atomic"))]
    pub to: Vec<Template>,
    /// cc addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), extend("x-kubernetes-list-type" = "atomic"))]
    pub cc: Vec<Template>,
    /// bcc addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), extend("x-kubernetes-list-type" = "atomic"))]
    pub bcc: Vec<Template>,
    /// replyTo address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Template>,
    /// subject of the mail.
    pub subject: Template,
    /// text body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<TextTemplate>,
    /// html body; values are HTML-escaped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<TextTemplate>,
    /// attachments of the mail.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), extend("x-kubernetes-list-type" = "atomic"))]
    pub attachments: Vec<File>,
}

/// A server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Smtp {
    /// urlFrom is where the URL is kept: smtp: or smtps:.
    pub url_from: SecretSource,
}
