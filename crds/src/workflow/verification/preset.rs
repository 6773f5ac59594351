//! The names of the senders that Boathook knows; the gateway's preset table says what each one does.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! presets {
    ($($name:ident),* $(,)?) => {
        /// A sender that Boathook knows.
        #[expect(missing_docs, reason = "each is a provider's own name")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        #[schemars(transform = crate::open::values_only)]
        pub enum Preset {
            $($name),*
        }

        impl Preset {
            /// Every preset, in the schema's order.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name, as it is written in `preset:`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name)),*
                }
            }
        }
    };
}

presets! {
    GitHub, GitHubSHA1, GitLab, GitLabSigned, Bitbucket, Jira, AtlassianConnect, Gitea, Forgejo, Slack, Discord, Stripe,
    Shopify, Square, Paddle, WooCommerce, Razorpay, LemonSqueezy, StandardWebhooks, Svix, Twilio, SendGrid, Mailgun, Meta,
    Zoom, PagerDuty, Linear, Sentry, Typeform, Intercom, HubSpot, CircleCI, Vercel, Doppler, WorkOS, AmazonSNS,
    AzureEventGrid, MicrosoftGraph, CloudEvents, DingTalk, DingTalkRobot, WeCom, WeChat, Feishu,
}
