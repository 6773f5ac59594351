//! A key of a form: what makes the tags that presented signatures are compared with, or checks them by itself.

use subtle::Choice;

use crate::plan::HashAlgorithm;
use crate::secret::Secret;

use super::content::Chunk;
use super::keys::KeyFault;
use super::mac::{MacKey, Tag};
use super::preset::SignMethod;
use super::public_key::{PublicAlgorithm, PublicKey};

/// A key of a form.
#[derive(Clone)]
pub(super) enum FormKey {
    /// Its schedule, and its bytes for `{secret}`.
    Mac { schedule: Box<MacKey>, secret: Secret },
    /// Its bytes for `{secret}`, and the hash of all.
    Digest { algorithm: HashAlgorithm, secret: Secret },
    /// The sender's public key.
    Public(PublicKey),
}

/// A signature as a request presents it.
pub(super) struct Presented {
    /// To be compared with tags.
    pub(super) tag: Tag,
    /// To be checked by a public key; empty when it cannot be decoded.
    pub(super) bytes: Vec<u8>,
}

impl FormKey {
    /// The key of its bytes.
    pub(super) fn new(method: SignMethod, algorithm: HashAlgorithm, secret: Secret) -> Result<Self, KeyFault> {
        let public =
            |algorithm| PublicKey::new(algorithm, secret.expose()).map(Self::Public).ok_or(KeyFault::NotAPublicKey);
        match method {
            SignMethod::Hmac => {
                let schedule = MacKey::new(algorithm, secret.expose()).ok_or(KeyFault::Empty)?;
                Ok(Self::Mac { schedule: Box::new(schedule), secret })
            }
            SignMethod::Digest => Ok(Self::Digest { algorithm, secret }),
            SignMethod::Ed25519 => public(PublicAlgorithm::Ed25519),
            SignMethod::EcdsaP256 => public(PublicAlgorithm::EcdsaP256),
        }
    }

    /// Whether one of the signatures is this key's.
    pub(super) fn holds(&self, chunks: &[Chunk<'_>], presented: &[Presented]) -> bool {
        match (self, self.tag(chunks)) {
            (Self::Public(key), _) => {
                let message = bytes(chunks, &[]).collect::<Vec<_>>().concat();
                presented.iter().any(|one| key.verifies(&message, &one.bytes))
            }
            (Self::Mac { .. } | Self::Digest { .. }, tag) => tag.is_some_and(|tag| {
                presented.iter().fold(Choice::from(0), |any, one| any | tag.equals(&one.tag)).into()
            }),
        }
    }

    /// The tag that the sender makes; `None` of a public key.
    pub(super) fn tag(&self, chunks: &[Chunk<'_>]) -> Option<Tag> {
        match self {
            Self::Mac { schedule, secret } => Some(schedule.tag(bytes(chunks, secret.expose()))),
            Self::Digest { algorithm, secret } => Some(Tag::digest(*algorithm, bytes(chunks, secret.expose()))),
            Self::Public(_) => None,
        }
    }

    /// The shared secret; `None` of a public key.
    pub(super) fn secret(&self) -> Option<&Secret> {
        match self {
            Self::Mac { secret, .. } | Self::Digest { secret, .. } => Some(secret),
            Self::Public(_) => None,
        }
    }
}

fn bytes<'a>(chunks: &'a [Chunk<'a>], secret: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    chunks.iter().map(move |chunk| match chunk {
        Chunk::Bytes(bytes) => &**bytes,
        Chunk::Secret => secret,
    })
}
