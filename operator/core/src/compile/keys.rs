//! The values of a route's keys and secrets. One that is missing, not allowed or no key is told and left out: the
//! others serve on.

use std::collections::BTreeMap;

use boathook_plan::secret::{KeyValue, Keys, SecretText};
use boathook_plan::verify::Verifier;

use super::resolve::Inputs;
use super::secrets::{Look, Purpose};
use crate::condition::Reason;
use crate::field::Field;
use crate::validate::ValidVerification;
use crate::violation::Violation;

/// Looks them up.
pub(super) fn of(inputs: &Inputs, violations: &mut Vec<Violation>) -> Keys {
    let verification = inputs.workflow.verification();
    let schemes = verification.map(|verification| schemes(inputs, verification, violations));
    Keys { schemes: schemes.unwrap_or_default(), secrets: secrets(inputs, violations) }
}

fn schemes(
    inputs: &Inputs,
    verification: &ValidVerification,
    violations: &mut Vec<Violation>,
) -> Vec<Vec<Option<KeyValue>>> {
    let mut keep = |result: Result<KeyValue, Violation>| result.map_err(|violation| violations.push(violation)).ok();
    let of_scheme = verification.schemes.iter().map(|scheme| {
        let keys = scheme.keys.iter();
        keys.map(|key| keep(look(inputs, Purpose::Verification, &key.field).key(&key.source))).collect()
    });
    let mut values: Vec<Vec<_>> = of_scheme.collect();
    let problems = Verifier::new(&verification.plan(), &values).map(|verifier| verifier.key_problems().to_vec());
    for problem in problems.unwrap_or_default() {
        let key = verification.schemes.get(problem.scheme).and_then(|scheme| scheme.keys.get(problem.key));
        let value = values.get_mut(problem.scheme).and_then(|keys| keys.get_mut(problem.key));
        if let (Some(key), Some(value)) = (key, value.filter(|value| value.is_some())) {
            violations.push(Violation::new(Reason::InvalidKey, &key.field, problem.message));
            if !problem.usable {
                *value = None;
            }
        }
    }
    values
}

fn secrets(inputs: &Inputs, violations: &mut Vec<Violation>) -> BTreeMap<String, SecretText> {
    let named = inputs.workflow.values.secrets.iter();
    named
        .filter_map(|secret| match look(inputs, Purpose::Steps, &secret.field).entry(&secret.entry) {
            Ok(value) => Some((secret.name.clone(), value)),
            Err(violation) => {
                violations.push(violation);
                None
            }
        })
        .collect()
}

fn look<'a>(inputs: &'a Inputs, purpose: Purpose, field: &'a Field) -> Look<'a> {
    Look { secrets: &inputs.secrets, namespace: &inputs.workflow.key.namespace, purpose, field }
}
