//! Feishu and Lark: SHA-256 over time, nonce, encrypt key and body; the body holds a cipher text under the same key.
//!
//! Source: <https://open.feishu.cn/document/server-docs/event-subscription-guide/event-subscription-configure-/request-url-configuration-case>.
//! Its URL check comes without a signature, encrypted, and is proved by the verification token inside.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::HeaderName;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::plan::{HashAlgorithm, SignatureEncoding, TimestampUnit};
use crate::reason::Reason;
use crate::request::RawRequest;
use crate::secret::Secret;
use crate::verify::aes::{self, BLOCK_SIZE};
use crate::verify::decode::{self, HexCase};
use crate::verify::extract::{self, UNVERIFIED_SIZE};
use crate::verify::field;
use crate::verify::keys::KeyRing;
use crate::verify::mac::{Tag, tag_length};
use crate::verify::timestamp::{self, Window};

/// The field that carries the signature.
pub(super) static SIGNATURE: HeaderName = HeaderName::from_static("x-lark-signature");

const TIMESTAMP: HeaderName = HeaderName::from_static("x-lark-request-timestamp");
const NONCE: HeaderName = HeaderName::from_static("x-lark-request-nonce");

/// Characters of a nonce: it is the time's neighbour, without a separator.
const NONCE_LENGTH: usize = 64;

/// Messages are padded to one block of the cipher.
const PADDED_TO: u8 = 16;

/// The position of the key that verifies the request.
pub(super) fn verify(
    request: &RawRequest,
    tolerance_ms: u64,
    keys: &KeyRing<Secret>,
    now: Timestamp,
) -> Result<usize, Reason> {
    let [signature, time, nonce] = [&SIGNATURE, &TIMESTAMP, &NONCE].map(|name| read(request, name));
    let (signature, time, nonce) = (signature?, time?, nonce?);
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte == b'-';
    let is_nonce = nonce.len() <= NONCE_LENGTH && nonce.iter().all(plain);
    let at = timestamp::parse(time).filter(|_| is_nonce).ok_or(Reason::SignatureInvalid)?;
    let text = std::str::from_utf8(signature).unwrap_or_default();
    let presented = decode::signature(text, SignatureEncoding::Hex, HexCase::Lower);
    let presented = Tag::presented(presented.as_deref(), tag_length(HashAlgorithm::SHA256));
    let position = keys.find(now, Reason::SignatureInvalid, |key| {
        let signed = [time, nonce, key.expose(), &request.body];
        Tag::digest(HashAlgorithm::SHA256, signed.into_iter()).equals(&presented).into()
    })?;
    let window = Window { unit: TimestampUnit::Seconds, tolerance_ms };
    if window.holds(at, now) { Ok(position) } else { Err(Reason::TimestampOutOfRange) }
}

fn read<'a>(request: &'a RawRequest, name: &HeaderName) -> Result<&'a [u8], Reason> {
    let value = field::header(&request.headers, name).map_err(|_| Reason::SignatureInvalid)?;
    value.filter(|value| !value.is_empty()).ok_or(Reason::SignatureMissing)
}

/// The message of a body, under one of the keys.
pub(super) fn open(body: &[u8], keys: &KeyRing<Secret>, now: Timestamp) -> Option<Bytes> {
    let text = STANDARD.decode(extract::scalar(body, &["encrypt"])?).ok()?;
    let (iv, text) = text.split_at_checked(BLOCK_SIZE)?;
    let message = keys.in_force(now).find_map(|(_, key)| {
        let message = aes::decrypt(&Sha256::digest(key.expose()), iv, text, PADDED_TO)?;
        // Nothing tells a wrong key but what comes out of it.
        serde_json::from_slice::<serde::de::IgnoredAny>(&message).is_ok().then_some(message)
    });
    message.map(Bytes::from)
}

/// The message of a request that nobody signed: a URL check, as far as one can tell.
pub(super) fn unsigned(request: &RawRequest, keys: &KeyRing<Secret>, now: Timestamp) -> Option<Bytes> {
    let is_signed = request.headers.contains_key(&SIGNATURE);
    if is_signed || request.body.len() > UNVERIFIED_SIZE { None } else { open(&request.body, keys, now) }
}
