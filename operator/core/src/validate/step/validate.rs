//! `validate`: a schema, checks, or both.

use boathook_crds::workflow::steps::validate::ValidateStep as Text;
use boathook_plan::plan::{Check, Delimiters, ValidateStep};
use serde_json::Value;

use crate::field::Field;
use crate::validate::reader::Reader;
use crate::validate::shape;

/// What a check says that has no message.
const CHECK_FAILED: &str = "the check does not hold";

/// Reads it.
pub(super) fn read(step: &Text, at: &Field, reader: &mut Reader) -> ValidateStep {
    let value = step.value.clone().unwrap_or_else(|| Value::from(whole_body(reader.delimiters)));
    let checks = step.checks.iter().enumerate().map(|(index, check)| {
        let at = at.at("checks").item(index);
        let message = check.message.as_deref().unwrap_or(CHECK_FAILED);
        Check {
            that: reader.expression(&at.at("that"), &check.that),
            message: reader.template(&at.at("message"), message),
        }
    });
    let checks = checks.collect();
    ValidateStep {
        value: reader.json(&at.at("value"), &value),
        schema: step.schema.as_ref().map(|schema| shape::schema(schema, &at.at("schema"), &mut reader.report)),
        schema_from: step.schema_from.as_ref().and_then(shape::source),
        checks,
    }
}

/// The default value: `$context.data`.
const fn whole_body(delimiters: Delimiters) -> &'static str {
    match delimiters {
        Delimiters::Braces => "{{ $context.data }}",
        Delimiters::Parentheses => "$( $context.data )",
    }
}
