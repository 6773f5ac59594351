//! JSON Schemas of ConfigMaps. One that is missing or none is told and left out: what needs it lets nothing through.

use std::collections::BTreeMap;

use boathook_plan::json::Json;
use boathook_plan::plan::ConfigMapKey;
use boathook_plan::schema::Schema;

use super::resolve::Inputs;
use crate::condition::Reason;
use crate::field::Field;
use crate::violation::Violation;

/// Looks them up.
pub(super) fn of(inputs: &Inputs, violations: &mut Vec<Violation>) -> BTreeMap<String, Json> {
    let mut found = BTreeMap::new();
    for (field, entry) in inputs.workflow.schemas() {
        match schema(inputs, &field, entry) {
            Ok(schema) => drop(found.insert(entry.to_string(), schema)),
            Err(violation) => violations.push(violation),
        }
    }
    found
}

fn schema(inputs: &Inputs, field: &Field, entry: &ConfigMapKey) -> Result<Json, Violation> {
    let ConfigMapKey { name, key } = entry;
    let namespace = &inputs.workflow.key.namespace;
    let at = field.at("configMapKeyRef");
    let Some(config_map) = inputs.config_maps.get(name).and_then(Option::as_ref) else {
        let message = format!("must name a ConfigMap of namespace {namespace}, and there is no {name}");
        return Err(Violation::new(Reason::ConfigMapNotFound, &at.at("name"), message));
    };
    let Some(text) = config_map.data.get(key) else {
        let message = format!("must be a key of ConfigMap {name}, which has no {key}");
        return Err(Violation::new(Reason::ConfigMapNotFound, &at.at("key"), message));
    };
    Schema::read(text).map(|(schema, _)| schema).map_err(|error| {
        let message = format!("must hold a JSON Schema that is bounded, written as JSON: {error}");
        Violation::new(Reason::InvalidKey, &at, message)
    })
}
