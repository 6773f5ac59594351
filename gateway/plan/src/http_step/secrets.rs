//! `$secrets`: which ones a step names, and how they get into the scope of one attempt.

use std::collections::{BTreeMap, BTreeSet};

use crate::expr::Reference;
use crate::http_step::HttpProgram;
use crate::json::Json;
use crate::reason::{StepFailure, StepReason};
use crate::scope::Scope;
use crate::secret::SecretText;

/// The variable.
pub(super) const ROOT: &str = "$secrets";

/// The names, each once, in order. The whole of `$secrets` has no name; the compiler refuses it.
pub(super) fn names(references: &[Reference]) -> impl Iterator<Item = &str> {
    let names: BTreeSet<&str> = references
        .iter()
        .filter(|reference| &*reference.root == ROOT)
        .filter_map(|reference| reference.path.first())
        .map(|name| &**name)
        .collect();
    names.into_iter()
}

impl HttpProgram {
    /// `scope` with the secrets that this step names and no others. Only for the one attempt that needs them.
    pub fn with_secrets(&self, scope: &Scope, secrets: &BTreeMap<String, SecretText>) -> Result<Scope, StepFailure> {
        let members =
            self.secrets().map(|name| Ok((name, value(name, secrets)?))).collect::<Result<Vec<_>, StepFailure>>()?;
        Ok(scope.clone().with(ROOT, Json::object(members)))
    }
}

fn value(name: &str, secrets: &BTreeMap<String, SecretText>) -> Result<Json, StepFailure> {
    let unavailable = |why| StepFailure::new(StepReason::SecretUnavailable, format!("{ROOT}.{name} {why}"));
    let SecretText(secret) = secrets.get(name).ok_or_else(|| unavailable("is not there"))?;
    let text = std::str::from_utf8(secret.expose()).map_err(|_| unavailable("is not text"))?;
    if text.is_empty() { Err(unavailable("is empty")) } else { Ok(Json::text(text)) }
}
