//! Mailgun: HMAC-SHA256, in hexadecimal, over a time and a token that stand in the body beside it, as members of
//! `signature` in JSON, or as parameters of a form.
//!
//! Source: <https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks>. Nothing else of the body
//! is covered; the token is new for each delivery.

use jiff::Timestamp;
use url::form_urlencoded;

use crate::plan::{HashAlgorithm, SignatureEncoding, TimestampUnit};
use crate::reason::Reason;
use crate::request::RawRequest;
use crate::secret::Secret;
use crate::verify::decode::{self, HexCase};
use crate::verify::extract::{self, UNVERIFIED_SIZE};
use crate::verify::keys::KeyRing;
use crate::verify::mac::{MacKey, Tag, tag_length};
use crate::verify::timestamp::{self, Window};

/// Characters of a token, as Mailgun's page says. Were they fewer or more, some could be the time's.
const TOKEN_LENGTH: usize = 50;

/// What the body says of its signature.
struct Claim {
    timestamp: String,
    token: String,
    signature: String,
}

/// The position of the key that verifies the request.
pub(super) fn verify(
    request: &RawRequest,
    tolerance_ms: u64,
    keys: &KeyRing<Secret>,
    now: Timestamp,
) -> Result<usize, Reason> {
    let claim = Claim::of(&request.body).ok_or(Reason::SignatureMissing)?;
    let time = timestamp::parse(claim.timestamp.as_bytes()).filter(|_| is_token(&claim.token));
    let time = time.ok_or(Reason::SignatureInvalid)?;
    let presented = decode::signature(&claim.signature, SignatureEncoding::Hex, HexCase::Lower);
    let presented = Tag::presented(presented.as_deref(), tag_length(HashAlgorithm::SHA256));
    let position = keys.find(now, Reason::SignatureInvalid, |key| {
        let key = MacKey::new(HashAlgorithm::SHA256, key.expose());
        let signed = [claim.timestamp.as_bytes(), claim.token.as_bytes()];
        key.is_some_and(|key| key.tag(signed.into_iter()).equals(&presented).into())
    })?;
    let window = Window { unit: TimestampUnit::Seconds, tolerance_ms };
    if window.holds(time, now) { Ok(position) } else { Err(Reason::TimestampOutOfRange) }
}

impl Claim {
    /// `None` where the body is too long to be looked at, or lacks one of the three, or has one twice.
    fn of(body: &[u8]) -> Option<Self> {
        if body.len() > UNVERIFIED_SIZE {
            return None;
        }
        let is_json = body.trim_ascii_start().starts_with(b"{");
        let read =
            |name: &str| if is_json { extract::scalar(body, &["signature", name]) } else { parameter(body, name) };
        Some(Self { timestamp: read("timestamp")?, token: read("token")?, signature: read("signature")? })
    }
}

fn parameter(body: &[u8], name: &str) -> Option<String> {
    let mut values = form_urlencoded::parse(body).filter(|(key, _)| key == name);
    let (_, value) = values.next().filter(|_| values.next().is_none())?;
    Some(value.into_owned())
}

fn is_token(token: &str) -> bool {
    token.len() == TOKEN_LENGTH && token.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
