//! Takes secrets out of what a target said: some echo the request they were sent, and results are kept.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::target::percent_encoded;
use super::{HttpCall, HttpProgram};
use crate::json::Json;
use crate::limits::MASKED_SIZE;
use crate::scope::Scope;

/// What stands in a secret's place.
pub(super) const REDACTED: &str = "REDACTED";

/// Texts that must not be kept. `Debug` shows none of them.
pub struct Mask(Vec<Zeroizing<String>>);

impl std::fmt::Debug for Mask {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Mask({})", self.0.len())
    }
}

impl HttpProgram {
    /// The secrets of one request: those in `scope`, plain, in base64 and percent-encoded, and its sensitive fields.
    /// Ones shorter than [`MASKED_SIZE`] are left: they would cut holes into ordinary text.
    pub fn mask(&self, scope: &Scope, call: &HttpCall) -> Mask {
        let mut texts = Vec::new();
        for secret in self.secrets().filter_map(|name| scope.get(super::secrets::ROOT)?.get([name])?.as_str()) {
            let secret = secret.trim();
            texts.push(secret.to_owned());
            texts.push(STANDARD.encode(secret));
            texts.push(percent_encoded(secret));
        }
        for value in call.headers.values().filter(|value| value.is_sensitive()) {
            let Ok(text) = value.to_str() else { continue };
            texts.push(text.split_once(' ').map_or(text, |(_, credentials)| credentials).to_owned());
        }
        texts.retain(|text| text.len() >= MASKED_SIZE);
        // The longest first: a shorter one may be a part of it.
        texts.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        texts.dedup();
        Mask(texts.into_iter().map(Zeroizing::new).collect())
    }
}

impl Mask {
    /// The value, with every secret in its strings and names replaced.
    pub fn json(&self, value: Json) -> Json {
        match value {
            Json::String(text) if self.hits(&text) => Json::from(self.text(&text)),
            Json::Array(items) if !self.0.is_empty() => Json::list(items.iter().map(|item| self.json(item.clone()))),
            Json::Object(members) if !self.0.is_empty() => {
                let masked: Vec<_> =
                    members.iter().map(|(name, value)| (self.text(name), self.json(value.clone()))).collect();
                Json::object(masked.iter().map(|(name, value)| (name.as_str(), value.clone())))
            }
            Json::Null
            | Json::Bool(_)
            | Json::Number(_)
            | Json::String(_)
            | Json::Bytes(_)
            | Json::Array(_)
            | Json::Object(_) => value,
        }
    }

    fn hits(&self, text: &str) -> bool {
        self.0.iter().any(|secret| text.contains(secret.as_str()))
    }

    fn text(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), REDACTED))
    }
}
