//! Secrets: bytes that cannot be printed, are compared in constant time and are wiped when dropped.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Secret bytes. There is no `PartialEq`: [`Secret::matches`] is the only comparison.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the bytes over.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Whether `presented` is this secret. An empty secret matches nothing, the empty string included. Both are hashed
    /// first, so that the time tells neither how much of it is right nor how long the secret is.
    pub fn matches(&self, presented: &[u8]) -> bool {
        let [expected, presented] =
            [self.expose(), presented].map(|bytes| Zeroizing::new(<[u8; 32]>::from(Sha256::digest(bytes))));
        !self.0.is_empty() && bool::from(expected.as_slice().ct_eq(presented.as_slice()))
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes, for a key schedule or an effect; never for a message.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(…)")
    }
}

/// The values of a route's keys and secrets, in the plan's order. They travel over the control channel and are never
/// stored.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Keys {
    /// `schemes[i][j]`: the value of the plan's `schemes[i].keys[j]`; `None` while its Secret is missing.
    pub schemes: Vec<Vec<Option<KeyValue>>>,
    /// `$secrets` by name; an absent one fails the attempt that needs it.
    pub secrets: std::collections::BTreeMap<String, SecretText>,
}

/// The value of one key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum KeyValue {
    /// The value of a Secret's key.
    Bytes(SecretText),
    /// A Secret of type `kubernetes.io/basic-auth`.
    BasicAuth {
        /// `username`
        username: SecretText,
        /// `password`
        password: SecretText,
    },
}

/// A secret on its way between the planes, written as base64.
#[derive(Clone, Debug)]
pub struct SecretText(pub Secret);

impl Serialize for SecretText {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        use base64::Engine as _;
        let text = Zeroizing::new(base64::engine::general_purpose::STANDARD.encode(self.0.expose()));
        out.serialize_str(&text)
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        use base64::Engine as _;
        let text = Zeroizing::new(String::deserialize(from)?);
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(text.as_bytes())
            .map_err(|_| serde::de::Error::custom("a secret that is not base64"))?;
        Ok(Self(Secret::new(bytes)))
    }
}

#[cfg(test)]
mod tests;
