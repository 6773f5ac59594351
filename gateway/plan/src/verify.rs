//! Who sent a request: schemes and their keys, compiled once when a route is swapped in, asked once per request.
//!
//! Decides over bytes as received and an explicit `now`; parses no body before its signature holds, but for a form's own
//! bounded extractor. A refusal never says which key, byte or length was wrong.

mod aes;
mod basic;
mod check;
mod content;
mod decode;
mod error;
mod extract;
mod facts;
mod fault;
mod field;
mod form;
mod form_key;
mod handshake;
mod header;
mod htpasswd;
mod jws;
mod jwt;
mod keys;
mod mac;
mod own;
pub mod preset;
mod public_key;
mod scheme;
pub mod sign;
mod signatures;
mod signed_url;
mod timestamp;
mod token;

#[cfg(test)]
mod tests;

use http::HeaderName;
use jiff::Timestamp;

use crate::json::Json;
use crate::plan::{self, Match};
use crate::reason::Reason;
use crate::request::{Identity, RawRequest, Verified};
use crate::secret::KeyValue;

pub use self::error::{KeyProblem, Rejection, VerifierError};
pub use self::facts::DeliveryId;
pub use self::fault::FormFault;

use self::preset::{Place, Preset};
use self::scheme::CompiledScheme;

/// The verification stage of one route.
#[derive(Debug)]
pub struct Verifier {
    policy: Policy,
    schemes: Vec<CompiledScheme>,
    problems: Vec<KeyProblem>,
}

/// Where a request carries a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretPlace<'a> {
    /// A header field.
    Header(HeaderName),
    /// A query parameter, by its decoded name.
    Query(&'a str),
}

/// Whom a verifier admits.
#[derive(Clone, Copy, Debug)]
enum Policy {
    Everybody,
    All,
    Any,
}

impl Verifier {
    /// `public: true`: everybody is admitted, and the identity says so.
    pub fn public() -> Self {
        Self { policy: Policy::Everybody, schemes: Vec::new(), problems: Vec::new() }
    }

    /// Compiles a verification. `keys[i][j]` is the value of `schemes[i].keys[j]`, `None` while its Secret is missing.
    /// No lists at all check the workflow's own part, which is what a compiler of resources needs.
    pub fn new(verification: &plan::Verification, keys: &[Vec<Option<KeyValue>>]) -> Result<Self, VerifierError> {
        let wanted = verification.schemes.len();
        if wanted == 0 {
            return Err(VerifierError::NoScheme);
        }
        if !keys.is_empty() && keys.len() != wanted {
            return Err(VerifierError::KeysDoNotPair { keys: keys.len(), schemes: wanted });
        }
        let policy = match verification.match_ {
            Match::All => Policy::All,
            Match::Any => Policy::Any,
        };
        let mut verifier = Self { policy, schemes: Vec::new(), problems: Vec::new() };
        for (at, scheme) in verification.schemes.iter().enumerate() {
            verifier.add(at, scheme, keys.get(at).map_or(&[], Vec::as_slice))?;
        }
        Ok(verifier)
    }

    fn add(&mut self, at: usize, scheme: &plan::Scheme, keys: &[Option<KeyValue>]) -> Result<(), VerifierError> {
        let mut compiled = CompiledScheme::compile(scheme, at)?;
        for (key, (spec, value)) in scheme.keys.iter().zip(keys).enumerate() {
            let problem = |usable, message| KeyProblem { scheme: at, key, usable, message };
            match value.as_ref().map(|value| compiled.take(key, spec, value)) {
                Some(Ok(faults)) => {
                    self.problems.extend(faults.iter().map(|fault| problem(true, fault.to_string())));
                }
                Some(Err(fault)) => self.problems.push(problem(false, fault.to_string())),
                None => {}
            }
        }
        self.schemes.push(compiled);
        Ok(())
    }

    /// Keys that can never match, and lines of password files that cannot be used.
    pub fn key_problems(&self) -> &[KeyProblem] {
        &self.problems
    }

    /// Verifies a request at `now`.
    pub fn verify(&self, request: RawRequest, now: Timestamp) -> Result<Verified, Rejection> {
        match self.identify(&request, now) {
            Ok((scheme, identity)) => {
                self.opened(request, scheme, now).map(|request| Verified::new(request, identity, scheme))
            }
            Err(reason) => Err(self.rejection(reason)),
        }
    }

    /// The request with its message in place of the cipher text, where a scheme that holds encrypts.
    fn opened(&self, request: RawRequest, scheme: usize, now: Timestamp) -> Result<RawRequest, Rejection> {
        let opened = self.holding(scheme).find_map(|scheme| scheme.open(&request, now));
        match opened {
            None => Ok(request),
            Some(Ok(body)) => Ok(RawRequest { body, ..request }),
            Some(Err(reason)) => Err(self.rejection(reason)),
        }
    }

    fn rejection(&self, reason: Reason) -> Rejection {
        let challenge = || self.schemes.iter().find_map(CompiledScheme::challenge);
        let www_authenticate = if reason == Reason::KeyUnavailable { None } else { challenge() };
        Rejection { reason, www_authenticate }
    }

    /// The sender, and the position of the scheme that says so.
    fn identify(&self, request: &RawRequest, now: Timestamp) -> Result<(usize, Identity), Reason> {
        match self.policy {
            Policy::Everybody => Ok((0, Identity { scheme: "public".to_owned(), key: None, subject: None })),
            Policy::Any if !self.schemes.iter().any(|scheme| scheme.has_key(now)) => Err(Reason::KeyUnavailable),
            Policy::All if !self.schemes.iter().all(|scheme| scheme.has_key(now)) => Err(Reason::KeyUnavailable),
            Policy::Any => self.any(request, now),
            Policy::All => self.all(request, now).map(|identity| (0, identity)),
        }
    }

    /// The first scheme that holds, cheap ones first. A scheme that fails never makes another one easier. The reason is
    /// that of the scheme which came nearest.
    fn any(&self, request: &RawRequest, now: Timestamp) -> Result<(usize, Identity), Reason> {
        let mut nearest = Reason::SignatureMissing;
        for (at, scheme) in self.cheap_first() {
            match scheme.verify(request, now) {
                Ok(identity) => return Ok((at, identity)),
                Err(reason) if nearness(reason) > nearness(nearest) => nearest = reason,
                Err(_) => {}
            }
        }
        Err(nearest)
    }

    /// Every scheme must hold. All cheap ones are asked, and the reason is that of the one which is furthest off, so
    /// that one credential cannot be guessed while another is missing. Passwords are hashed only when all else holds.
    /// The identity is the first scheme's.
    fn all(&self, request: &RawRequest, now: Timestamp) -> Result<Identity, Reason> {
        let mut first = None;
        let mut furthest: Option<Reason> = None;
        for (at, scheme) in self.cheap_first() {
            if furthest.is_some() && scheme.is_expensive() {
                break;
            }
            match scheme.verify(request, now) {
                Ok(identity) if at == 0 => first = Some(identity),
                Ok(_) => {}
                Err(reason) => {
                    furthest = furthest.into_iter().chain([reason]).min_by_key(|reason| nearness(*reason));
                }
            }
        }
        first.filter(|_| furthest.is_none()).ok_or(furthest.unwrap_or(Reason::KeyUnavailable))
    }

    fn cheap_first(&self) -> impl Iterator<Item = (usize, &CompiledScheme)> {
        let all = || self.schemes.iter().enumerate();
        all().filter(|(_, scheme)| !scheme.is_expensive()).chain(all().filter(|(_, scheme)| scheme.is_expensive()))
    }

    /// Whether [`Verifier::verify`] may take milliseconds of CPU (bcrypt) for this request: the caller runs it on a
    /// blocking pool. A request without a login, and one with a login that held before, takes none.
    pub fn is_expensive_for(&self, request: &RawRequest, now: Timestamp) -> bool {
        self.schemes.iter().any(|scheme| scheme.is_expensive_for(request, now))
    }

    /// Members of the body that [`Verifier::event`] and [`Verifier::delivery_id`] read, as paths for the projection.
    pub fn body_paths(&self) -> impl Iterator<Item = &'static [&'static str]> {
        let places =
            |preset: &'static Preset| preset.event.iter().copied().chain(preset.delivery_id.iter().map(|id| id.place));
        self.presets().flat_map(places).filter_map(|place| match place {
            Place::Body(path) => Some(path),
            Place::Header(_) | Place::Query(_) => None,
        })
    }

    /// `$context.event`. `data` is the parsed body, or at least [`Verifier::body_paths`] of it.
    pub fn event(&self, verified: &Verified, data: &Json) -> Option<String> {
        let places = self.presets_of(verified).flat_map(|preset| preset.event);
        places.into_iter().find_map(|place| facts::text(*place, verified.request(), data))
    }

    /// `$context.deliveryID`. `data` as for [`Verifier::event`].
    pub fn delivery_id(&self, verified: &Verified, data: &Json) -> Option<DeliveryId> {
        self.of(verified).find_map(|scheme| scheme.delivery_id(verified.request(), data))
    }

    /// `$context.signature`: the field that carried the signature; never a token or a password.
    pub fn signature<'a>(&self, verified: &'a Verified) -> Option<&'a str> {
        let headers = &verified.request().headers;
        self.of(verified).find_map(|scheme| scheme.signature(headers))
    }

    /// Where a request carries a credential that a scheme takes: whatever keeps the request leaves it out. A signature is
    /// none.
    pub fn secret_places(&self) -> impl Iterator<Item = SecretPlace<'_>> {
        self.schemes.iter().filter_map(CompiledScheme::secret_place).chain(self.handshake_secrets())
    }

    fn presets(&self) -> impl Iterator<Item = &'static Preset> {
        self.schemes.iter().filter_map(CompiledScheme::preset)
    }

    fn presets_of(&self, verified: &Verified) -> impl Iterator<Item = &'static Preset> {
        self.of(verified).filter_map(CompiledScheme::preset)
    }

    /// The schemes that hold for a verified request: by position, since two may be of one kind.
    fn of(&self, verified: &Verified) -> impl Iterator<Item = &CompiledScheme> {
        self.holding(verified.scheme())
    }

    /// The schemes that hold where the one at position `scheme` gave the identity.
    fn holding(&self, scheme: usize) -> impl Iterator<Item = &CompiledScheme> {
        let holds = move |at| match self.policy {
            Policy::Everybody => false,
            Policy::All => true,
            Policy::Any => at == scheme,
        };
        self.schemes.iter().enumerate().filter(move |(at, _)| holds(*at)).map(|(_, scheme)| scheme)
    }
}

/// How near a request came, from nothing presented to a signature that holds and is too old. A MAC that is wrong hides
/// whether a token beside it is right.
fn nearness(reason: Reason) -> Option<usize> {
    const ORDER: [Reason; 5] = [
        Reason::SignatureMissing,
        Reason::SignatureInvalid,
        Reason::CredentialsInvalid,
        Reason::KeyUnavailable,
        Reason::TimestampOutOfRange,
    ];
    ORDER.iter().position(|known| *known == reason)
}
