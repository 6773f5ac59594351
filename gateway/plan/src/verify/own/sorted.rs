//! SHA-1 over sorted strings, as WeChat and WeCom sign: a shared token, a time, a nonce, and in WeCom's case a cipher text,
//! sorted as bytes and joined without a separator.

use jiff::Timestamp;

use crate::plan::{HashAlgorithm, SignatureEncoding};
use crate::reason::Reason;
use crate::request::RawRequest;
use crate::secret::Secret;
use crate::verify::decode::{self, HexCase};
use crate::verify::field;
use crate::verify::keys::KeyRing;
use crate::verify::mac::{Tag, tag_length};
use crate::verify::timestamp::{self, Window};

/// Characters of a nonce.
const NONCE_LENGTH: usize = 64;

/// What the query says of the signature.
pub(super) struct Query {
    signature: String,
    timestamp: String,
    nonce: String,
}

impl Query {
    /// The three parameters, each there once.
    pub(super) fn of(request: &RawRequest, signature: &str) -> Result<Self, Reason> {
        let read = |name: &str| {
            let value = Self::parameter(request, name)?;
            value.filter(|value| !value.is_empty()).ok_or(Reason::SignatureMissing)
        };
        Ok(Self { signature: read(signature)?, timestamp: read("timestamp")?, nonce: read("nonce")? })
    }

    /// A parameter, decoded. One that is there twice, or is no text, is no part of a signature.
    pub(super) fn parameter(request: &RawRequest, name: &str) -> Result<Option<String>, Reason> {
        let value = field::query(request.query.as_deref(), name).map_err(|_| Reason::SignatureInvalid)?;
        value.map(|value| String::from_utf8(value.into_owned()).map_err(|_| Reason::SignatureInvalid)).transpose()
    }

    /// The position of the token that verifies it.
    pub(super) fn verify(
        &self,
        text: Option<&str>,
        window: Window,
        tokens: &KeyRing<Secret>,
        now: Timestamp,
    ) -> Result<usize, Reason> {
        let time = timestamp::parse(self.timestamp.as_bytes()).filter(|_| is_plain(&self.nonce));
        let time = time.ok_or(Reason::SignatureInvalid)?;
        let presented = decode::signature(&self.signature, SignatureEncoding::Hex, HexCase::Lower);
        let presented = Tag::presented(presented.as_deref(), tag_length(HashAlgorithm::SHA1));
        let position = tokens.find(now, Reason::SignatureInvalid, |token| {
            let own = [token.expose(), self.timestamp.as_bytes(), self.nonce.as_bytes()];
            let mut parts: Vec<&[u8]> = own.into_iter().chain(text.map(str::as_bytes)).collect();
            parts.sort_unstable();
            Tag::digest(HashAlgorithm::SHA1, parts.into_iter()).equals(&presented).into()
        })?;
        if window.holds(time, now) { Ok(position) } else { Err(Reason::TimestampOutOfRange) }
    }
}

/// Whether a nonce can be told from its neighbours.
fn is_plain(nonce: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    nonce.len() <= NONCE_LENGTH && nonce.bytes().all(plain)
}
