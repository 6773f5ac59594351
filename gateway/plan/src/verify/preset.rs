//! The senders we know, as data: one table of names, one row with all columns for each that is built.
//!
//! Adding one is a file under `preset/` and its row here. Nothing else in the crate knows a provider's name, but for the
//! few whose proof the declarative form cannot reach ([`Own`]).

mod azure_event_grid;
mod bitbucket;
mod circle_ci;
mod cloud_events;
mod dingtalk_robot;
mod discord;
mod doppler;
mod feishu;
mod forgejo;
mod gitea;
mod github;
mod github_sha1;
mod gitlab;
mod gitlab_signed;
mod hubspot;
mod intercom;
mod jira;
mod lemon_squeezy;
mod linear;
mod mailgun;
mod meta;
mod microsoft_graph;
mod paddle;
mod pager_duty;
mod razorpay;
mod sendgrid;
mod sentry;
mod shape;
mod shopify;
mod slack;
mod square;
mod standard_webhooks;
mod stripe;
mod svix;
mod twilio;
mod typeform;
mod vercel;
mod wechat;
mod wecom;
mod woocommerce;
mod workos;
mod zoom;

use http::Method;

use crate::plan::{HmacForm, KeyEncoding, KeyUse};

/// All that is particular to one sender.
#[derive(Debug)]
pub struct Preset {
    /// The name in `preset:`.
    pub name: &'static str,
    /// What proves the sender.
    pub proof: Proof,
    /// The keys that it takes, and how they are written.
    pub keys: &'static [KeyRole],
    /// The plain acknowledgement of an accepted delivery.
    pub ack: Ack,
    /// Requests that are answered and not run; the first that a request is.
    pub handshakes: &'static [Handshake],
    /// Where `$context.event` comes from; the first that is there.
    pub event: &'static [Place],
    /// Where `$context.deliveryID` comes from; the first that is there.
    pub delivery_id: &'static [IdPlace],
    /// The provider's own page.
    pub docs: &'static str,
}

/// What proves a sender.
#[derive(Debug)]
pub enum Proof {
    /// The declarative form, in one variant or several: only those are tried that stand in the header field of the first
    /// one that is presented.
    Signature(fn() -> Vec<Variant>),
    /// A shared text. It says nothing of the body.
    Token(TokenIn),
    /// What the form cannot reach.
    Own(Own),
}

/// One way in which a sender signs: the form, and what only presets say of it.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Where the signature is, and over what.
    pub form: HmacForm,
    /// How it is made.
    pub method: SignMethod,
    /// A header field and its value, without which this is another variant.
    pub only_with: Option<(&'static str, &'static str)>,
    /// Keys that begin so are this variant's alone, and it has no other.
    pub key_prefix: Option<&'static str>,
    /// Whether `{url}` has twelve escapes decoded, as HubSpot signs it.
    pub decodes_url: bool,
}

impl From<HmacForm> for Variant {
    fn from(form: HmacForm) -> Self {
        Self { form, method: SignMethod::Hmac, only_with: None, key_prefix: None, decodes_url: false }
    }
}

/// How a signature is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignMethod {
    /// HMAC under the form's hash.
    Hmac,
    /// The plain hash of content that holds the secret.
    Digest,
    /// Ed25519 (RFC 8032); the form's hash says nothing.
    Ed25519,
    /// ECDSA over P-256 with SHA-256, in DER.
    EcdsaP256,
}

/// Where a sender's token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenIn {
    /// `Authorization: Bearer …`
    Bearer,
    /// A header field.
    Header(&'static str),
    /// A query parameter.
    Query(&'static str),
}

/// Senders whose proof has a file of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Own {
    /// Sorted parameters, or the hash of the body in the URL.
    Twilio,
    /// A MAC inside the body.
    Mailgun,
    /// A token in each item of the body.
    MicrosoftGraph,
    /// A hash of sorted strings.
    WeChat,
    /// That, and an encrypted message.
    WeCom,
    /// A hash that holds the key, and an encrypted message.
    Feishu,
}

impl Own {
    /// How far off a signed time may be, in milliseconds; `None` where no time is signed.
    pub(super) fn window_ms(self) -> Option<u64> {
        match self {
            Self::Mailgun => Some(300_000),
            Self::WeChat | Self::WeCom | Self::Feishu => Some(3_600_000),
            Self::Twilio | Self::MicrosoftGraph => None,
        }
    }
}

/// A key that a sender's scheme takes.
#[derive(Debug)]
pub struct KeyRole {
    /// What it is for.
    pub use_: KeyUse,
    /// How it is written unless the workflow says otherwise.
    pub encoding: KeyEncoding,
    /// What stands before it unless the workflow says otherwise.
    pub strip_prefix: Option<&'static str>,
}

impl KeyRole {
    /// A signing key or token that is used as the bytes of its text.
    pub const PLAIN: Self = Self { use_: KeyUse::Sign, encoding: KeyEncoding::Plain, strip_prefix: None };
}

/// The acknowledgement that a sender wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ack {
    /// 202 `{"status":"accepted","executionID":…}`
    Accepted,
    /// 200 without a body.
    Empty,
    /// 204.
    NoContent,
}

/// Where a fact of a verified request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A header field.
    Header(&'static str),
    /// A member of a JSON body: names from the root.
    Body(&'static [&'static str]),
    /// A query parameter, decoded.
    Query(&'static str),
}

/// Where a delivery's id is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdPlace {
    /// The place.
    pub place: Place,
    /// Whether the signature covers it.
    pub signed: bool,
}

/// A request of the sender's own that is no event.
#[derive(Debug)]
pub struct Handshake {
    /// The method it comes with.
    pub method: Method,
    /// How it is recognised: all of these hold.
    pub when: &'static [When],
    /// What proves it.
    pub proved_by: ProvedBy,
    /// What it is answered.
    pub answer: HandshakeAnswer,
}

/// One mark of a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    /// Where to look.
    pub place: Place,
    /// What must be seen.
    pub is: Is,
}

/// What a place must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Is {
    /// This text.
    Text(&'static str),
    /// Any text.
    There,
    /// No text.
    Absent,
}

/// What proves a handshake. All but the first two come before the signature, which such a request does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProvedBy {
    /// The preset's own proof, as of any request.
    Signature,
    /// That, and an origin in this header field that the workflow allows.
    SignatureAndOrigin(&'static str),
    /// A key with the use `Challenge`, at this place.
    Challenge(Place),
    /// An origin in this header field that the workflow allows.
    Origin(&'static str),
    /// Nothing: the answer tells nothing that the request did not.
    Nobody,
}

/// The answer to a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandshakeAnswer {
    /// A constant JSON text, with status 200.
    Json(&'static str),
    /// 204.
    NoContent,
    /// The text at this place, as `text/plain` with status 200: never a type that a browser would run.
    Echo(Place),
    /// The message of an encrypted request, as text.
    Message,
    /// The text at this place as a member of a JSON object.
    EchoIn {
        /// The member's name.
        member: &'static str,
        /// The text.
        text: Place,
    },
    /// A token at this place, and its HMAC-SHA256 in hexadecimal under the key that verified the request, as members of a
    /// JSON object.
    Hashed {
        /// The token.
        text: Place,
        /// The member that has it again.
        echo: &'static str,
        /// The member that has its HMAC.
        hash: &'static str,
    },
    /// 200, with the origin that is allowed.
    AllowedOrigin,
}

/// Every preset there will be, and its row once it is built.
static TABLE: [(&str, Option<&Preset>); 44] = [
    ("GitHub", Some(&github::PRESET)),
    ("GitHubSHA1", Some(&github_sha1::PRESET)),
    ("GitLab", Some(&gitlab::PRESET)),
    ("GitLabSigned", Some(&gitlab_signed::PRESET)),
    ("Bitbucket", Some(&bitbucket::PRESET)),
    ("Jira", Some(&jira::PRESET)),
    ("AtlassianConnect", None),
    ("Gitea", Some(&gitea::PRESET)),
    ("Forgejo", Some(&forgejo::PRESET)),
    ("Slack", Some(&slack::PRESET)),
    ("Discord", Some(&discord::PRESET)),
    ("Stripe", Some(&stripe::PRESET)),
    ("Shopify", Some(&shopify::PRESET)),
    ("Square", Some(&square::PRESET)),
    ("Paddle", Some(&paddle::PRESET)),
    ("WooCommerce", Some(&woocommerce::PRESET)),
    ("Razorpay", Some(&razorpay::PRESET)),
    ("LemonSqueezy", Some(&lemon_squeezy::PRESET)),
    ("StandardWebhooks", Some(&standard_webhooks::PRESET)),
    ("Svix", Some(&svix::PRESET)),
    ("Twilio", Some(&twilio::PRESET)),
    ("SendGrid", Some(&sendgrid::PRESET)),
    ("Mailgun", Some(&mailgun::PRESET)),
    ("Meta", Some(&meta::PRESET)),
    ("Zoom", Some(&zoom::PRESET)),
    ("PagerDuty", Some(&pager_duty::PRESET)),
    ("Linear", Some(&linear::PRESET)),
    ("Sentry", Some(&sentry::PRESET)),
    ("Typeform", Some(&typeform::PRESET)),
    ("Intercom", Some(&intercom::PRESET)),
    ("HubSpot", Some(&hubspot::PRESET)),
    ("CircleCI", Some(&circle_ci::PRESET)),
    ("Vercel", Some(&vercel::PRESET)),
    ("Doppler", Some(&doppler::PRESET)),
    ("WorkOS", Some(&workos::PRESET)),
    ("AmazonSNS", None),
    ("AzureEventGrid", Some(&azure_event_grid::PRESET)),
    ("MicrosoftGraph", Some(&microsoft_graph::PRESET)),
    ("CloudEvents", Some(&cloud_events::PRESET)),
    ("DingTalk", None),
    ("DingTalkRobot", Some(&dingtalk_robot::PRESET)),
    ("WeCom", Some(&wecom::PRESET)),
    ("WeChat", Some(&wechat::PRESET)),
    ("Feishu", Some(&feishu::PRESET)),
];

/// The row of a preset that is built.
pub fn find(name: &str) -> Option<&'static Preset> {
    TABLE.iter().find(|(known, _)| *known == name).and_then(|(_, row)| *row)
}

/// Every name that `preset:` may hold, in the order of the documentation, and whether it is built.
pub fn names() -> impl Iterator<Item = (&'static str, bool)> {
    TABLE.iter().map(|(name, row)| (*name, row.is_some()))
}

impl Preset {
    /// The role of keys with this use; `None` means that the preset takes no such key.
    pub fn role(&self, use_: KeyUse) -> Option<&KeyRole> {
        self.keys.iter().find(|role| role.use_ == use_)
    }

    /// The variants of the preset's signature; none for another proof.
    pub fn variants(&self) -> Vec<Variant> {
        match self.proof {
            Proof::Signature(variants) => variants(),
            Proof::Token(_) | Proof::Own(_) => Vec::new(),
        }
    }

    /// Whether messages are encrypted, and name whom they are for.
    pub fn encrypts_for_a_receiver(&self) -> bool {
        matches!(self.proof, Proof::Own(Own::WeCom))
    }

    /// Whether the proof covers the body. Where it does not, anyone who has seen one request can send any body.
    pub fn covers_body(&self) -> bool {
        match self.proof {
            Proof::Signature(variants) => variants().iter().any(|variant| variant.form.content.contains("{body}")),
            Proof::Own(Own::Twilio | Own::WeCom | Own::Feishu) => true,
            Proof::Token(_) | Proof::Own(Own::Mailgun | Own::MicrosoftGraph | Own::WeChat) => false,
        }
    }

    /// Whether the signature carries its time, so that `tolerance` may be set.
    pub fn has_timestamp(&self) -> bool {
        match self.proof {
            Proof::Signature(variants) => variants().iter().any(|variant| variant.form.timestamp.is_some()),
            Proof::Own(own) => own.window_ms().is_some(),
            Proof::Token(_) => false,
        }
    }
}
