//! HMAC under the hashes that senders use: key schedules made once, tags of one fixed-size type.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use subtle::{Choice, ConstantTimeEq as _};

use crate::plan::HashAlgorithm;

/// Bytes of the longest tag, SHA-512's.
const LONGEST: usize = 64;

/// A key's schedule. Wiped when dropped.
#[derive(Clone)]
pub(super) enum MacKey {
    Sha1(Hmac<Sha1>),
    Sha256(Hmac<Sha256>),
    Sha384(Hmac<Sha384>),
    Sha512(Hmac<Sha512>),
}

impl fmt::Debug for MacKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("MacKey(…)")
    }
}

impl MacKey {
    /// `None` never happens: HMAC takes a key of any length (RFC 2104), but the library's signature cannot say so.
    pub(super) fn new(algorithm: HashAlgorithm, key: &[u8]) -> Option<Self> {
        Some(match algorithm {
            HashAlgorithm::SHA1 => Self::Sha1(Hmac::new_from_slice(key).ok()?),
            HashAlgorithm::SHA256 => Self::Sha256(Hmac::new_from_slice(key).ok()?),
            HashAlgorithm::SHA384 => Self::Sha384(Hmac::new_from_slice(key).ok()?),
            HashAlgorithm::SHA512 => Self::Sha512(Hmac::new_from_slice(key).ok()?),
        })
    }

    /// The tag of the concatenation of `chunks`.
    pub(super) fn tag<'a>(&self, chunks: impl Iterator<Item = &'a [u8]>) -> Tag {
        match self {
            Self::Sha1(key) => Tag::of(key.clone(), chunks),
            Self::Sha256(key) => Tag::of(key.clone(), chunks),
            Self::Sha384(key) => Tag::of(key.clone(), chunks),
            Self::Sha512(key) => Tag::of(key.clone(), chunks),
        }
    }
}

/// Bytes of a hash's tag.
pub(super) const fn tag_length(algorithm: HashAlgorithm) -> usize {
    match algorithm {
        HashAlgorithm::SHA1 => 20,
        HashAlgorithm::SHA256 => 32,
        HashAlgorithm::SHA384 => 48,
        HashAlgorithm::SHA512 => 64,
    }
}

/// A tag, or what was presented as one. Bytes behind the hash's length are zero on both sides, so a comparison takes
/// the same time whatever was presented.
#[derive(Clone)]
pub(super) struct Tag {
    bytes: [u8; LONGEST],
    real: Choice,
}

impl Tag {
    fn of<'a, M: Mac>(mut mac: M, chunks: impl Iterator<Item = &'a [u8]>) -> Self {
        for chunk in chunks {
            mac.update(chunk);
        }
        Self::padded(&mac.finalize().into_bytes(), Choice::from(1))
    }

    /// The plain hash of the concatenation of `chunks`.
    pub(super) fn digest<'a>(algorithm: HashAlgorithm, chunks: impl Iterator<Item = &'a [u8]>) -> Self {
        match algorithm {
            HashAlgorithm::SHA1 => Self::hash::<Sha1>(chunks),
            HashAlgorithm::SHA256 => Self::hash::<Sha256>(chunks),
            HashAlgorithm::SHA384 => Self::hash::<Sha384>(chunks),
            HashAlgorithm::SHA512 => Self::hash::<Sha512>(chunks),
        }
    }

    fn hash<'a, D: Digest>(chunks: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut hash = D::new();
        for chunk in chunks {
            hash.update(chunk);
        }
        Self::padded(&hash.finalize(), Choice::from(1))
    }

    /// A presented signature: `None`, and any length but `length`, equals no tag.
    pub(super) fn presented(bytes: Option<&[u8]>, length: usize) -> Self {
        let bytes = bytes.unwrap_or_default();
        Self::padded(bytes, Choice::from(u8::from(bytes.len() == length)))
    }

    fn padded(from: &[u8], real: Choice) -> Self {
        let mut bytes = [0; LONGEST];
        bytes.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        Self { bytes, real }
    }

    /// Whether both are the same tag.
    pub(super) fn equals(&self, other: &Self) -> Choice {
        self.bytes.ct_eq(&other.bytes) & self.real & other.real
    }

    /// The tag's own bytes.
    pub(super) fn bytes(&self, algorithm: HashAlgorithm) -> &[u8] {
        self.bytes.get(..tag_length(algorithm)).unwrap_or_default()
    }
}
