//! Requests that senders make to see whether a URL is ours: recognised, proved, answered, and never run.
//!
//! Most are proved like any other request, by the preset's own signature ([`Verifier::handshake`]); those that come without
//! one, by what takes its place ([`Verifier::welcome`]).

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use jiff::Timestamp;

use crate::json::Json;
use crate::plan::{HashAlgorithm, SignatureEncoding};
use crate::reason::Reason;
use crate::reply::Reply;
use crate::request::{RawRequest, Verified};
use crate::secret::Secret;

use super::mac::MacKey;
use super::preset::{Handshake, HandshakeAnswer, Is, Place, ProvedBy, When};
use super::scheme::CompiledScheme;
use super::{Policy, Rejection, SecretPlace, Verifier, decode, facts};

/// Who may send (CloudEvents HTTP WebHook 1.0.1, 4.2.1).
const ALLOWED_ORIGIN: HeaderName = HeaderName::from_static("webhook-allowed-origin");

/// How often a minute (4.2.2); the workflow's own rates say when it is too much.
const ALLOWED_RATE: HeaderName = HeaderName::from_static("webhook-allowed-rate");

/// Characters of a token whose HMAC is told.
const TOKEN_LENGTH: usize = 128;

/// What a handshake is answered, or why it is refused.
type Answer = Result<Reply, Reason>;

impl Verifier {
    /// Methods that a handshake with these header fields comes with: let through to verification although the workflow does
    /// not list them; answered 405 afterwards unless there is an answer.
    pub fn handshake_methods<'a>(&'a self, headers: &'a HeaderMap) -> impl Iterator<Item = Method> + 'a {
        let may_be = |handshake: &&Handshake| {
            handshake.when.iter().all(|mark| match mark.place {
                Place::Header(name) => mark.is != Is::There || headers.contains_key(name),
                Place::Body(_) | Place::Query(_) => true,
            })
        };
        let all = self.presets().flat_map(|preset| preset.handshakes);
        all.filter(may_be).map(|handshake| handshake.method.clone())
    }

    /// The answer to a handshake that comes without a signature; `None` for every other request.
    pub fn welcome(&self, request: &RawRequest, now: Timestamp) -> Option<Result<Reply, Rejection>> {
        let (at, answer) = self.schemes.iter().enumerate().find_map(|(at, scheme)| {
            let opened = scheme.unsigned(request, now).map(|body| RawRequest { body, ..request.clone() });
            let request = opened.as_ref().unwrap_or(request);
            let handshakes = scheme.preset()?.handshakes.iter().filter(|handshake| is_recognised(handshake, request));
            Some((at, handshakes.into_iter().find_map(|handshake| scheme.welcome(handshake, request, now))?))
        })?;
        let others = match self.policy {
            Policy::All => self.hold_beside(at, request, now),
            Policy::Any | Policy::Everybody => Ok(()),
        };
        Some(answer.and_then(|reply| others.map(|()| reply)).map_err(|reason| self.rejection(reason)))
    }

    fn hold_beside(&self, at: usize, request: &RawRequest, now: Timestamp) -> Result<(), Reason> {
        let mut others = self.schemes.iter().enumerate().filter(|(other, _)| *other != at);
        others.try_for_each(|(_, scheme)| scheme.verify(request, now).map(|_| ()))
    }

    /// The answer to a provider's handshake, which is never run; `None` for every other request.
    pub fn handshake(&self, verified: &Verified) -> Option<Result<Reply, Rejection>> {
        let request = verified.request();
        let answer = self.of(verified).find_map(|scheme| {
            let handshakes = scheme.preset()?.handshakes.iter().filter(|handshake| is_recognised(handshake, request));
            handshakes.into_iter().find_map(|handshake| scheme.greet(handshake, verified))
        })?;
        Some(answer.map_err(|reason| self.rejection(reason)))
    }

    /// Where handshakes carry a credential in the query.
    pub(super) fn handshake_secrets(&self) -> impl Iterator<Item = SecretPlace<'_>> {
        let handshakes = self.presets().flat_map(|preset| preset.handshakes);
        handshakes.filter_map(|handshake| match handshake.proved_by {
            ProvedBy::Challenge(Place::Query(name)) => Some(SecretPlace::Query(name)),
            ProvedBy::Challenge(Place::Header(_) | Place::Body(_))
            | ProvedBy::Signature
            | ProvedBy::SignatureAndOrigin(_)
            | ProvedBy::Origin(_)
            | ProvedBy::Nobody => None,
        })
    }
}

impl CompiledScheme {
    /// The answer to a recognised handshake that no signature proves.
    fn welcome(&self, handshake: &Handshake, request: &RawRequest, now: Timestamp) -> Option<Answer> {
        let proof = match handshake.proved_by {
            ProvedBy::Signature | ProvedBy::SignatureAndOrigin(_) => return None,
            ProvedBy::Challenge(place) => self.is_challenged(place, request, now).map(|()| None),
            ProvedBy::Origin(field) => self.origin(field, request).map(Some),
            ProvedBy::Nobody => Ok(None),
        };
        match proof {
            Ok(origin) => answer(handshake.answer, request, None, origin.as_deref()),
            Err(reason) => Some(Err(reason)),
        }
    }

    /// The answer to a recognised handshake of a request that is verified.
    fn greet(&self, handshake: &Handshake, verified: &Verified) -> Option<Answer> {
        let request = verified.request();
        let origin = match handshake.proved_by {
            ProvedBy::Signature => Ok(None),
            ProvedBy::SignatureAndOrigin(field) => self.origin(field, request).map(Some),
            ProvedBy::Challenge(_) | ProvedBy::Origin(_) | ProvedBy::Nobody => return None,
        };
        let key = verified.identity().key.and_then(|position| self.secret(position));
        match origin {
            Ok(origin) => answer(handshake.answer, request, key, origin.as_deref()),
            Err(reason) => Some(Err(reason)),
        }
    }

    fn is_challenged(&self, place: Place, request: &RawRequest, now: Timestamp) -> Result<(), Reason> {
        let presented = facts::raw(place, request).filter(|text| !text.is_empty());
        let presented = presented.ok_or(Reason::SignatureMissing)?;
        let matches = |key: &Secret| key.matches(presented.as_bytes());
        self.challenges().find(now, Reason::CredentialsInvalid, matches).map(|_| ())
    }

    /// The origin that a request names, where the workflow allows it. Names of hosts have no case.
    fn origin(&self, field: &str, request: &RawRequest) -> Result<String, Reason> {
        let named = facts::header(request, field).ok_or(Reason::SignatureInvalid)?;
        let allowed = self.allowed_origins().iter().find(|origin| origin.eq_ignore_ascii_case(&named));
        allowed.cloned().ok_or(Reason::CredentialsInvalid)
    }
}

fn is_recognised(handshake: &Handshake, request: &RawRequest) -> bool {
    handshake.method == request.method && handshake.when.iter().all(|mark| is_marked(mark, request))
}

fn is_marked(mark: &When, request: &RawRequest) -> bool {
    let text = facts::raw(mark.place, request);
    match mark.is {
        Is::Text(expected) => text.as_deref() == Some(expected),
        Is::There => text.is_some(),
        Is::Absent => text.is_none(),
    }
}

/// `None` where the request lacks what would be said again: then it is no handshake.
fn answer(answer: HandshakeAnswer, request: &RawRequest, key: Option<&Secret>, origin: Option<&str>) -> Option<Answer> {
    match answer {
        HandshakeAnswer::Json(text) => {
            Some(Ok(Reply::json(StatusCode::OK, &serde_json::from_str(text).unwrap_or_default())))
        }
        HandshakeAnswer::NoContent => Some(Ok(Reply::empty(StatusCode::NO_CONTENT))),
        HandshakeAnswer::Echo(place) => facts::raw(place, request).map(|text| Ok(Reply::text(StatusCode::OK, text))),
        HandshakeAnswer::Message => {
            Some(Ok(Reply::text(StatusCode::OK, String::from_utf8_lossy(&request.body).into_owned())))
        }
        HandshakeAnswer::EchoIn { member, text } => facts::raw(text, request)
            .map(|text| Ok(Reply::json(StatusCode::OK, &Json::object([(member, Json::from(text))])))),
        HandshakeAnswer::Hashed { text, echo, hash } => {
            let token = facts::raw(text, request).filter(|token| is_token(token));
            Some(token.ok_or(Reason::MalformedBody).and_then(|token| hashed(&token, key, (echo, hash))))
        }
        HandshakeAnswer::AllowedOrigin => Some(Ok(allowed(origin.unwrap_or_default()))),
    }
}

fn hashed(token: &str, key: Option<&Secret>, (echo, hash): (&str, &str)) -> Answer {
    let key = key.and_then(|key| MacKey::new(HashAlgorithm::SHA256, key.expose())).ok_or(Reason::KeyUnavailable)?;
    let tag = key.tag([token.as_bytes()].into_iter());
    let told = decode::encode(tag.bytes(HashAlgorithm::SHA256), SignatureEncoding::Hex);
    Ok(Reply::json(StatusCode::OK, &Json::object([(echo, Json::from(token.to_owned())), (hash, Json::from(told))])))
}

/// A short opaque text: nothing that a sender signs can be written so.
fn is_token(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=TOKEN_LENGTH).contains(&text.len()) && text.bytes().all(is_plain)
}

fn allowed(origin: &str) -> Reply {
    let mut reply = Reply::empty(StatusCode::OK);
    if let Ok(origin) = HeaderValue::from_str(origin) {
        reply.headers.insert(ALLOWED_ORIGIN, origin);
        reply.headers.insert(ALLOWED_RATE, HeaderValue::from_static("*"));
    }
    reply
}
