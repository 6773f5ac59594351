//! `message`: one chat message or SMS by a provider of the gateway's table.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::reference::{SecretSource, WholeSecretSource};
use crate::rule::exactly_one;
use crate::text::{Template, TextTemplate};

/// A message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = [exactly_one(&["urlFrom", "credentialsFrom"])]))]
pub struct MessageStep {
    /// provider of the message.
    pub provider: MessageProvider,
    /// urlFrom is where the provider's webhook URL is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url_from: Option<SecretSource>,
    /// credentialsFrom is a Secret with the keys that the provider asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials_from: Option<WholeSecretSource>,
    /// to: a channel, chat or number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Template>,
    /// text, escaped for the provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<TextTemplate>,
    /// payload in the provider's own form, any JSON with templates. Instead of `text`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<Value>,
}

/// The providers that Boathook knows.
#[expect(missing_docs, reason = "each is a provider's own name")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum MessageProvider {
    Slack,
    MicrosoftTeams,
    Discord,
    Mattermost,
    GoogleChat,
    Telegram,
    DingTalk,
    WeCom,
    Feishu,
    TwilioSMS,
    GenericSMS,
}
