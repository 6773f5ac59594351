//! Keys that verify senders: where each is kept, and what it is for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::reference::{LocalRef, SecretKeyRef};
use crate::rule::exactly_one;
use crate::text::{DateTime, ShortText};

/// A key; its Secret must have the label `boathook.dev/allow`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = [exactly_one(&["secretKeyRef", "secretRef"])]))]
pub struct Key {
    /// secretKeyRef is the Secret's key that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_key_ref: Option<SecretKeyRef>,
    /// secretRef is a whole Secret of type kubernetes.io/basic-auth. For `basic` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_ref: Option<LocalRef>,
    /// notAfter is when the key stops verifying.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<DateTime>,
    /// encoding of the key's text. Default: the scheme's, else `Plain`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<KeyEncoding>,
    /// stripPrefix is taken off the text before it is decoded, such as `whsec_`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strip_prefix: Option<ShortText>,
    /// use of the key: `Sign` verifies, `Decrypt` decrypts messages, `Challenge` proves handshakes. Default: `Sign`.
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    pub use_: Option<KeyUse>,
    /// id of the key as senders name it. For `httpMessageSignature`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<ShortText>,
    /// algorithm of the key. For `httpMessageSignature`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<KeyAlgorithm>,
}

/// How a key is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum KeyEncoding {
    /// The bytes of the text.
    Plain,
    /// Hexadecimal.
    Hex,
    /// Base64.
    Base64,
}

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum KeyUse {
    /// Verifies a signature, token or password.
    Sign,
    /// Decrypts a message.
    Decrypt,
    /// Proves a handshake.
    Challenge,
}

/// Algorithms of RFC 9421, 3.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::open::values_only)]
pub enum KeyAlgorithm {
    /// `hmac-sha256`
    HMACSHA256,
    /// `ed25519`
    Ed25519,
    /// `ecdsa-p256-sha256`
    ECDSAP256SHA256,
    /// `ecdsa-p384-sha384`
    ECDSAP384SHA384,
    /// `rsa-pss-sha512`
    RSAPSSSHA512,
    /// `rsa-v1_5-sha256`
    RSAPKCS1SHA256,
}
