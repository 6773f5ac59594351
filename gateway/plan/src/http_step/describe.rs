//! The request as records and traces show it: rendered a second time, from a scope that holds no secret.

use http::HeaderValue;

use super::answer::{content, headers};
use super::mask::REDACTED;
use super::{CallFacts, HttpProgram, secrets, sign};
use crate::json::Json;
use crate::reason::StepFailure;
use crate::scope::Scope;

impl HttpProgram {
    /// `{method, url, headers, data, text}` with a word in the place of each secret. A URL that cannot be made without
    /// its secret is that word.
    pub fn describe(&self, scope: &Scope, facts: &CallFacts) -> Result<Json, StepFailure> {
        let names: Vec<_> = self.secrets().map(|name| (name, Json::text(REDACTED))).collect();
        let scope = scope.clone().with(secrets::ROOT, Json::object(names));
        let url = match self.target.render(&scope) {
            Ok(url) => url.to_string(),
            Err(_) if self.target.is_secret() => REDACTED.to_owned(),
            Err(failure) => return Err(failure),
        };
        let (mut fields, body) = self.render_message(&scope, facts)?;
        let redacted = HeaderValue::from_static(REDACTED);
        for value in fields.values_mut().filter(|value| value.is_sensitive()) {
            *value = redacted.clone();
        }
        if self.auth.is_some() {
            fields.insert(http::header::AUTHORIZATION, redacted.clone());
        }
        if self.sign.is_some() {
            let [_, _, signature] = sign::NAMES;
            fields.insert(signature, redacted);
        }
        let (data, text) = content(&fields, &body)?;
        Ok(Json::object([
            ("method", Json::text(self.method.as_str())),
            ("url", Json::from(url)),
            ("headers", headers(&fields)),
            ("data", data),
            ("text", text),
        ]))
    }
}
