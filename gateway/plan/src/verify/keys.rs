//! The keys of one scheme: decoded once, each in force until its time.

use std::fmt;

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use jiff::Timestamp;

use crate::plan::{KeyEncoding, KeySpec};
use crate::reason::Reason;
use crate::secret::{KeyValue, Secret};

use super::decode::hex_digits;

/// Keys are the owner's, not a stranger's: padding may be left off, everything else is strict.
const KEY_BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why a key can never match. Nothing of its value is in the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum KeyFault {
    #[error("the key must not be empty")]
    Empty,
    #[error("the key must be hexadecimal, as its encoding says")]
    NotHex,
    #[error("the key must be base64, as its encoding says; a line break at its end is not part of it")]
    NotBase64,
    #[error("the key must be text that a header field can hold; a line break at its end is not part of it")]
    NotAHeader,
    #[error("the key must be one value of a Secret, not a Secret of type kubernetes.io/basic-auth")]
    NotOneValue,
    #[error("the key must be a Secret of type kubernetes.io/basic-auth with a username and a password")]
    IncompletePair,
    #[error("the key must be the public key that the sender shows")]
    NotAPublicKey,
    #[error("the key must be an EncodingAESKey: 43 characters, as the sender shows it")]
    NotAnAesKey,
    #[error("the key is a public one: only the sender can sign")]
    OnlyPublic,
    #[error("the key is in a key set: only the issuer signs with it")]
    OnlyInASet,
    #[error("the key is a public one, or a key set: whoever has it could sign")]
    NoSecret,
    #[error("the key must have as many bytes as the hash of one of `algorithms`, at least (RFC 7518, 3.2)")]
    TooShort,
    #[error("the key set must be a JWK Set (RFC 7517) with a key for one of `algorithms`")]
    NotAKeySet,
    #[error("the key set must have at most {0} keys")]
    TooManyKeys(usize),
    #[error("the htpasswd file must name a user")]
    NoUser,
    #[error("the htpasswd file must have at most {0} bytes")]
    FileTooLarge(usize),
}

/// The bytes of a key: prefix taken off, decoded, never trimmed.
pub(super) fn decode(spec: &KeySpec, value: &KeyValue) -> Result<Secret, KeyFault> {
    let KeyValue::Bytes(text) = value else { return Err(KeyFault::NotOneValue) };
    let text = text.0.expose();
    let text = spec.strip_prefix.as_ref().and_then(|prefix| text.strip_prefix(prefix.as_bytes())).unwrap_or(text);
    let bytes = match spec.encoding {
        KeyEncoding::Plain => text.to_vec(),
        KeyEncoding::Hex => hex_digits(text).ok_or(KeyFault::NotHex)?,
        KeyEncoding::Base64 => KEY_BASE64.decode(text).map_err(|_| KeyFault::NotBase64)?,
    };
    if bytes.is_empty() { Err(KeyFault::Empty) } else { Ok(Secret::new(bytes)) }
}

/// Usable keys, in the workflow's order.
#[derive(Clone)]
pub(super) struct KeyRing<K> {
    keys: Vec<Entry<K>>,
}

#[derive(Clone)]
struct Entry<K> {
    position: usize,
    not_after_ms: Option<i64>,
    key: K,
}

impl<K> Default for KeyRing<K> {
    fn default() -> Self {
        Self { keys: Vec::new() }
    }
}

impl<K> fmt::Debug for KeyRing<K> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "KeyRing({} keys)", self.keys.len())
    }
}

impl<K> KeyRing<K> {
    /// Adds a key that stands at `position` of the workflow's list.
    pub(super) fn push(&mut self, position: usize, spec: &KeySpec, key: K) {
        self.keys.push(Entry { position, not_after_ms: spec.not_after_ms, key });
    }

    /// The position of the first key in force that `matches`; `wrong` when none does.
    pub(super) fn find(
        &self,
        now: Timestamp,
        wrong: Reason,
        mut matches: impl FnMut(&K) -> bool,
    ) -> Result<usize, Reason> {
        let mut verdict = Reason::KeyUnavailable;
        for (position, key) in self.in_force(now) {
            if matches(key) {
                return Ok(position);
            }
            verdict = wrong;
        }
        Err(verdict)
    }

    /// Keys whose time is not over, with their position. The moment of `notAfter` is the last one in force.
    pub(super) fn in_force(&self, now: Timestamp) -> impl Iterator<Item = (usize, &K)> {
        let now = now.as_millisecond();
        self.keys
            .iter()
            .filter(move |entry| entry.not_after_ms.is_none_or(|last| now <= last))
            .map(|entry| (entry.position, &entry.key))
    }

    /// The key at a position of the workflow's list.
    pub(super) fn at(&self, position: usize) -> Option<&K> {
        self.keys.iter().find(|entry| entry.position == position).map(|entry| &entry.key)
    }

    /// Every key, in force or not.
    pub(super) fn all(&self) -> impl Iterator<Item = &K> {
        self.keys.iter().map(|entry| &entry.key)
    }
}
