//! `set`: values for later steps.

use boathook_plan::json::Json;
use serde_json::{Map, Value};

use crate::field::Field;
use crate::validate::reader::Reader;

/// Reads it.
pub(super) fn read(values: &Map<String, Value>, at: &Field, reader: &mut Reader) -> Json {
    reader.json(at, &Value::Object(values.clone()))
}
