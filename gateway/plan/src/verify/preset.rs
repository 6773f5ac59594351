//! The senders we know, as data: one table of names, one row with all columns for each that is built.
//!
//! Adding one is a file under `preset/` and its row here. Nothing else in the crate knows a provider's name.

mod github;
mod gitlab;
mod shopify;
mod slack;
mod standard_webhooks;
mod stripe;
mod svix;

use http::Method;

use crate::plan::{ApiKeyPlace, HmacForm, KeyEncoding, KeyUse};

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
    /// A request that is answered and not run.
    pub handshake: Option<Handshake>,
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
    /// The declarative form. More than one are header names of one sender: the first whose signature header is present
    /// is the only one that is tried.
    Hmac(fn() -> Vec<HmacForm>),
    /// A token in a header field or query parameter. It says nothing of the body.
    Token(fn() -> ApiKeyPlace),
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
}

/// Where a fact of a verified request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A header field.
    Header(&'static str),
    /// A member of a JSON body: names from the root.
    Body(&'static [&'static str]),
}

/// Where a delivery's id is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdPlace {
    /// The place.
    pub place: Place,
    /// Whether the signature covers it.
    pub signed: bool,
}

/// A request of the sender's own that is no event. It is proved like any other request, by the preset's signature.
#[derive(Debug)]
pub struct Handshake {
    /// The method it comes with.
    pub method: Method,
    /// Where it is recognised.
    pub place: Place,
    /// What stands there.
    pub value: &'static str,
    /// What it is answered.
    pub answer: HandshakeAnswer,
}

/// The answer to a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandshakeAnswer {
    /// A constant JSON text, with status 200.
    Json(&'static str),
    /// The text at this place, as `text/plain` with status 200: never a type that a browser would run.
    Echo(Place),
}

/// Every preset there will be, and its row once it is built.
static TABLE: [(&str, Option<&Preset>); 44] = [
    ("GitHub", Some(&github::PRESET)),
    ("GitHubSHA1", None),
    ("GitLab", Some(&gitlab::PRESET)),
    ("GitLabSigned", None),
    ("Bitbucket", None),
    ("Jira", None),
    ("AtlassianConnect", None),
    ("Gitea", None),
    ("Forgejo", None),
    ("Slack", Some(&slack::PRESET)),
    ("Discord", None),
    ("Stripe", Some(&stripe::PRESET)),
    ("Shopify", Some(&shopify::PRESET)),
    ("Square", None),
    ("Paddle", None),
    ("WooCommerce", None),
    ("Razorpay", None),
    ("LemonSqueezy", None),
    ("StandardWebhooks", Some(&standard_webhooks::PRESET)),
    ("Svix", Some(&svix::PRESET)),
    ("Twilio", None),
    ("SendGrid", None),
    ("Mailgun", None),
    ("Meta", None),
    ("Zoom", None),
    ("PagerDuty", None),
    ("Linear", None),
    ("Sentry", None),
    ("Typeform", None),
    ("Intercom", None),
    ("HubSpot", None),
    ("CircleCI", None),
    ("Vercel", None),
    ("Doppler", None),
    ("WorkOS", None),
    ("AmazonSNS", None),
    ("AzureEventGrid", None),
    ("MicrosoftGraph", None),
    ("CloudEvents", None),
    ("DingTalk", None),
    ("DingTalkRobot", None),
    ("WeCom", None),
    ("WeChat", None),
    ("Feishu", None),
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

    /// The forms of the preset's signature; none for a token.
    pub fn forms(&self) -> Vec<HmacForm> {
        match self.proof {
            Proof::Hmac(forms) => forms(),
            Proof::Token(_) => Vec::new(),
        }
    }

    /// Whether the proof covers the body. Where it does not, anyone who has seen one request can send any body.
    pub fn covers_body(&self) -> bool {
        self.forms().iter().any(|form| form.content.contains("{body}"))
    }

    /// Whether the signature carries its time, so that `tolerance` may be set.
    pub fn has_timestamp(&self) -> bool {
        self.forms().iter().any(|form| form.timestamp.is_some())
    }
}
