//! One entry of `schemes`, compiled: what is checked, with which keys.

use bytes::Bytes;
use http::{HeaderMap, header};
use jiff::Timestamp;

use crate::json::Json;
use crate::plan::{KeySpec, KeyUse, Scheme, SchemeKind};
use crate::reason::Reason;
use crate::request::{Identity, RawRequest};
use crate::secret::{KeyValue, Secret};

use super::SecretPlace;
use super::basic::{self, BasicKey};
use super::check::Check;
use super::error::VerifierError;
use super::facts::{self, DeliveryId};
use super::htpasswd::LineFault;
use super::keys::{KeyFault, KeyRing, decode};
use super::preset::{self, Preset};
use super::token::{self, TokenPlace};

/// A compiled scheme.
#[derive(Debug)]
pub(super) struct CompiledScheme {
    name: String,
    preset: Option<&'static Preset>,
    check: Check,
    challenges: KeyRing<Secret>,
    allowed_origins: Vec<String>,
}

impl CompiledScheme {
    /// Compiles the scheme at position `at`, without keys.
    pub(super) fn compile(scheme: &Scheme, at: usize) -> Result<Self, VerifierError> {
        let preset = match &scheme.kind {
            SchemeKind::Preset(name) => {
                let unknown = || VerifierError::Preset { scheme: at, name: name.clone() };
                Some(preset::find(name).ok_or_else(unknown)?)
            }
            SchemeKind::Jwt(rules) if !rules.is_of_one_family() => {
                return Err(VerifierError::JwtAlgorithms { scheme: at });
            }
            SchemeKind::Hmac(_)
            | SchemeKind::Basic
            | SchemeKind::Bearer
            | SchemeKind::ApiKey(_)
            | SchemeKind::Jwt(_) => None,
        };
        if scheme.tolerance_ms.is_some() && !preset.is_some_and(Preset::has_timestamp) {
            return Err(VerifierError::Tolerance { scheme: at });
        }
        check_uses(scheme, preset, at)?;
        let check = Check::compile(scheme).map_err(|fault| match fault {
            Some(fault) => VerifierError::Form { scheme: at, fault },
            None => VerifierError::ApiKeyName { scheme: at },
        })?;
        Ok(Self {
            name: scheme.kind.name().to_owned(),
            preset,
            check,
            challenges: KeyRing::default(),
            allowed_origins: scheme.options.allowed_origins.clone(),
        })
    }

    /// Takes a key up, and returns the parts of it that can never match; an error is for a key of which nothing can.
    pub(super) fn take(
        &mut self,
        position: usize,
        spec: &KeySpec,
        value: &KeyValue,
    ) -> Result<Vec<LineFault>, KeyFault> {
        match spec.use_ {
            KeyUse::Sign => self.check.take(position, spec, value),
            KeyUse::Challenge => {
                self.challenges.push(position, spec, decode(spec, value)?);
                Ok(Vec::new())
            }
            KeyUse::Decrypt => self.check.take_decrypting(position, spec, value).map(|()| Vec::new()),
        }
    }

    /// The keys that prove handshakes.
    pub(super) fn challenges(&self) -> &KeyRing<Secret> {
        &self.challenges
    }

    /// The senders that may ask to send.
    pub(super) fn allowed_origins(&self) -> &[String] {
        &self.allowed_origins
    }

    /// The secret at a position of the workflow's list, where signatures are made with one.
    pub(super) fn secret(&self, position: usize) -> Option<&Secret> {
        match &self.check {
            Check::Signatures(signatures) => signatures.secret(position),
            Check::Own(_) | Check::Token { .. } | Check::Basic { .. } | Check::Jwt(_) => None,
        }
    }

    /// The row of the preset, where the scheme is one.
    pub(super) fn preset(&self) -> Option<&'static Preset> {
        self.preset
    }

    /// The field of a request that carries the signature, where the scheme makes one.
    pub(super) fn signature<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        match &self.check {
            Check::Signatures(signatures) => headers.get(signatures.form(headers)?.header())?.to_str().ok(),
            Check::Own(own) => headers.get(own.header()?)?.to_str().ok(),
            Check::Token { .. } | Check::Basic { .. } | Check::Jwt(_) => None,
        }
    }

    /// Where a request carries the scheme's credential, unless that is a signature.
    pub(super) fn secret_place(&self) -> Option<SecretPlace<'_>> {
        match &self.check {
            Check::Signatures(_) | Check::Own(_) => None,
            Check::Basic { .. } | Check::Jwt(_) | Check::Token { place: TokenPlace::Bearer, .. } => {
                Some(SecretPlace::Header(header::AUTHORIZATION))
            }
            Check::Token { place: TokenPlace::Header(name), .. } => Some(SecretPlace::Header(name.clone())),
            Check::Token { place: TokenPlace::Query(name), .. } => Some(SecretPlace::Query(name)),
        }
    }

    /// The sender's id of a delivery: in the field that the form names which held, or where the preset says. A preset
    /// with several forms has the id of each in another field, and only that of the form which held is signed.
    pub(super) fn delivery_id(&self, request: &RawRequest, data: &Json) -> Option<DeliveryId> {
        let form = match &self.check {
            Check::Signatures(signatures) => signatures.form(&request.headers),
            Check::Own(_) | Check::Token { .. } | Check::Basic { .. } | Check::Jwt(_) => None,
        };
        if let Some(form) = form.filter(|form| form.names_an_id()) {
            return form.delivery_id(&request.headers);
        }
        self.preset.into_iter().flat_map(|preset| preset.delivery_id).find_map(|id| {
            let text = facts::text(id.place, request, data)?;
            Some(DeliveryId { id: text, signed: id.signed })
        })
    }

    /// The message of a request that holds; `None` where the scheme encrypts none.
    pub(super) fn open(&self, request: &RawRequest, now: Timestamp) -> Option<Result<Bytes, Reason>> {
        match &self.check {
            Check::Own(own) => own.open(request, now),
            Check::Signatures(_) | Check::Token { .. } | Check::Basic { .. } | Check::Jwt(_) => None,
        }
    }

    /// The message of a request that brings no signature, where the scheme has such: a URL check, for all we know.
    pub(super) fn unsigned(&self, request: &RawRequest, now: Timestamp) -> Option<Bytes> {
        match &self.check {
            Check::Own(own) => own.unsigned(request, now),
            Check::Signatures(_) | Check::Token { .. } | Check::Basic { .. } | Check::Jwt(_) => None,
        }
    }

    /// Verifies a request.
    pub(super) fn verify(&self, request: &RawRequest, now: Timestamp) -> Result<Identity, Reason> {
        let (key, subject) = match &self.check {
            Check::Signatures(signatures) => (signatures.verify(request, now)?, None),
            Check::Own(own) => (own.verify(request, now)?, None),
            Check::Token { place, keys } => (place.verify(request, keys, now)?, None),
            Check::Basic { keys } => {
                let (key, name) = basic::verify(request, keys, now)?;
                (key, Some(name))
            }
            Check::Jwt(jwt) => jwt.verify(request, now)?,
        };
        Ok(Identity { scheme: self.name.clone(), key: Some(key), subject })
    }

    /// Whether any key is in force.
    pub(super) fn has_key(&self, now: Timestamp) -> bool {
        match &self.check {
            Check::Signatures(signatures) => signatures.has_key(now),
            Check::Own(own) => own.has_key(now),
            Check::Token { keys, .. } => keys.in_force(now).next().is_some(),
            Check::Basic { keys } => keys.in_force(now).next().is_some(),
            Check::Jwt(jwt) => jwt.has_key(now),
        }
    }

    /// Whether the check of this request would take milliseconds of CPU.
    pub(super) fn is_expensive_for(&self, request: &RawRequest, now: Timestamp) -> bool {
        match &self.check {
            Check::Signatures(_) | Check::Own(_) | Check::Token { .. } | Check::Jwt(_) => false,
            Check::Basic { keys } => basic::is_expensive(request, keys, now),
        }
    }

    /// Whether the check of some request may take milliseconds of CPU.
    pub(super) fn is_expensive(&self) -> bool {
        match &self.check {
            Check::Signatures(_) | Check::Own(_) | Check::Token { .. } | Check::Jwt(_) => false,
            Check::Basic { keys } => keys.all().any(BasicKey::is_expensive),
        }
    }

    /// The challenge of a 401 (RFC 9110, 11.6.1), where the scheme has one.
    pub(super) fn challenge(&self) -> Option<&'static str> {
        match &self.check {
            Check::Basic { .. } => Some(basic::CHALLENGE),
            Check::Jwt(_) | Check::Token { place: TokenPlace::Bearer, .. } => Some(token::CHALLENGE),
            Check::Token { place: TokenPlace::Header(_) | TokenPlace::Query(_), .. }
            | Check::Signatures(_)
            | Check::Own(_) => None,
        }
    }
}

/// Every key must be for something that the scheme does, and one of them must verify.
fn check_uses(scheme: &Scheme, preset: Option<&Preset>, at: usize) -> Result<(), VerifierError> {
    let known = |use_| preset.map_or(use_ == KeyUse::Sign, |preset| preset.role(use_).is_some());
    if let Some(key) = scheme.keys.iter().position(|key| !known(key.use_)) {
        return Err(VerifierError::KeyUse { scheme: at, key });
    }
    if !scheme.keys.iter().any(|key| key.use_ == KeyUse::Sign) {
        return Err(VerifierError::NoKey { scheme: at });
    }
    Ok(())
}
