//! How senders are verified, as plain data: schemes, keys without their values, the declarative form of a signature.

use serde::{Deserialize, Serialize};

use super::jwt::JwtRules;

/// Schemes, and how many of them must hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    /// All or any.
    pub match_: Match,
    /// At least one.
    pub schemes: Vec<Scheme>,
}

/// How several schemes combine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Match {
    /// Every scheme must hold.
    All,
    /// One scheme must hold.
    Any,
}

/// One way to verify a sender, and the keys that it may use (their values are the route's, in this order).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scheme {
    /// What is checked.
    pub kind: SchemeKind,
    /// One for each entry of `keys` in the workflow.
    pub keys: Vec<KeySpec>,
    /// A preset's own time tolerance in milliseconds, where the workflow sets one.
    pub tolerance_ms: Option<u64>,
    /// What the workflow says to its preset alone.
    #[serde(default, skip_serializing_if = "SchemeOptions::is_empty")]
    pub options: SchemeOptions,
}

/// The typed options of presets; validation says which preset takes which.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SchemeOptions {
    /// The URL that the sender signed, where that is not the one it called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// Whom encrypted messages must be for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receiver_id: Option<String>,
    /// DNS names of senders that may ask to send.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed_origins: Vec<String>,
}

impl SchemeOptions {
    /// Whether the workflow says nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The kinds of schemes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SchemeKind {
    /// A row of the preset table, by its name in `preset:`.
    Preset(String),
    /// The declarative form.
    Hmac(Box<HmacForm>),
    /// RFC 7617.
    Basic,
    /// RFC 6750, header only.
    Bearer,
    /// A key in a header or a query parameter.
    ApiKey(ApiKeyPlace),
    /// RFC 7519, header only.
    Jwt(Box<JwtRules>),
}

impl SchemeKind {
    /// How `$context.identity.scheme` calls it: the preset, or the scheme's field in the workflow.
    pub fn name(&self) -> &str {
        match self {
            Self::Preset(name) => name,
            Self::Hmac(_) => "hmac",
            Self::Basic => "basic",
            Self::Bearer => "bearer",
            Self::ApiKey(_) => "apiKey",
            Self::Jwt(_) => "jwt",
        }
    }
}

/// Where an API key is presented.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ApiKeyPlace {
    /// A header field, by name.
    Header(String),
    /// A query parameter, by name.
    Query(String),
}

/// What a workflow says of a key; never the key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeySpec {
    /// Sign, Decrypt or Challenge.
    pub use_: KeyUse,
    /// How the key's text becomes bytes.
    pub encoding: KeyEncoding,
    /// Taken off the text first (`whsec_`).
    pub strip_prefix: Option<String>,
    /// Unix milliseconds after which the key is out of force.
    pub not_after_ms: Option<i64>,
}

/// What a key is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyUse {
    /// Verifies a signature, token or password.
    #[default]
    Sign,
    /// Decrypts a message.
    Decrypt,
    /// Proves a handshake.
    Challenge,
}

/// How a key is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyEncoding {
    /// The bytes of the text.
    #[default]
    Plain,
    /// Hexadecimal, either case.
    Hex,
    /// Base64, standard alphabet.
    Base64,
}

/// The declarative form of a signature: most senders are an instance of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HmacForm {
    /// The header field that carries the signature.
    pub header: String,
    /// How the field is written.
    pub format: SignatureFormat,
    /// The hash.
    pub algorithm: HashAlgorithm,
    /// How the signature's bytes are written.
    pub encoding: SignatureEncoding,
    /// Template of the signed bytes, such as `{timestamp}.{body}`.
    pub content: String,
    /// Where the signing time is.
    pub timestamp: Option<TimestampSource>,
    /// The header field that carries the delivery's id.
    pub id_header: Option<String>,
}

/// How a signature header is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SignatureFormat {
    /// One signature behind a fixed prefix, which may be empty.
    Raw {
        /// Such as `sha256=`.
        prefix: String,
    },
    /// `t=1,v1=ab,v1=cd`
    KeyValueList {
        /// Between items, such as `,`.
        separator: String,
        /// Between key and value, such as `=`.
        assign: String,
        /// Keys whose values are signatures, such as `v1`.
        keys: Vec<String>,
    },
    /// `v1,ab v1,cd`: items between spaces, each `version,signature`.
    SpacedList {
        /// Versions whose values are signatures, such as `v1`.
        versions: Vec<String>,
    },
}

/// Hashes for HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignatureEncoding {
    /// Hexadecimal.
    Hex,
    /// Base64 with padding, canonical.
    Base64,
    /// Base64url without padding, canonical.
    Base64URL,
}

/// Where the signing time is and how far off it may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TimestampSource {
    /// The place.
    pub place: TimestampPlace,
    /// The unit.
    pub unit: TimestampUnit,
    /// Milliseconds either side of now.
    pub tolerance_ms: u64,
}

/// Where a signing time is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TimestampPlace {
    /// A header field, by name.
    Header(String),
    /// An item of the signature header, by key.
    SignatureKey(String),
    /// A JSON pointer into the body, read by the bounded extractor.
    BodyPointer(String),
}

/// The unit of a signing time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TimestampUnit {
    /// Unix seconds.
    Seconds,
    /// Unix milliseconds.
    Milliseconds,
}
