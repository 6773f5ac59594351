//! `vars`, `varsFrom` and `secrets`: what expressions may name besides the request.

use boathook_crds::workflow::{SecretVariable, WebhookWorkflowSpec};
use boathook_plan::json::Json;
use boathook_plan::limits::JSON_DEPTH;
use serde_json::Value;

use super::reader::depth;
use super::valid::{NamedSecret, SecretEntry, Values};
use crate::field::Field;
use crate::report::Report;

/// Reads them.
pub(super) fn read(spec: &WebhookWorkflowSpec, at: &Field, report: &mut Report) -> Values {
    let vars = Value::Object(spec.vars.clone());
    if depth(&vars) > JSON_DEPTH {
        report.refuse(&at.at("vars"), format!("must not nest deeper than {JSON_DEPTH}"));
    }
    for name in spec.vars.keys().filter(|name| !is_identifier(name)) {
        let message = "must be a name of letters, digits and _ that does not begin with a digit, for $vars.NAME";
        report.refuse(&at.at("vars").key(name), message);
    }
    Values {
        vars: Json::from(vars),
        vars_from: spec.vars_from.iter().map(|source| source.config_map_ref.name.to_string()).collect(),
        secrets: spec.secrets.iter().enumerate().map(|(index, secret)| named(secret, at, index)).collect(),
    }
}

fn named(secret: &SecretVariable, at: &Field, index: usize) -> NamedSecret {
    let reference = &secret.secret_key_ref;
    NamedSecret {
        name: secret.name.to_string(),
        field: at.at("secrets").item(index).at("secretKeyRef"),
        entry: SecretEntry { secret: reference.name.to_string(), key: reference.key.to_string() },
    }
}

/// What may stand behind a dot in an expression.
fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|found| found.is_ascii_alphanumeric() || found == '_')
}
