//! JSON Schemas of a workflow: those that stand in it are compiled once, those of ConfigMaps are named.

use boathook_crds::reference::ValueSource;
use boathook_plan::json::Json;
use boathook_plan::plan::ConfigMapKey;
use boathook_plan::schema::Schema;
use serde_json::{Map, Value};

use crate::field::Field;
use crate::report::Report;

/// A schema that stands in the workflow.
pub(super) fn schema(schema: &Map<String, Value>, at: &Field, report: &mut Report) -> Json {
    let schema = Json::from(Value::Object(schema.clone()));
    if let Err(error) = Schema::compile(&schema) {
        report.refuse_once(at, format!("must be a JSON Schema that is bounded: {error}"));
    }
    schema
}

/// A schema that stands in a ConfigMap.
pub(super) fn source(source: &ValueSource) -> Option<ConfigMapKey> {
    let entry = source.config_map_key_ref.as_ref()?;
    Some(ConfigMapKey { name: entry.name.to_string(), key: entry.key.to_string() })
}
