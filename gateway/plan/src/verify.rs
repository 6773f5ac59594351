//! Who sent a request: schemes and their keys, compiled once when a route is swapped in, asked once per request.
//!
//! Decides over bytes as received and an explicit `now`; parses no body before its signature holds, but for a form's own
//! bounded extractor. A refusal never says which key, byte or length was wrong.

pub mod preset;
pub mod sign;

use http::Method;
use jiff::Timestamp;

use crate::json::Json;
use crate::plan;
use crate::reason::Reason;
use crate::reply::Reply;
use crate::request::{Identity, RawRequest, Verified};
use crate::secret::KeyValue;

/// The verification stage of one route.
#[derive(Debug)]
pub struct Verifier {
    open: bool,
}

/// Why a verification cannot be compiled: a fault of the workflow, never of a key's value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifierError {
    /// There is no such preset, or it is not built.
    #[error("unknown preset {0}")]
    UnknownPreset(String),
    /// Keys and schemes do not pair up.
    #[error("{0} lists of keys for {1} schemes")]
    KeysDoNotPair(usize, usize),
}

/// A key that can never match, found when the route was compiled. Not an error of the route: its other keys serve on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyProblem {
    /// Position of the scheme.
    pub scheme: usize,
    /// Position of the key in the scheme's `keys`.
    pub key: usize,
    /// What is wrong with it; nothing of its value.
    pub message: String,
}

/// A refused request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The closed reason; 503 for [`Reason::KeyUnavailable`], 401 for the others.
    pub reason: Reason,
    /// The challenge of the first scheme that has one.
    pub www_authenticate: Option<&'static str>,
}

/// The sender's own id of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryId {
    /// The id.
    pub id: String,
    /// Whether the signature covers it: an unsigned id can be changed on the way.
    pub signed: bool,
}

impl Verifier {
    /// `public: true`: everybody is admitted, and the identity says so.
    pub fn public() -> Self {
        Self { open: true }
    }

    /// Compiles a verification. `keys[i][j]` is the value of `schemes[i].keys[j]`; without any values this checks the
    /// form alone, which is what a compiler of resources needs.
    pub fn new(verification: &plan::Verification, keys: &[Vec<Option<KeyValue>>]) -> Result<Self, VerifierError> {
        if !keys.is_empty() && keys.len() != verification.schemes.len() {
            return Err(VerifierError::KeysDoNotPair(keys.len(), verification.schemes.len()));
        }
        Ok(Self { open: false })
    }

    /// Keys that can never match, and why.
    pub fn key_problems(&self) -> &[KeyProblem] {
        &[]
    }

    /// Verifies a request at `now`.
    pub fn verify(&self, request: RawRequest, now: Timestamp) -> Result<Verified, Rejection> {
        let _ = now;
        if self.open {
            let identity = Identity { scheme: "public".to_owned(), key: None, subject: None };
            return Ok(Verified::new(request, identity));
        }
        Err(Rejection { reason: Reason::SignatureMissing, www_authenticate: None })
    }

    /// Whether [`Verifier::verify`] may take milliseconds of CPU (bcrypt): the caller runs it on a blocking pool.
    pub fn is_expensive(&self) -> bool {
        false
    }

    /// Methods that a preset's handshake comes with: let through to verification although the workflow does not list
    /// them; answered 405 afterwards unless [`Verifier::handshake`] has an answer.
    pub fn handshake_methods(&self) -> impl Iterator<Item = Method> {
        std::iter::empty()
    }

    /// The answer to a provider's handshake, which is never run; `None` for every other request.
    pub fn handshake(&self, verified: &Verified) -> Option<Reply> {
        let _ = verified;
        None
    }

    /// Members of the body that [`Verifier::event`] and [`Verifier::delivery_id`] read, as paths for the projection.
    pub fn body_paths(&self) -> impl Iterator<Item = &'static [&'static str]> {
        std::iter::empty()
    }

    /// `$context.event`. `data` is the parsed body, or at least [`Verifier::body_paths`] of it.
    pub fn event(&self, verified: &Verified, data: &Json) -> Option<String> {
        let _ = (verified, data);
        None
    }

    /// `$context.deliveryID`. `data` as for [`Verifier::event`].
    pub fn delivery_id(&self, verified: &Verified, data: &Json) -> Option<DeliveryId> {
        let _ = (verified, data);
        None
    }

    /// `$context.signature`: the field that carried the signature; never a token or a password.
    pub fn signature<'a>(&self, verified: &'a Verified) -> Option<&'a str> {
        let _ = verified;
        None
    }
}
