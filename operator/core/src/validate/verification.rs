//! `spec.webhook.verification`: schemes and the keys that they take.
//!
//! Which keys a preset takes, and how they are written, is its row of the preset table; nothing here knows a provider.

mod hmac;
mod jwt;
mod key;

use boathook_crds::workflow::verification::Verification;
use boathook_crds::workflow::verification::scheme::{ApiKey, ApiKeyPlace as Place, Scheme};
use boathook_plan::plan::{self, ApiKeyPlace, KeyUse, Match, SchemeKind, SchemeOptions};
use boathook_plan::verify::Verifier;
use boathook_plan::verify::preset::{self, Preset};
use http::HeaderName;

use super::bounds::{LEAST, TOLERANCE};
use super::valid::{ValidScheme, ValidVerification};
use crate::field::Field;
use crate::report::Report;

/// Reads it.
pub(super) fn read(verification: &Verification, at: &Field, report: &mut Report) -> ValidVerification {
    use boathook_crds::workflow::verification::Match as Wanted;
    let schemes = verification.schemes.iter().enumerate();
    let schemes = schemes.filter_map(|(index, scheme)| read_scheme(scheme, &at.at("schemes").item(index), report));
    let valid = ValidVerification {
        match_: match verification.match_ {
            Some(Wanted::Any) => Match::Any,
            Some(Wanted::All) | None => Match::All,
        },
        schemes: schemes.collect(),
    };
    if let Err(error) = Verifier::new(&valid.plan(), &[])
        && report.is_empty()
    {
        report.refuse(at, format!("must compile: {error}"));
    }
    valid
}

impl ValidVerification {
    /// What the gateway is told.
    pub(crate) fn plan(&self) -> plan::Verification {
        let schemes = self.schemes.iter().map(|scheme| plan::Scheme {
            kind: scheme.kind.clone(),
            keys: scheme.keys.iter().map(|key| key.spec.clone()).collect(),
            tolerance_ms: scheme.tolerance_ms,
            options: scheme.options.clone(),
        });
        plan::Verification { match_: self.match_, schemes: schemes.collect() }
    }
}

/// `None` when the scheme is of no kind that is built; the report says so already.
fn read_scheme(scheme: &Scheme, at: &Field, report: &mut Report) -> Option<ValidScheme> {
    let preset = scheme.preset.and_then(|preset| preset::find(preset.as_str()));
    let kind = kind(scheme, preset, at, report)?;
    let keys = scheme.keys.iter().enumerate();
    let keys = keys.map(|(index, key)| key::read(key, preset, &at.at("keys").item(index), report));
    let keys: Vec<_> = keys.chain(scheme.jwt.iter().filter_map(|jwt| jwt::key_set(jwt, &at.at("jwt")))).collect();
    if scheme.jwt.is_none() && !keys.iter().any(|key| key.spec.use_ == KeyUse::Sign) {
        report.refuse_once(&at.at("keys"), "must have a key with `use: Sign`, by which requests are verified");
    }
    let tolerance_ms = scheme.tolerance.as_ref().map(|tolerance| {
        let field = at.at("tolerance");
        if preset.is_some_and(|preset| !preset.has_timestamp()) {
            report.refuse_once(&field, "must not be set: this preset's signature has no time");
        }
        report.duration(&field, tolerance, LEAST, TOLERANCE)
    });
    if preset.is_some_and(Preset::encrypts_for_a_receiver) {
        if scheme.receiver_id.is_none() {
            report.refuse_once(&at.at("receiverID"), "must be set: a message for somebody else would pass");
        }
        if !keys.iter().any(|key| key.spec.use_ == KeyUse::Decrypt) {
            report.refuse_once(&at.at("keys"), "must have a key with `use: Decrypt`, by which messages are opened");
        }
    }
    let options = SchemeOptions {
        public_url: scheme.public_url.as_ref().map(ToString::to_string),
        receiver_id: scheme.receiver_id.as_ref().map(ToString::to_string),
        allowed_origins: scheme.allowed_origins.iter().map(ToString::to_string).collect(),
    };
    Some(ValidScheme { kind, tolerance_ms, options, keys })
}

fn kind(scheme: &Scheme, preset: Option<&Preset>, at: &Field, report: &mut Report) -> Option<SchemeKind> {
    let hmac = scheme.hmac.as_ref().map(|form| hmac::read(form, &at.at("hmac"), report));
    let api_key = scheme.api_key.as_ref().map(|key| api_key(key, &at.at("apiKey"), report));
    let jwt = scheme.jwt.as_ref().map(|jwt| jwt::read(jwt, &at.at("jwt"), report));
    preset
        .map(|preset| SchemeKind::Preset(preset.name.to_owned()))
        .or_else(|| hmac.map(|form| SchemeKind::Hmac(Box::new(form))))
        .or_else(|| scheme.basic.as_ref().map(|_| SchemeKind::Basic))
        .or_else(|| scheme.bearer.as_ref().map(|_| SchemeKind::Bearer))
        .or_else(|| api_key.map(SchemeKind::ApiKey))
        .or_else(|| jwt.map(|rules| SchemeKind::Jwt(Box::new(rules))))
}

fn api_key(key: &ApiKey, at: &Field, report: &mut Report) -> ApiKeyPlace {
    let name = key.name.to_string();
    match key.in_ {
        Place::Header => {
            if HeaderName::from_bytes(name.as_bytes()).is_err() {
                report.refuse_once(&at.at("name"), "must be the name of a header field, such as X-API-Key");
            }
            ApiKeyPlace::Header(name)
        }
        Place::Query => ApiKeyPlace::Query(name),
    }
}
