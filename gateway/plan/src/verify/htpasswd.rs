//! Password files as `htpasswd` writes them: bcrypt and `{SHA}`, line by line.
//!
//! Source: <https://httpd.apache.org/docs/2.4/misc/password_encryptions.html>. A line that cannot be used is a problem of
//! that user alone; `apr1`, `crypt` and plain text are refused, because a stolen file of them is a file of passwords.

use sha1::{Digest as _, Sha1};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::plan::SignatureEncoding;

use super::decode;

/// Bytes of a file.
pub(super) const FILE_SIZE: usize = 64 << 10;

/// The highest bcrypt cost: about a quarter of a second of CPU. `htpasswd -B` uses 5, its manual's ceiling is 17.
const BCRYPT_COST: u32 = 12;

/// Users and the hashes of their passwords.
#[derive(Clone)]
pub(super) struct Htpasswd {
    users: Vec<(Vec<u8>, Hash)>,
}

#[derive(Clone)]
enum Hash {
    Bcrypt(Zeroizing<String>),
    Sha1(Zeroizing<[u8; 20]>),
}

/// A line that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum LineFault {
    #[error("line {0} must be user:hash")]
    NotAPair(usize),
    #[error("line {0} must be hashed with bcrypt (htpasswd -B): apr1, crypt and plain text are not accepted")]
    Weak(usize),
    #[error("line {0} must have a bcrypt cost of at most {max}", max = BCRYPT_COST)]
    Costly(usize),
    #[error("line {0} must hold a complete hash")]
    Damaged(usize),
}

impl Htpasswd {
    /// Reads a file, and says which lines cannot be used.
    pub(super) fn parse(file: &[u8]) -> (Self, Vec<LineFault>) {
        let mut users = Vec::new();
        let mut faults = Vec::new();
        for (index, line) in file.split(|byte| *byte == b'\n').enumerate() {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() || line.starts_with(b"#") {
                continue;
            }
            match user(line, index + 1) {
                Ok(user) => users.push(user),
                Err(fault) => faults.push(fault),
            }
        }
        (Self { users }, faults)
    }

    /// Whether nobody can log in.
    pub(super) fn is_empty(&self) -> bool {
        self.users.is_empty()
    }

    /// Whether a login takes milliseconds of CPU.
    pub(super) fn is_expensive(&self) -> bool {
        self.users.iter().any(|(_, hash)| matches!(hash, Hash::Bcrypt(_)))
    }

    /// Whether the first user of this name has this password. A name that is not there costs as much as one that is.
    pub(super) fn matches(&self, name: &[u8], password: &[u8]) -> bool {
        let known = self.users.iter().find(|(user, _)| user == name).map(|(_, hash)| hash);
        let holds = known.or_else(|| self.stand_in()).is_some_and(|hash| hash.matches(password));
        holds && known.is_some()
    }

    /// The hash that is computed in vain for a name that is not there.
    fn stand_in(&self) -> Option<&Hash> {
        self.users.iter().map(|(_, hash)| hash).find(|hash| matches!(hash, Hash::Bcrypt(_)))
    }
}

impl Hash {
    fn matches(&self, password: &[u8]) -> bool {
        match self {
            Self::Bcrypt(hash) => bcrypt::verify(password, hash.as_str()).unwrap_or(false),
            Self::Sha1(hash) => Sha1::digest(password).as_slice().ct_eq(hash.as_slice()).into(),
        }
    }
}

fn user(line: &[u8], number: usize) -> Result<(Vec<u8>, Hash), LineFault> {
    let colon = line.iter().position(|byte| *byte == b':').ok_or(LineFault::NotAPair(number))?;
    let (name, hash) = line.split_at(colon);
    let hash = std::str::from_utf8(hash.get(1..).unwrap_or_default()).map_err(|_| LineFault::Weak(number))?;
    if name.is_empty() || hash.is_empty() {
        return Err(LineFault::NotAPair(number));
    }
    Ok((name.to_vec(), hashed(hash, number)?))
}

fn hashed(hash: &str, number: usize) -> Result<Hash, LineFault> {
    if let Some(digest) = hash.strip_prefix("{SHA}") {
        let bytes = decode::signature(digest, SignatureEncoding::Base64, decode::HexCase::Lower);
        let bytes = bytes.and_then(|bytes| <[u8; 20]>::try_from(bytes).ok());
        return bytes.map(|bytes| Hash::Sha1(Zeroizing::new(bytes))).ok_or(LineFault::Damaged(number));
    }
    if !["$2y$", "$2b$", "$2a$"].iter().any(|version| hash.starts_with(version)) {
        return Err(LineFault::Weak(number));
    }
    let parts: bcrypt::HashParts = hash.parse().map_err(|_| LineFault::Damaged(number))?;
    if parts.get_cost() > BCRYPT_COST {
        return Err(LineFault::Costly(number));
    }
    Ok(Hash::Bcrypt(Zeroizing::new(hash.to_owned())))
}
