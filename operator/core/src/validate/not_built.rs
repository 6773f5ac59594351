//! What the schema has and this build has not: one table for each type, one row a field. A row goes when its field is
//! built.

use boathook_crds::reference::ValueSource;
use boathook_crds::workflow::WebhookWorkflowSpec;
use boathook_crds::workflow::step::Step;
use boathook_crds::workflow::steps::http::HttpStep;
use boathook_crds::workflow::steps::validate::ValidateStep;
use boathook_crds::workflow::verification::scheme::Scheme;
use boathook_crds::workflow::webhook::Webhook;
use boathook_plan::verify::preset;

use crate::field::Field;
use crate::report::Report;

/// A field that is not built, and whether a resource asks for it.
pub(super) struct Row<T> {
    field: &'static str,
    asked: fn(&T) -> bool,
}

impl<T> Row<T> {
    pub(super) const fn new(field: &'static str, asked: fn(&T) -> bool) -> Self {
        Self { field, asked }
    }
}

const WORKFLOW: [Row<WebhookWorkflowSpec>; 1] =
    [Row::new("serviceAccountName", |spec| spec.service_account_name.is_some())];

const WEBHOOK: [Row<Webhook>; 1] = [Row::new("request.schemaFrom.secretKeyRef", |webhook| {
    webhook.request.as_ref().is_some_and(|request| is_secret(request.schema_from.as_ref()))
})];

const LIST: [Row<ValueSource>; 1] = [Row::new("secretKeyRef", |source| source.secret_key_ref.is_some())];

const SCHEME: [Row<Scheme>; 8] = [
    Row::new("preset", |scheme| scheme.preset.is_some_and(|preset| preset::find(preset.as_str()).is_none())),
    Row::new("jwt.jwksURL", |scheme| scheme.jwt.as_ref().is_some_and(|jwt| jwt.jwks_url.is_some())),
    Row::new("jwt.jwksFrom.configMapKeyRef", |scheme| {
        let source = scheme.jwt.as_ref().and_then(|jwt| jwt.jwks_from.as_ref());
        source.is_some_and(|source| source.config_map_key_ref.is_some())
    }),
    Row::new("jwt.require", |scheme| scheme.jwt.as_ref().is_some_and(|jwt| jwt.require.is_some())),
    Row::new("httpMessageSignature", |scheme| scheme.http_message_signature.is_some()),
    Row::new("clientCertificate", |scheme| scheme.client_certificate.is_some()),
    Row::new("topicARNs", |scheme| !scheme.topic_arns.is_empty()),
    Row::new("clientKey", |scheme| scheme.client_key.is_some()),
];

const STEP: [Row<Step>; 4] = [
    Row::new("record", |step| step.record.is_some()),
    Row::new("kubernetes", |step| step.kubernetes.is_some()),
    Row::new("email", |step| step.email.is_some()),
    Row::new("message", |step| step.message.is_some()),
];

const HTTP: [Row<HttpStep>; 2] = [
    Row::new("auth.oauth2", |http| http.auth.as_ref().is_some_and(|auth| auth.oauth2.is_some())),
    Row::new("tls", |http| http.tls.is_some()),
];

const VALIDATE: [Row<ValidateStep>; 1] =
    [Row::new("schemaFrom.secretKeyRef", |validate| is_secret(validate.schema_from.as_ref()))];

/// A schema of a Secret would stand in a plan, which holds none.
fn is_secret(source: Option<&ValueSource>) -> bool {
    source.is_some_and(|source| source.secret_key_ref.is_some())
}

/// Refuses everything of a workflow that is not built.
pub(super) fn workflow(spec: &WebhookWorkflowSpec, at: &Field, report: &mut Report) {
    sweep(&WORKFLOW, spec, at, report);
    if let Some(webhook) = &spec.webhook {
        let at = at.at("webhook");
        sweep(&WEBHOOK, webhook, &at, report);
        let lists = webhook.access.iter().flat_map(|access| &access.cidrs_from).enumerate();
        lists.for_each(|(index, list)| sweep(&LIST, list, &at.at("access.cidrsFrom").item(index), report));
        let schemes = webhook.verification.iter().flat_map(|verification| &verification.schemes).enumerate();
        schemes.for_each(|(index, scheme)| sweep(&SCHEME, scheme, &at.at("verification.schemes").item(index), report));
    }
    steps(&spec.steps, &at.at("steps"), report);
    for (index, block) in spec.blocks.iter().enumerate() {
        steps(&block.steps, &at.at("blocks").item(index).at("steps"), report);
    }
}

fn steps(steps: &[Step], at: &Field, report: &mut Report) {
    for (index, step) in steps.iter().enumerate() {
        let at = at.item(index);
        sweep(&STEP, step, &at, report);
        step.http.iter().for_each(|http| sweep(&HTTP, http, &at.at("http"), report));
        step.validate.iter().for_each(|validate| sweep(&VALIDATE, validate, &at.at("validate"), report));
    }
}

pub(super) fn sweep<T>(rows: &[Row<T>], of: &T, at: &Field, report: &mut Report) {
    for row in rows.iter().filter(|row| (row.asked)(of)) {
        report.not_built(&at.at(row.field));
    }
}
