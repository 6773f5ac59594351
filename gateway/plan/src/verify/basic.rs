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

    /// Whether a login takes milliseconds of CPU.
    pub(super) fn is_expensive(&self) -> bool {
        match self {
            Self::Pair { .. } => false,
            Self::File(file) => file.is_expensive(),
        }
    }

    fn matches(&self, name: &[u8], secret: &[u8]) -> bool {
        match self {
            Self::Pair { username, password } => username.matches(name) & password.matches(secret),
            Self::File(file) => file.matches(name, secret),
        }
    }
}

/// The position of the key that the request's name and password match, and the name.
pub(super) fn verify(
    request: &RawRequest,
    keys: &KeyRing<BasicKey>,
    now: Timestamp,
) -> Result<(usize, String), Reason> {
    let presented = credentials(request, "basic")?.filter(|text| !text.is_empty()).ok_or(Reason::SignatureMissing)?;
    let pair = Zeroizing::new(STANDARD.decode(presented).unwrap_or_default());
    let colon = pair.iter().position(|byte| *byte == b':');
    let (name, password) = pair.split_at(colon.unwrap_or(0));
    let password = password.get(1..).unwrap_or_default();
    let position = keys.find(now, Reason::CredentialsInvalid, |key| colon.is_some() && key.matches(name, password))?;
    Ok((position, String::from_utf8_lossy(name).into_owned()))
}
