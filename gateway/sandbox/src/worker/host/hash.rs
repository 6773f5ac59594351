//! Hashes and HMAC (RFC 2104), by the crates that verify senders.

use hmac::{Hmac, KeyInit, Mac};
use sha1::{Digest, Sha1};
use sha2::{Sha256, Sha384, Sha512};

/// The hashes that scripts have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Algorithm {
    /// By its name as `createHash` takes it, lower case and without a hyphen.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "sha1" => Some(Self::Sha1),
            "sha256" => Some(Self::Sha256),
            "sha384" => Some(Self::Sha384),
            "sha512" => Some(Self::Sha512),
            _ => None,
        }
    }

    pub(super) fn hash(self) -> Box<dyn Hash> {
        match self {
            Self::Sha1 => Box::new(Plain(Sha1::new())),
            Self::Sha256 => Box::new(Plain(Sha256::new())),
            Self::Sha384 => Box::new(Plain(Sha384::new())),
            Self::Sha512 => Box::new(Plain(Sha512::new())),
        }
    }

    pub(super) fn hmac(self, key: &[u8]) -> Box<dyn Hash> {
        match self {
            Self::Sha1 => keyed::<Hmac<Sha1>>(key),
            Self::Sha256 => keyed::<Hmac<Sha256>>(key),
            Self::Sha384 => keyed::<Hmac<Sha384>>(key),
            Self::Sha512 => keyed::<Hmac<Sha512>>(key),
        }
    }
}

/// A hash that is told its data bit by bit.
pub(super) trait Hash {
    fn update(&mut self, data: &[u8]);
    fn finish(self: Box<Self>) -> Vec<u8>;
}

struct Plain<D>(D);

impl<D: Digest> Hash for Plain<D> {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }

    fn finish(self: Box<Self>) -> Vec<u8> {
        self.0.finalize().to_vec()
    }
}

/// A key of any length is one: the error of the library's signature, and so `None`, does not occur.
struct Keyed<M>(Option<M>);

impl<M: Mac> Hash for Keyed<M> {
    fn update(&mut self, data: &[u8]) {
        if let Some(mac) = &mut self.0 {
            mac.update(data);
        }
    }

    fn finish(self: Box<Self>) -> Vec<u8> {
        self.0.map(|mac| mac.finalize().into_bytes().to_vec()).unwrap_or_default()
    }
}

fn keyed<M: Mac + KeyInit + 'static>(key: &[u8]) -> Box<dyn Hash> {
    Box::new(Keyed(<M as KeyInit>::new_from_slice(key).ok()))
}
