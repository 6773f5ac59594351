//! The schemas of our kinds, compiled once: what the API server would refuse, in its words.

use std::sync::LazyLock;

use boathook_crds::{WebhookGateway, WebhookGatewaySpec, WebhookWorkflow, WebhookWorkflowSpec};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::CustomResourceExt;
use serde::Serialize;

use crate::field::Field;
use crate::report::Report;
use crate::schema::{Schema, SchemaError};

static WORKFLOW: LazyLock<Result<Schema, SchemaError>> = LazyLock::new(|| spec_of(&WebhookWorkflow::crd()));
static GATEWAY: LazyLock<Result<Schema, SchemaError>> = LazyLock::new(|| spec_of(&WebhookGateway::crd()));

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

/// The schema of `spec` in the one version that there is.
fn spec_of(crd: &CustomResourceDefinition) -> Result<Schema, SchemaError> {
    let versions = crd.spec.versions.iter();
    let mut schema =
        versions.filter_map(|version| version.schema.as_ref()?.open_api_v3_schema.as_ref()?.properties.as_ref());
    let spec = schema.find_map(|properties| properties.get("spec"));
    Schema::compile(&serde_json::to_value(spec)?)
}
