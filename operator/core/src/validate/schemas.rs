//! The schemas of our kinds, compiled once: what the API server would refuse, in its words.

use std::sync::LazyLock;

use boathook_crds::generate::{self, Definition};
use boathook_crds::{WebhookGatewaySpec, WebhookWorkflowSpec};
use serde::Serialize;
use serde_json::Value;

use crate::field::Field;
use crate::report::Report;
use crate::schema::{Schema, SchemaError};

static WORKFLOW: LazyLock<Result<Schema, SchemaError>> = LazyLock::new(|| spec_of(&generate::workflow()));
static GATEWAY: LazyLock<Result<Schema, SchemaError>> = LazyLock::new(|| spec_of(&generate::gateway()));

/// Reports what a workflow's schema refuses.
pub(super) fn workflow(spec: &WebhookWorkflowSpec, report: &mut Report) {
    check(&WORKFLOW, spec, report);
}

/// Reports what a gateway's schema refuses.
pub(super) fn gateway(spec: &WebhookGatewaySpec, report: &mut Report) {
    check(&GATEWAY, spec, report);
}

/// A schema of ours that does not compile is a fault of this build: nothing is accepted then.
fn check(schema: &Result<Schema, SchemaError>, spec: &impl Serialize, report: &mut Report) {
    let at = Field::spec();
    match (schema, serde_json::to_value(spec)) {
        (Ok(schema), Ok(mut value)) => {
            schema.fill(&mut value);
            schema.check(&at, &value, report);
        }
        (Err(error), _) => report.refuse(&at, format!("cannot be judged by this build: {error}")),
        (_, Err(error)) => report.refuse(&at, format!("must be what its schema says: {error}")),
    }
}

fn spec_of(definition: &Definition) -> Result<Schema, SchemaError> {
    Schema::compile(definition.schema().pointer("/properties/spec").unwrap_or(&Value::Null))
}

#[cfg(test)]
mod tests {
    use super::{GATEWAY, WORKFLOW};

    #[test]
    fn the_schemas_of_this_build_compile() {
        for schema in [&*WORKFLOW, &*GATEWAY] {
            assert!(schema.is_ok(), "{schema:?}");
        }
    }
}
