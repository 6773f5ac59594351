//! Twilio's `X-Twilio-Signature`: HMAC-SHA1 over the URL, and over the parameters of a form, sorted and joined without a
//! separator; of any other body the URL holds the SHA-256, as the parameter `bodySHA256`.
//!
//! Source: <https://www.twilio.com/docs/usage/security>. Twilio signs the URL with its port or without it, so both hold.

use std::collections::BTreeSet;

use http::{HeaderName, Method, header};
use jiff::Timestamp;
use percent_encoding::percent_decode;
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _};

use crate::plan::{HashAlgorithm, SignatureEncoding};
use crate::reason::Reason;
use crate::request::RawRequest;
use crate::secret::Secret;
use crate::verify::content::Unsigned;
use crate::verify::decode::{self, HexCase};
use crate::verify::extract::UNVERIFIED_SIZE;
use crate::verify::field;
use crate::verify::keys::KeyRing;
use crate::verify::mac::{MacKey, Tag, tag_length};
use crate::verify::signed_url::SignedUrl;

/// The field that carries the signature.
pub(super) static SIGNATURE: HeaderName = HeaderName::from_static("x-twilio-signature");

/// The query parameter with the body's hash.
const BODY_HASH: &str = "bodySHA256";

/// The position of the key that verifies the request.
pub(super) fn verify(
    request: &RawRequest,
    url: &SignedUrl,
    keys: &KeyRing<Secret>,
    now: Timestamp,
) -> Result<usize, Reason> {
    let field = field::header(&request.headers, &SIGNATURE).map_err(|_| Reason::SignatureInvalid)?;
    let field = field.filter(|field| !field.is_empty()).ok_or(Reason::SignatureMissing)?;
    let text = std::str::from_utf8(field).unwrap_or_default();
    let presented = decode::signature(text, SignatureEncoding::Base64, HexCase::Lower);
    let presented = Tag::presented(presented.as_deref(), tag_length(HashAlgorithm::SHA1));
    let parameters = parameters(request)?;
    let urls = spellings(&url.of(request));
    keys.find(now, Reason::SignatureInvalid, |key| {
        let tags = urls.iter().filter_map(|url| tag(key, url, &parameters));
        tags.fold(Choice::from(0), |any, tag| any | tag.equals(&presented)).into()
    })
}

/// Adds the field.
pub(super) fn sign(request: &mut RawRequest, url: &SignedUrl, key: &Secret) -> Result<(), Unsigned> {
    let parameters = parameters(request).map_err(|_| Unsigned::Missing)?;
    let tag = tag(key, &url.of(request), &parameters).ok_or(Unsigned::Missing)?;
    let text = decode::encode(tag.bytes(HashAlgorithm::SHA1), SignatureEncoding::Base64);
    let value = text.parse().map_err(|_| Unsigned::Ambiguous)?;
    request.headers.insert(SIGNATURE.clone(), value);
    Ok(())
}

fn tag(key: &Secret, url: &str, parameters: &[u8]) -> Option<Tag> {
    let key = MacKey::new(HashAlgorithm::SHA1, key.expose())?;
    Some(key.tag([url.as_bytes(), parameters].into_iter()))
}

/// What is signed behind the URL: the parameters of a form, or nothing where the URL vouches for the body.
fn parameters(request: &RawRequest) -> Result<Vec<u8>, Reason> {
    let hash = field::query(request.query.as_deref(), BODY_HASH).map_err(|_| Reason::SignatureInvalid)?;
    if let Some(hash) = hash {
        let own = decode::encode(&Sha256::digest(&request.body), SignatureEncoding::Hex);
        let same = bool::from(own.as_bytes().ct_eq(&hash));
        return if same { Ok(Vec::new()) } else { Err(Reason::SignatureInvalid) };
    }
    if request.body.is_empty() {
        return Ok(Vec::new());
    }
    if request.method == Method::GET || !is_form(request) || request.body.len() > UNVERIFIED_SIZE {
        // Nothing of such a body would be signed.
        return Err(Reason::SignatureInvalid);
    }
    let pairs = request.body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
    let sorted: BTreeSet<(Vec<u8>, Vec<u8>)> = pairs.map(pair).collect();
    Ok(sorted.into_iter().flat_map(|(name, value)| name.into_iter().chain(value)).collect())
}

fn is_form(request: &RawRequest) -> bool {
    let type_ = field::header(&request.headers, &header::CONTENT_TYPE).ok().flatten().unwrap_or_default();
    let essence = type_.split(|byte| *byte == b';').next().unwrap_or_default();
    essence.trim_ascii().eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
}

fn pair(text: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let assign = text.iter().position(|byte| *byte == b'=').unwrap_or(text.len());
    let (name, value) = text.split_at(assign);
    (form_decode(name), form_decode(value.strip_prefix(b"=").unwrap_or_default()))
}

fn form_decode(text: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    percent_decode(&spaced).collect()
}

/// The URL as it is, and with the port that it implies or without the one that it names.
fn spellings(url: &str) -> Vec<String> {
    let other = [("https://", ":443"), ("http://", ":80")].iter().find_map(|(scheme, port)| {
        let rest = url.strip_prefix(scheme)?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (host, path) = rest.split_at(end);
        match host.strip_suffix(port) {
            Some(host) => Some(format!("{scheme}{host}{path}")),
            None if host.contains(':') => None,
            None => Some(format!("{scheme}{host}{port}{path}")),
        }
    });
    [url.to_owned()].into_iter().chain(other).collect()
}
