//! Looks up the values of keys and `$secrets`, and holds each to what its Secret's owner allowed.
//!
//! A Secret that may not be used is as good as absent. Messages name Secrets and their keys' names as the workflow does,
//! never a value, and never a key's name that the workflow does not know already.

use std::collections::BTreeMap;
use std::sync::Arc;

use boathook_plan::secret::{KeyValue, SecretText};

use super::ALLOW_LABEL;
use crate::condition::Reason;
use crate::field::Field;
use crate::limits::KEY_SIZE;
use crate::validate::{KeySource, SecretEntry};
use crate::violation::Violation;
use crate::world::SecretObject;

/// The Secrets that a workflow names, by name; `None` is one that is not there.
pub(super) type Secrets = BTreeMap<String, Option<Arc<SecretObject>>>;

/// The type of a Secret with a user's name and password.
const BASIC_AUTH: &str = "kubernetes.io/basic-auth";

/// What a Secret is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// As a key of `verification`.
    Verification,
    /// As a `$secrets` of a step.
    Steps,
}

/// One look into the Secrets of a namespace.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look<'a> {
    pub secrets: &'a Secrets,
    pub namespace: &'a str,
    pub purpose: Purpose,
    /// Who refers to it.
    pub field: &'a Field,
}

impl Purpose {
    const fn label(self) -> &'static str {
        match self {
            Self::Verification => "verification",
            Self::Steps => "steps",
        }
    }

    /// `steps` allows both uses.
    fn allowed_by(self, label: &str) -> bool {
        label == Self::Steps.label() || label == self.label()
    }
}

impl Look<'_> {
    /// The value of a key.
    pub fn key(self, source: &KeySource) -> Result<KeyValue, Violation> {
        match source {
            KeySource::Entry(entry) => self.entry(entry).map(KeyValue::Bytes),
            KeySource::BasicAuth { secret } => {
                let member = |key: &str| self.entry(&SecretEntry { secret: secret.clone(), key: key.to_owned() });
                let (username, password) = (member("username")?, member("password")?);
                self.is_basic_auth(secret)?;
                Ok(KeyValue::BasicAuth { username, password })
            }
        }
    }

    /// The value of one entry of a Secret.
    pub fn entry(self, entry: &SecretEntry) -> Result<SecretText, Violation> {
        let SecretEntry { secret: name, key } = entry;
        let secret = self.secrets.get(name).and_then(Option::as_ref).ok_or_else(|| self.not_found(name))?;
        let label = secret.labels.get(ALLOW_LABEL).map(String::as_str);
        if !label.is_some_and(|label| self.purpose.allowed_by(label)) {
            return Err(self.not_allowed(name, label.is_some()));
        }
        let Some(value) = secret.data.get(key) else {
            let message = format!("must name a key of Secret {name}, and it has no {key}");
            return Err(self.violation(Reason::SecretKeyNotFound, message));
        };
        let size = value.expose().len();
        if value.is_empty() || size > KEY_SIZE {
            let message = format!("must have 1 to {KEY_SIZE} bytes at {key} of Secret {name}, and has {size}");
            return Err(self.violation(Reason::InvalidKey, message));
        }
        Ok(SecretText(value.clone()))
    }

    /// The API server holds a Secret of this type to its keys; one of another type was meant for something else.
    fn is_basic_auth(self, name: &str) -> Result<(), Violation> {
        let secret = self.secrets.get(name).and_then(Option::as_ref);
        if secret.is_some_and(|secret| secret.type_ == BASIC_AUTH) {
            return Ok(());
        }
        Err(self.violation(Reason::InvalidKey, format!("must name a Secret of type {BASIC_AUTH}, and {name} is none")))
    }

    /// In a cluster only labelled Secrets are seen, so this may also be one without the label.
    fn not_found(self, name: &str) -> Violation {
        let command = self.command(name, false);
        let message = format!(
            "must name a Secret of namespace {}, and there is no {name} with the label {ALLOW_LABEL}; \
             if it is there without the label: {command}",
            self.namespace
        );
        self.violation(Reason::SecretNotFound, message)
    }

    fn not_allowed(self, name: &str, labelled: bool) -> Violation {
        let command = self.command(name, labelled);
        let message = format!("must be allowed by the owner of Secret {name}: {command}");
        self.violation(Reason::SecretNotAllowed, message)
    }

    fn command(self, name: &str, labelled: bool) -> String {
        let overwrite = if labelled { " --overwrite" } else { "" };
        let (namespace, purpose) = (self.namespace, self.purpose.label());
        format!("kubectl label secret {name} -n {namespace} {ALLOW_LABEL}={purpose}{overwrite}")
    }

    fn violation(self, reason: Reason, message: String) -> Violation {
        Violation::new(reason, self.field, message)
    }
}
