//! Password files as `htpasswd` writes them: bcrypt and `{SHA}`, line by line.
//!
//! Source: <https://httpd.apache.org/docs/2.4/misc/password_encryptions.html>. A line that cannot be used is a problem of
//! that user alone; `apr1`, `crypt` and plain text are refused, because a stolen file of them is a file of passwords.
//!
//! A password that bcrypt has once found right is known again by a digest of it, so that a sender costs milliseconds of
//! CPU once and not with each request.

use std::sync::OnceLock;

use sha1::{Digest as _, Sha1};
use sha2::Sha256;
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
    /// What nobody knows who has not seen the file.
    fingerprint: Zeroizing<[u8; 32]>,
}

#[derive(Clone)]
enum Hash {
    Bcrypt(Slow),
    Sha1(Zeroizing<[u8; 20]>),
}

/// A bcrypt hash, and the digest of the password once it is known.
#[derive(Clone)]
struct Slow {
    hash: Zeroizing<String>,
    known: OnceLock<Zeroizing<[u8; 32]>>,
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
        (Self { users, fingerprint: Zeroizing::new(Sha256::digest(file).into()) }, faults)
    }

    /// Whether nobody can log in.
    pub(super) fn is_empty(&self) -> bool {
        self.users.is_empty()
    }

    /// Whether a login may take milliseconds of CPU.
    pub(super) fn is_expensive(&self) -> bool {
        self.users.iter().any(|(_, hash)| matches!(hash, Hash::Bcrypt(_)))
    }

    /// Whether the user of this name has logged in with this password before.
    pub(super) fn remembers(&self, name: &[u8], password: &[u8]) -> bool {
        let known = self.user(name).filter(|_| !password.is_empty());
        known.is_some_and(|hash| match hash {
            Hash::Bcrypt(slow) => slow.remembers(password),
            Hash::Sha1(_) => false,
        })
    }

    /// Whether the first user of this name has this password. A name that is not there costs what some user costs, the
    /// same each time. An empty password is nobody's.
    pub(super) fn matches(&self, name: &[u8], password: &[u8]) -> bool {
        let known = self.user(name);
        let holds = known.or_else(|| self.stand_in(name)).is_some_and(|hash| hash.matches(password));
        holds && known.is_some() && !password.is_empty()
    }

    fn user(&self, name: &[u8]) -> Option<&Hash> {
        self.users.iter().find(|(user, _)| user == name).map(|(_, hash)| hash)
    }

    /// The hash that is computed in vain for a name that is not there: always the same one for a name, and any of the
    /// file for some, so that the costs of the users do not tell who is one.
    fn stand_in(&self, name: &[u8]) -> Option<&Hash> {
        let digest = Sha256::new().chain_update(*self.fingerprint).chain_update(name).finalize();
        let number = digest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        let count = u64::try_from(self.users.len()).ok()?;
        let at = usize::try_from(number.checked_rem(count)?).ok()?;
        self.users.get(at).map(|(_, hash)| hash)
    }
}

impl Hash {
    fn matches(&self, password: &[u8]) -> bool {
        match self {
            Self::Bcrypt(slow) => slow.matches(password),
            Self::Sha1(hash) => Sha1::digest(password).as_slice().ct_eq(hash.as_slice()).into(),
        }
    }
}

impl Slow {
    fn matches(&self, password: &[u8]) -> bool {
        let holds = bcrypt::verify(password, self.hash.as_str()).unwrap_or(false);
        if holds {
            let _ = self.known.set(self.digest(password));
        }
        holds
    }

    fn remembers(&self, password: &[u8]) -> bool {
        self.known.get().is_some_and(|known| known.as_slice().ct_eq(self.digest(password).as_slice()).into())
    }

    /// Salted by the hash, which has a salt of its own.
    fn digest(&self, password: &[u8]) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(Sha256::new().chain_update(self.hash.as_bytes()).chain_update(password).finalize().into())
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
    Ok(Hash::Bcrypt(Slow { hash: Zeroizing::new(hash.to_owned()), known: OnceLock::new() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_names_cost_what_the_users_cost_each_always_the_same() {
        let hash = "$2y$04$uWJo9XfMMHOwsAs0ruXdd.fvYA1ND80FCFcsgOKkv7OWw8tI9TZlO";
        let text = format!("ada:{hash}\nbob:{{SHA}}/vNB+F2HQ559kaLUZbmHHvZrXpg=\neve:{}", hash.replace("04", "12"));
        let (file, faults) = Htpasswd::parse(text.as_bytes());
        assert_eq!(faults, []);
        let stands_in = |name: &str| {
            let hash = file.stand_in(name.as_bytes()).unwrap();
            file.users.iter().position(|(_, known)| std::ptr::eq(known, hash)).unwrap()
        };
        let mut seen = [0; 3];
        for number in 0..300 {
            let name = format!("nobody{number}");
            assert_eq!(stands_in(&name), stands_in(&name));
            seen[stands_in(&name)] += 1;
        }
        assert!(seen.iter().all(|count| *count > 50), "{seen:?}");
        assert!(Htpasswd::parse(b"").0.stand_in(b"ada").is_none());
    }
}
