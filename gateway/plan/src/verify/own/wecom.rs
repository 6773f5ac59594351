//! WeCom's callbacks: SHA-1 over the sorted token, time, nonce and cipher text; behind the cipher text a message, and whom it
//! is for.
//!
//! Source: <https://developer.work.weixin.qq.com/document/path/90968>. What is signed has no separators, so each part is held
//! to its shape.

use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use jiff::Timestamp;

use super::sorted::Query;
use crate::body::{self, Bounds};
use crate::json::{Json, Projection};
use crate::plan::TimestampUnit;
use crate::reason::Reason;
use crate::request::RawRequest;
use crate::secret::{KeyValue, Secret};
use crate::verify::aes::{self, BLOCK_SIZE, KEY_SIZE};
use crate::verify::extract::{self, UNVERIFIED_SIZE};
use crate::verify::keys::{KeyFault, KeyRing};
use crate::verify::timestamp::Window;

/// Messages are padded to two blocks of the cipher.
const PADDED_TO: u8 = 32;

/// Random bytes in front of a message.
const SALT_SIZE: usize = 16;

/// `EncodingAESKey`: 43 characters, whose last one may have bits that say nothing.
const AES_KEY: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The AES key of its text.
pub(super) fn aes_key(value: &KeyValue) -> Result<Secret, KeyFault> {
    let KeyValue::Bytes(text) = value else { return Err(KeyFault::NotOneValue) };
    let key = AES_KEY.decode(text.0.expose()).map_err(|_| KeyFault::NotAnAesKey)?;
    if key.len() == KEY_SIZE { Ok(Secret::new(key)) } else { Err(KeyFault::NotAnAesKey) }
}

/// The position of the token that verifies the request.
pub(super) fn verify(
    request: &RawRequest,
    tolerance_ms: u64,
    tokens: &KeyRing<Secret>,
    now: Timestamp,
) -> Result<usize, Reason> {
    let query = Query::of(request, "msg_signature")?;
    let text = cipher_text(request).ok_or(Reason::SignatureMissing)?;
    let window = Window { unit: TimestampUnit::Seconds, tolerance_ms };
    query.verify(Some(&text), window, tokens, now)
}

/// The message of a verified request: under one of the keys, and for this receiver.
pub(super) fn open(request: &RawRequest, keys: &KeyRing<Secret>, receiver: &str, now: Timestamp) -> Option<Bytes> {
    let text = STANDARD.decode(cipher_text(request)?).ok()?;
    keys.in_force(now).find_map(|(_, key)| {
        let iv = key.expose().get(..BLOCK_SIZE)?;
        message(&aes::decrypt(key.expose(), iv, &text, PADDED_TO)?, receiver)
    })
}

fn message(plain: &[u8], receiver: &str) -> Option<Bytes> {
    let (length, rest) = plain.get(SALT_SIZE..)?.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let message = rest.get(..length)?;
    let is_ours = !receiver.is_empty() && rest.get(length..)? == receiver.as_bytes();
    is_ours.then(|| Bytes::copy_from_slice(message))
}

/// The cipher text as written: in the query of a URL check, else in the body, XML or JSON.
fn cipher_text(request: &RawRequest) -> Option<String> {
    let text = if request.method == Method::GET {
        Query::parameter(request, "echostr").ok().flatten()?
    } else if request.body.len() > UNVERIFIED_SIZE {
        return None;
    } else if request.body.trim_ascii_start().starts_with(b"{") {
        extract::scalar(&request.body, &["encrypt"])?
    } else {
        in_xml(&request.body)?
    };
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || [b'+', b'/', b'='].contains(&byte);
    (!text.is_empty() && text.bytes().all(is_base64)).then_some(text)
}

/// The text of the one `Encrypt` below the root. The reader takes no document type declaration.
fn in_xml(text: &[u8]) -> Option<String> {
    let mut wanted = Projection::default();
    wanted.add(["Encrypt"]);
    let type_ = (header::CONTENT_TYPE, HeaderValue::from_static("text/xml; charset=utf-8"));
    let headers = HeaderMap::from_iter([type_]);
    let bounds = Bounds { decoded: 0, room: UNVERIFIED_SIZE * 4 };
    match body::read(&headers, text, &wanted, bounds).ok()?.data.get(["Encrypt"])? {
        Json::String(text) => Some((**text).to_owned()),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Bytes(_) | Json::Array(_) | Json::Object(_) => None,
    }
}
