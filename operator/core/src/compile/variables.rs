//! `$vars`: the workflow's own, and the entries of ConfigMaps behind them.

use std::sync::Arc;

use boathook_plan::json::Json;

use super::resolve::Inputs;
use crate::condition::Reason;
use crate::field::Field;
use crate::violation::Violation;

/// The object. The workflow's own and earlier ConfigMaps win; a ConfigMap that is not there gives nothing.
pub(super) fn of(inputs: &Inputs, violations: &mut Vec<Violation>) -> Json {
    let values = &inputs.workflow.values;
    let mut vars = values.vars.as_object().cloned().unwrap_or_default();
    for (index, name) in values.vars_from.iter().enumerate() {
        match inputs.config_maps.get(name).and_then(Option::as_ref) {
            Some(config_map) => {
                for (key, value) in &config_map.data {
                    vars.entry(key.as_str().into()).or_insert_with(|| Json::text(value));
                }
            }
            None => violations.push(missing(inputs, index, name)),
        }
    }
    Json::Object(Arc::new(vars))
}

fn missing(inputs: &Inputs, index: usize, name: &str) -> Violation {
    let field = Field::spec().at("varsFrom").item(index).at("configMapRef.name");
    let namespace = &inputs.workflow.key.namespace;
    let message = format!("must name a ConfigMap of namespace {namespace}, and there is no {name}");
    Violation::new(Reason::ConfigMapNotFound, &field, message)
}
