//! A token in the compact form of RFC 7515: taken apart, never believed.
//!
//! The header is read before anything holds, so only what chooses among the owner's keys is taken from it: `alg` must be
//! one that the owner lists, and `jku`, `jwk`, `x5u` and `x5c` are passed over.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{DeserializeOwned, Deserializer, IgnoredAny};
use serde::{Deserialize, Serialize};

/// Bytes of a token: no header field may be longer.
const SIZE: usize = 32 << 10;

/// A token.
#[derive(Debug)]
pub(super) struct Jws<'a> {
    pub(super) header: Header,
    /// What is signed: header and payload as they were sent.
    pub(super) signed: &'a [u8],
    pub(super) signature: Vec<u8>,
    payload: &'a str,
}

/// Of the header, what is looked at (RFC 7515, 4.1). A name that is there twice is refused.
#[derive(Debug, Deserialize)]
pub(super) struct Header {
    pub(super) alg: String,
    #[serde(default)]
    pub(super) kid: Option<String>,
    #[serde(default)]
    crit: Present,
}

/// Whether a member is there, whatever it says.
#[derive(Debug, Default)]
struct Present(bool);

impl<'de> Deserialize<'de> for Present {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(from).map(|_| Self(true))
    }
}

impl<'a> Jws<'a> {
    /// Takes a token apart; `None` when it is none, or has a header that must be understood and is not.
    pub(super) fn read(token: &'a [u8]) -> Option<Self> {
        let token = std::str::from_utf8(token).ok().filter(|token| token.len() <= SIZE)?;
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        let header: Header = object(header)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        (!header.crit.0).then_some(Self { header, signed: signed.as_bytes(), signature, payload })
    }

    /// The payload, to be read only when the signature holds.
    pub(super) fn payload<T: DeserializeOwned>(&self) -> Option<T> {
        object(self.payload)
    }
}

/// Base64url, canonical and without padding, of a JSON object.
fn object<T: DeserializeOwned>(part: &str) -> Option<T> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    // A list would do for the library that reads it.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return None;
    }
    serde_json::from_slice(&bytes).ok()
}

/// What is signed of a header and claims that we wrote.
pub(super) fn written(algorithm: &'static str, claims: &impl Serialize) -> Option<String> {
    #[derive(Serialize)]
    struct Written {
        alg: &'static str,
        typ: &'static str,
    }
    let header = serde_json::to_vec(&Written { alg: algorithm, typ: "JWT" }).ok()?;
    let claims = serde_json::to_vec(claims).ok()?;
    Some(format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims)))
}
