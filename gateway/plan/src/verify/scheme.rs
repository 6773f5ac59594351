//! One entry of `schemes`, compiled: what is checked, with which keys.

use http::{HeaderMap, header};
use jiff::Timestamp;

use crate::json::Json;
use crate::plan::{HmacForm, KeySpec, KeyUse, Scheme, SchemeKind};
use crate::reason::Reason;
use crate::request::{Identity, RawRequest};
use crate::secret::{KeyValue, Secret};

use super::SecretPlace;
use super::basic::{self, BasicKey};
use super::decode::HexCase;
use super::error::VerifierError;
use super::facts::{self, DeliveryId};
use super::fault::FormFault;
use super::form::{Form, FormKey};
use super::htpasswd::LineFault;
use super::keys::{KeyFault, KeyRing, decode};
use super::preset::{self, Preset, Proof};
use super::token::{self, TokenPlace};

/// A compiled scheme.
#[derive(Debug)]
pub(super) struct CompiledScheme {
    name: String,
    preset: Option<&'static Preset>,
    check: Check,
}

/// What a scheme checks.
#[derive(Debug)]
pub(super) enum Check {
    /// Forms of one sender under several header names: the first whose signature is presented is the only one tried.
    Hmac { forms: Vec<Form>, keys: KeyRing<FormKey> },
    /// A shared text.
    Token { place: TokenPlace, keys: KeyRing<Secret> },
    /// A name and a password.
    Basic { keys: KeyRing<BasicKey> },
}

impl CompiledScheme {
    /// Compiles the scheme at position `at`, without keys.
    pub(super) fn compile(scheme: &Scheme, at: usize) -> Result<Self, VerifierError> {
        let preset = match &scheme.kind {
            SchemeKind::Preset(name) => {
                let unknown = || VerifierError::Preset { scheme: at, name: name.clone() };
                Some(preset::find(name).ok_or_else(unknown)?)
            }
            SchemeKind::Hmac(_) | SchemeKind::Basic | SchemeKind::Bearer | SchemeKind::ApiKey(_) => None,
        };
        if scheme.tolerance_ms.is_some() && !preset.is_some_and(Preset::has_timestamp) {
            return Err(VerifierError::Tolerance { scheme: at });
        }
        check_uses(scheme, preset, at)?;
        let check = Check::compile(&scheme.kind, scheme.tolerance_ms).map_err(|fault| match fault {
            Some(fault) => VerifierError::Form { scheme: at, fault },
            None => VerifierError::ApiKeyName { scheme: at },
        })?;
        Ok(Self { name: name(&scheme.kind).to_owned(), preset, check })
    }

    /// Takes a key up, and returns the parts of it that can never match; an error is for a key of which nothing can.
    /// Keys for other uses than signing are not the check's.
    pub(super) fn take(
        &mut self,
        position: usize,
        spec: &KeySpec,
        value: &KeyValue,
    ) -> Result<Vec<LineFault>, KeyFault> {
        if spec.use_ != KeyUse::Sign {
            return Ok(Vec::new());
        }
        match &mut self.check {
            Check::Hmac { forms, keys } => {
                let secret = decode(spec, value)?;
                if let Some(key) = forms.first().and_then(|form| form.key(secret)) {
                    keys.push(position, spec, key);
                }
                Ok(Vec::new())
            }
            Check::Token { place, keys } => {
                let token = decode(spec, value)?;
                if !place.can_hold(token.expose()) {
                    return Err(KeyFault::NotAHeader);
                }
                keys.push(position, spec, token);
                Ok(Vec::new())
            }
            Check::Basic { keys } => {
                let (key, faults) = BasicKey::new(value)?;
                keys.push(position, spec, key);
                Ok(faults)
            }
        }
    }

    /// The row of the preset, where the scheme is one.
    pub(super) fn preset(&self) -> Option<&'static Preset> {
        self.preset
    }

    /// The field of a request that carries the signature, where the scheme makes one.
    pub(super) fn signature<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        match &self.check {
            Check::Hmac { forms, .. } => {
                let form = forms.iter().find(|form| form.is_presented(headers))?;
                headers.get(form.header())?.to_str().ok()
            }
            Check::Token { .. } | Check::Basic { .. } => None,
        }
    }

    /// Where a request carries the scheme's credential, unless that is a signature.
    pub(super) fn secret_place(&self) -> Option<SecretPlace<'_>> {
        match &self.check {
            Check::Hmac { .. } => None,
            Check::Basic { .. } | Check::Token { place: TokenPlace::Bearer, .. } => {
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
            Check::Hmac { forms, .. } => forms.iter().find(|form| form.is_presented(&request.headers)),
            Check::Token { .. } | Check::Basic { .. } => None,
        };
        if let Some(form) = form.filter(|form| form.names_an_id()) {
            return form.delivery_id(&request.headers);
        }
        self.preset.into_iter().flat_map(|preset| preset.delivery_id).find_map(|id| {
            let text = facts::text(id.place, request, data)?;
            Some(DeliveryId { id: text, signed: id.signed })
        })
    }

    /// Verifies a request.
    pub(super) fn verify(&self, request: &RawRequest, now: Timestamp) -> Result<Identity, Reason> {
        let (key, subject) = match &self.check {
            Check::Hmac { forms, keys } => {
                let form = forms.iter().find(|form| form.is_presented(&request.headers));
                (form.ok_or(Reason::SignatureMissing)?.verify(request, keys, now)?, None)
            }
            Check::Token { place, keys } => (place.verify(request, keys, now)?, None),
            Check::Basic { keys } => {
                let (key, name) = basic::verify(request, keys, now)?;
                (key, Some(name))
            }
        };
        Ok(Identity { scheme: self.name.clone(), key: Some(key), subject })
    }

    /// Whether any key is in force.
    pub(super) fn has_key(&self, now: Timestamp) -> bool {
        match &self.check {
            Check::Hmac { keys, .. } => keys.in_force(now).next().is_some(),
            Check::Token { keys, .. } => keys.in_force(now).next().is_some(),
            Check::Basic { keys } => keys.in_force(now).next().is_some(),
        }
    }

    /// Whether the check of this request would take milliseconds of CPU.
    pub(super) fn is_expensive_for(&self, request: &RawRequest, now: Timestamp) -> bool {
        match &self.check {
            Check::Hmac { .. } | Check::Token { .. } => false,
            Check::Basic { keys } => basic::is_expensive(request, keys, now),
        }
    }

    /// Whether the check of some request may take milliseconds of CPU.
    pub(super) fn is_expensive(&self) -> bool {
        match &self.check {
            Check::Hmac { .. } | Check::Token { .. } => false,
            Check::Basic { keys } => keys.all().any(BasicKey::is_expensive),
        }
    }

    /// The challenge of a 401 (RFC 9110, 11.6.1), where the scheme has one.
    pub(super) fn challenge(&self) -> Option<&'static str> {
        match &self.check {
            Check::Basic { .. } => Some(basic::CHALLENGE),
            Check::Token { place: TokenPlace::Bearer, .. } => Some(token::CHALLENGE),
            Check::Token { place: TokenPlace::Header(_) | TokenPlace::Query(_), .. } | Check::Hmac { .. } => None,
        }
    }
}

impl Check {
    /// Compiles a kind without its keys. An error without a fault is the name of an API key.
    pub(super) fn compile(kind: &SchemeKind, tolerance_ms: Option<u64>) -> Result<Self, Option<FormFault>> {
        match kind {
            SchemeKind::Preset(name) => match preset::find(name).map(|preset| &preset.proof) {
                Some(Proof::Hmac(forms)) => Self::hmac(&with_tolerance(forms(), tolerance_ms), HexCase::Lower),
                Some(Proof::Token(place)) => Self::token(TokenPlace::of(&place())),
                None => Err(None),
            },
            SchemeKind::Hmac(form) => Self::hmac(std::slice::from_ref(&**form), HexCase::Uniform),
            SchemeKind::Basic => Ok(Self::Basic { keys: KeyRing::default() }),
            SchemeKind::Bearer => Self::token(Some(TokenPlace::Bearer)),
            SchemeKind::ApiKey(place) => Self::token(TokenPlace::of(place)),
        }
    }

    fn hmac(forms: &[HmacForm], case: HexCase) -> Result<Self, Option<FormFault>> {
        let forms = forms.iter().map(|form| Form::compile(form, case)).collect::<Result<_, _>>()?;
        Ok(Self::Hmac { forms, keys: KeyRing::default() })
    }

    fn token(place: Option<TokenPlace>) -> Result<Self, Option<FormFault>> {
        place.map(|place| Self::Token { place, keys: KeyRing::default() }).ok_or(None)
    }
}

/// How `$context.identity.scheme` calls it.
fn name(kind: &SchemeKind) -> &str {
    match kind {
        SchemeKind::Preset(name) => name,
        SchemeKind::Hmac(_) => "hmac",
        SchemeKind::Basic => "basic",
        SchemeKind::Bearer => "bearer",
        SchemeKind::ApiKey(_) => "apiKey",
    }
}

fn with_tolerance(mut forms: Vec<HmacForm>, tolerance_ms: Option<u64>) -> Vec<HmacForm> {
    for time in forms.iter_mut().filter_map(|form| form.timestamp.as_mut()) {
        time.tolerance_ms = tolerance_ms.unwrap_or(time.tolerance_ms);
    }
    forms
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
