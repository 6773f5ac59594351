//! `basic` (RFC 7617): a pair, or a password file. UTF-8; the first colon ends the name, so a password may hold colons.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::reason::Reason;
use crate::request::RawRequest;
use crate::secret::{KeyValue, Secret};

use super::htpasswd::{FILE_SIZE, Htpasswd, LineFault};
use super::keys::{KeyFault, KeyRing};
use super::token::credentials;

/// The challenge: passwords are read as UTF-8.
pub(super) const CHALLENGE: &str = r#"Basic realm="boathook", charset="UTF-8""#;

/// One entry of `keys`.
#[derive(Clone)]
pub(super) enum BasicKey {
    /// A Secret of type `kubernetes.io/basic-auth`.
    Pair { username: Secret, password: Secret },
    /// The content of a password file.
    File(Htpasswd),
}

impl BasicKey {
    /// The key of a value, and the lines of a password file that cannot be used.
    pub(super) fn new(value: &KeyValue) -> Result<(Self, Vec<LineFault>), KeyFault> {
        match value {
            KeyValue::BasicAuth { username, password } if username.0.is_empty() || password.0.is_empty() => {
                Err(KeyFault::IncompletePair)
            }
            KeyValue::BasicAuth { username, password } => {
                Ok((Self::Pair { username: username.0.clone(), password: password.0.clone() }, Vec::new()))
            }
            KeyValue::Bytes(file) => {
                let file = file.0.expose();
                if file.len() > FILE_SIZE {
                    return Err(KeyFault::FileTooLarge(FILE_SIZE));
                }
                let (file, faults) = Htpasswd::parse(file);
                if file.is_empty() && faults.is_empty() {
                    return Err(KeyFault::NoUser);
                }
                Ok((Self::File(file), faults))
            }
        }
    }

    /// Whether a login may take milliseconds of CPU.
    pub(super) fn is_expensive(&self) -> bool {
        match self {
            Self::Pair { .. } => false,
            Self::File(file) => file.is_expensive(),
        }
    }

    /// Whether this login held before, so that nothing needs to be hashed slowly.
    fn remembers(&self, name: &[u8], secret: &[u8]) -> bool {
        match self {
            Self::Pair { .. } => false,
            Self::File(file) => file.remembers(name, secret),
        }
    }

    fn matches(&self, name: &[u8], secret: &[u8]) -> bool {
        match self {
            Self::Pair { username, password } => username.matches(name) & password.matches(secret),
            Self::File(file) => file.matches(name, secret),
        }
    }
}

/// A name and a password as presented, or a text that is no such pair.
struct Login {
    text: Zeroizing<Vec<u8>>,
}

impl Login {
    fn of(request: &RawRequest) -> Result<Self, Reason> {
        let presented = credentials(request, "basic")?.filter(|text| !text.is_empty());
        let text = STANDARD.decode(presented.ok_or(Reason::SignatureMissing)?).unwrap_or_default();
        Ok(Self { text: Zeroizing::new(text) })
    }

    fn pair(&self) -> Option<(&[u8], &[u8])> {
        let colon = self.text.iter().position(|byte| *byte == b':')?;
        Some((self.text.get(..colon)?, self.text.get(colon + 1..)?))
    }

    /// The position of a key that remembers this login.
    fn remembered(&self, keys: &KeyRing<BasicKey>, now: Timestamp) -> Option<usize> {
        let (name, password) = self.pair()?;
        keys.in_force(now).find(|(_, key)| key.remembers(name, password)).map(|(position, _)| position)
    }
}

/// The position of the key that the request's name and password match, and the name.
pub(super) fn verify(
    request: &RawRequest,
    keys: &KeyRing<BasicKey>,
    now: Timestamp,
) -> Result<(usize, String), Reason> {
    let login = Login::of(request)?;
    let matches = |key: &BasicKey| login.pair().is_some_and(|(name, password)| key.matches(name, password));
    let position = match login.remembered(keys, now) {
        Some(position) => position,
        None => keys.find(now, Reason::CredentialsInvalid, matches)?,
    };
    let name = login.pair().map_or(&[][..], |(name, _)| name);
    Ok((position, String::from_utf8_lossy(name).into_owned()))
}

/// Whether [`verify`] would take milliseconds of CPU for this request: it presents a login that is not known yet.
pub(super) fn is_expensive(request: &RawRequest, keys: &KeyRing<BasicKey>, now: Timestamp) -> bool {
    let slow = || keys.in_force(now).any(|(_, key)| key.is_expensive());
    slow() && Login::of(request).is_ok_and(|login| login.pair().is_some() && login.remembered(keys, now).is_none())
}
