//! What a signed token must say, and where its issuer's key set is.

use boathook_crds::workflow::verification::scheme::{Jwt, JwtAlgorithm as Algorithm};
use boathook_plan::plan::{JwtAlgorithm, JwtRules, KeySpec};

use crate::field::Field;
use crate::report::Report;
use crate::validate::valid::{KeySource, SecretEntry, ValidKey};

/// Reads it.
pub(super) fn read(jwt: &Jwt, at: &Field, report: &mut Report) -> JwtRules {
    let rules = JwtRules {
        issuer: jwt.issuer.to_string(),
        audiences: jwt.audiences.iter().map(ToString::to_string).collect(),
        algorithms: jwt.algorithms.iter().copied().map(algorithm).collect(),
        key_set: jwt.jwks_from.is_some(),
    };
    if !jwt.algorithms.is_empty() && !rules.is_of_one_family() {
        report.refuse_once(
            &at.at("algorithms"),
            "must all be HS256 to HS512, or all be others: a public key that also could be a secret would be everybody's",
        );
    }
    rules
}

/// The key set, as the scheme's only key.
pub(super) fn key_set(jwt: &Jwt, at: &Field) -> Option<ValidKey> {
    let entry = jwt.jwks_from.as_ref()?.secret_key_ref.as_ref()?;
    let entry = SecretEntry { secret: entry.name.to_string(), key: entry.key.to_string() };
    Some(ValidKey { field: at.at("jwksFrom"), spec: KeySpec::default(), source: KeySource::Entry(entry) })
}

const fn algorithm(algorithm: Algorithm) -> JwtAlgorithm {
    match algorithm {
        Algorithm::HS256 => JwtAlgorithm::HS256,
        Algorithm::HS384 => JwtAlgorithm::HS384,
        Algorithm::HS512 => JwtAlgorithm::HS512,
        Algorithm::RS256 => JwtAlgorithm::RS256,
        Algorithm::RS384 => JwtAlgorithm::RS384,
        Algorithm::RS512 => JwtAlgorithm::RS512,
        Algorithm::PS256 => JwtAlgorithm::PS256,
        Algorithm::PS384 => JwtAlgorithm::PS384,
        Algorithm::PS512 => JwtAlgorithm::PS512,
        Algorithm::ES256 => JwtAlgorithm::ES256,
        Algorithm::ES384 => JwtAlgorithm::ES384,
        Algorithm::EdDSA => JwtAlgorithm::EdDSA,
    }
}
