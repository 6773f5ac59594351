//! A signed token in `Authorization: Bearer …` (RFC 7519), held to RFC 8725 but for `typ`: the owner says which algorithms and keys
//! there are, the token only which of them it used. It does not cover the body.

mod claims;
mod keys;

use jiff::Timestamp;
use serde::Serialize;

use crate::plan::{HashAlgorithm, JwtAlgorithm, JwtRules, KeySpec, SignatureEncoding};
use crate::reason::Reason;
use crate::request::RawRequest;
use crate::secret::KeyValue;

use self::claims::Claims;
use self::keys::JwtKeys;
use super::decode::encode;
use super::jws::{self, Jws};
use super::keys::{KeyFault, KeyRing, decode};
use super::mac::{MacKey, tag_length};
use super::sign::Stamp;
use super::token;

/// Seconds for which a token holds that `boathook` signs.
const SIGNED_FOR: i64 = 300;

/// What a token must say, and the keys that it may be signed with.
#[derive(Debug)]
pub(super) struct JwtCheck {
    rules: JwtRules,
    keys: KeyRing<JwtKeys>,
}

impl JwtCheck {
    /// Compiles it, without keys.
    pub(super) fn new(rules: &JwtRules) -> Self {
        Self { rules: rules.clone(), keys: KeyRing::default() }
    }

    /// Takes a key up, or the one key set.
    pub(super) fn take(&mut self, position: usize, spec: &KeySpec, value: &KeyValue) -> Result<(), KeyFault> {
        let text = decode(spec, value)?;
        let keys = if self.rules.key_set {
            JwtKeys::set(&self.rules, text.expose())?
        } else {
            JwtKeys::one(&self.rules, text.expose())?
        };
        self.keys.push(position, spec, keys);
        Ok(())
    }

    /// Whether any key is in force.
    pub(super) fn has_key(&self, now: Timestamp) -> bool {
        self.keys.in_force(now).next().is_some()
    }

    /// The position of the key that verifies the token, and whom the token is about. What it says is read only when its
    /// signature holds.
    pub(super) fn verify(&self, request: &RawRequest, now: Timestamp) -> Result<(usize, Option<String>), Reason> {
        let text = token::credentials(request, "bearer")?.filter(|text| !text.is_empty());
        let token = Jws::read(text.ok_or(Reason::SignatureMissing)?);
        let verifies = |keys: &JwtKeys| token.as_ref().is_some_and(|token| keys.verify(token));
        let key = self.keys.find(now, Reason::CredentialsInvalid, verifies)?;
        let claims: Option<Claims> = token.and_then(|token| token.payload());
        let claims = claims.filter(|claims| self.is_meant(claims)).ok_or(Reason::CredentialsInvalid)?;
        claims.check_times(now)?;
        Ok((key, claims.sub))
    }

    fn is_meant(&self, claims: &Claims) -> bool {
        claims.iss.as_ref() == Some(&self.rules.issuer) && claims.is_for(&self.rules.audiences)
    }

    /// A token as the issuer would sign it with a shared secret.
    pub(super) fn sign(&self, spec: &KeySpec, value: &KeyValue, stamp: Stamp<'_>) -> Result<String, KeyFault> {
        let mut shared = self.rules.algorithms.iter().filter_map(|algorithm| shared(*algorithm)).peekable();
        if shared.peek().is_none() {
            // Nobody but the issuer has the other half.
            return Err(KeyFault::OnlyPublic);
        }
        if self.rules.key_set {
            return Err(KeyFault::OnlyInASet);
        }
        let secret = decode(spec, value)?;
        let mut long_enough = shared.filter(|(_, hash)| secret.expose().len() >= tag_length(*hash));
        let (algorithm, hash) = long_enough.next().ok_or(KeyFault::TooShort)?;
        let claims = SignedClaims {
            iss: &self.rules.issuer,
            aud: self.rules.audiences.first().map(String::as_str).unwrap_or_default(),
            iat: stamp.now.as_second(),
            exp: stamp.now.as_second().saturating_add(SIGNED_FOR),
            jti: stamp.id,
        };
        signed(algorithm, hash, secret.expose(), &claims).ok_or(KeyFault::Empty)
    }
}

/// What a token says that `boathook` signs.
#[derive(Serialize)]
struct SignedClaims<'a> {
    iss: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    jti: &'a str,
}

/// A token with these claims. `None` never happens: the claims have no map with keys that are no text.
fn signed(algorithm: JwtAlgorithm, hash: HashAlgorithm, secret: &[u8], claims: &impl Serialize) -> Option<String> {
    let text = jws::written(algorithm.name(), claims)?;
    let tag = MacKey::new(hash, secret)?.tag([text.as_bytes()].into_iter());
    Some(format!("{text}.{}", encode(tag.bytes(hash), SignatureEncoding::Base64URL)))
}

const fn shared(algorithm: JwtAlgorithm) -> Option<(JwtAlgorithm, HashAlgorithm)> {
    match algorithm {
        JwtAlgorithm::HS256 => Some((algorithm, HashAlgorithm::SHA256)),
        JwtAlgorithm::HS384 => Some((algorithm, HashAlgorithm::SHA384)),
        JwtAlgorithm::HS512 => Some((algorithm, HashAlgorithm::SHA512)),
        JwtAlgorithm::RS256
        | JwtAlgorithm::RS384
        | JwtAlgorithm::RS512
        | JwtAlgorithm::PS256
        | JwtAlgorithm::PS384
        | JwtAlgorithm::PS512
        | JwtAlgorithm::ES256
        | JwtAlgorithm::ES384
        | JwtAlgorithm::EdDSA => None,
    }
}
