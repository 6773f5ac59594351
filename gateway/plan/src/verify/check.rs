//! What one scheme checks: the kinds of proof, and the keys that each takes.

use http::HeaderName;

use crate::plan::{KeySpec, Scheme, SchemeKind};
use crate::secret::{KeyValue, Secret};

use super::basic::BasicKey;
use super::decode::HexCase;
use super::fault::FormFault;
use super::htpasswd::LineFault;
use super::jwt::JwtCheck;
use super::keys::{KeyFault, KeyRing, decode};
use super::own::OwnProof;
use super::preset::{self, Preset, Proof, TokenIn, Variant};
use super::signatures::Signatures;
use super::token::TokenPlace;

/// What a scheme checks.
#[derive(Debug)]
pub(super) enum Check {
    /// The declarative form.
    Signatures(Signatures),
    /// What the form cannot reach.
    Own(OwnProof),
    /// A shared text.
    Token { place: TokenPlace, keys: KeyRing<Secret> },
    /// A name and a password.
    Basic { keys: KeyRing<BasicKey> },
    /// A signed token.
    Jwt(JwtCheck),
}

impl Check {
    /// Compiles a scheme's kind without its keys. An error without a fault is the name of an API key.
    pub(super) fn compile(scheme: &Scheme) -> Result<Self, Option<FormFault>> {
        match &scheme.kind {
            SchemeKind::Preset(name) => Self::preset(preset::find(name).ok_or(None)?, scheme),
            SchemeKind::Hmac(form) => {
                let variant = Variant::from((**form).clone());
                Ok(Self::Signatures(Signatures::compile(&[variant], HexCase::Uniform, None)?))
            }
            SchemeKind::Basic => Ok(Self::Basic { keys: KeyRing::default() }),
            SchemeKind::Bearer => Ok(Self::token(TokenPlace::Bearer)),
            SchemeKind::ApiKey(place) => TokenPlace::of(place).map(Self::token).ok_or(None),
            SchemeKind::Jwt(rules) => Ok(Self::Jwt(JwtCheck::new(rules))),
        }
    }

    fn preset(preset: &Preset, scheme: &Scheme) -> Result<Self, Option<FormFault>> {
        match preset.proof {
            Proof::Signature(variants) => {
                let variants = with_tolerance(variants(), scheme.tolerance_ms);
                let public_url = scheme.options.public_url.as_deref();
                Ok(Self::Signatures(Signatures::compile(&variants, HexCase::Lower, public_url)?))
            }
            Proof::Token(TokenIn::Bearer) => Ok(Self::token(TokenPlace::Bearer)),
            Proof::Token(TokenIn::Header(name)) => Ok(Self::token(TokenPlace::Header(HeaderName::from_static(name)))),
            Proof::Token(TokenIn::Query(name)) => Ok(Self::token(TokenPlace::Query(name.to_owned()))),
            Proof::Own(own) => Ok(Self::Own(OwnProof::compile(own, scheme))),
        }
    }

    fn token(place: TokenPlace) -> Self {
        Self::Token { place, keys: KeyRing::default() }
    }

    /// Takes a key up that verifies; see [`super::scheme::CompiledScheme::take`].
    pub(super) fn take(
        &mut self,
        position: usize,
        spec: &KeySpec,
        value: &KeyValue,
    ) -> Result<Vec<LineFault>, KeyFault> {
        match self {
            Self::Signatures(signatures) => signatures.take(position, spec, value)?,
            Self::Own(own) => own.take(position, spec, value)?,
            Self::Jwt(jwt) => jwt.take(position, spec, value)?,
            Self::Token { place, keys } => {
                let token = decode(spec, value)?;
                if !place.can_hold(token.expose()) {
                    return Err(KeyFault::NotAHeader);
                }
                keys.push(position, spec, token);
            }
            Self::Basic { keys } => {
                let (key, faults) = BasicKey::new(value)?;
                keys.push(position, spec, key);
                return Ok(faults);
            }
        }
        Ok(Vec::new())
    }
}

impl Check {
    /// Takes a key up that decrypts; only schemes that encrypt are told of one.
    pub(super) fn take_decrypting(
        &mut self,
        position: usize,
        spec: &KeySpec,
        value: &KeyValue,
    ) -> Result<(), KeyFault> {
        match self {
            Self::Own(own) => own.take_decrypting(position, spec, value),
            Self::Signatures(_) | Self::Token { .. } | Self::Basic { .. } | Self::Jwt(_) => Ok(()),
        }
    }
}

fn with_tolerance(mut variants: Vec<Variant>, tolerance_ms: Option<u64>) -> Vec<Variant> {
    for time in variants.iter_mut().filter_map(|variant| variant.form.timestamp.as_mut()) {
        time.tolerance_ms = tolerance_ms.unwrap_or(time.tolerance_ms);
    }
    variants
}
