//! Bodies of an `http` step that are more than a string.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::rule::exactly_one;
use crate::text::{MediaType, ShortText, Template, TextTemplate};

/// One part of a multipart body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = [exactly_one(&["value", "file"])]))]
pub struct Part {
    /// name of the field.
    pub name: ShortText,
    /// value of the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<TextTemplate>,
    /// file as the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<File>,
}

/// A file: a part of a body, an attachment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct File {
    /// filename that the receiver sees.
    pub filename: Template,
    /// contentType of the file. Default: application/octet-stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<MediaType>,
    /// base64 of the file's bytes.
    pub base64: TextTemplate,
}

/// Attributes and data of a `CloudEvent` 1.0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CloudEvent {
    /// type of the event.
    #[serde(rename = "type")]
    pub type_: Template,
    /// source of the event.
    pub source: Template,
    /// subject of the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Template>,
    /// data of the event, any JSON with templates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
}
