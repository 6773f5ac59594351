//! A whole `WebhookWorkflow`: its schema, what is not built, then part by part, then how the parts fit together.

use boathook_crds::workflow::{Delimiters as DelimitersText, GatewayRef, WebhookWorkflowSpec};
use boathook_plan::limits::{DEFAULT_ASYNC_TIMEOUT, DEFAULT_SYNC_TIMEOUT};
use boathook_plan::plan::{Delimiters, Mode};
use boathook_plan::table::Pattern;

use super::bounds::{LEAST, TIMEOUT};
use super::outline::Outline;
use super::reader::Reader;
use super::references::{self, Names};
use super::step::millis;
use super::valid::ValidWorkflow;
use super::{answer, execution, metadata, not_built, program, schemas, structure, values, webhook};
use crate::field::Field;
use crate::object::ObjectKey;
use crate::violation::Violation;
use crate::world::Workflow;

/// Holds a workflow to every rule; it is valid exactly when there is no violation.
pub fn workflow(workflow: &Workflow) -> (Option<ValidWorkflow>, Vec<Violation>) {
    let (spec, at) = (&workflow.spec, Field::spec());
    let outline = Outline::of(spec, &at);
    let mut reader = Reader::new(delimiters(spec.delimiters), outline.items());
    metadata::check(&workflow.key, &mut reader.report);
    schemas::workflow(spec, &mut reader.report);
    not_built::workflow(spec, &at, &mut reader.report);
    structure::check(&outline, &at, &mut reader.report);
    let valid = read(workflow, &at, &mut reader);
    let uses = reader.take_uses();
    references::check(&uses, &names(workflow), &outline, &mut reader.report);
    let violations = reader.report.into_violations();
    (violations.is_empty().then_some(valid), violations)
}

fn read(workflow: &Workflow, at: &Field, reader: &mut Reader) -> ValidWorkflow {
    let (key, spec) = (&workflow.key, &workflow.spec);
    let webhook = spec.webhook.as_ref();
    let webhook = webhook.map(|text| webhook::read(text, &key.name, &at.at("webhook"), &mut reader.report));
    let timeout = spec.timeout.as_ref();
    let timeout_ms = timeout.map(|timeout| reader.report.duration(&at.at("timeout"), timeout, LEAST, TIMEOUT));
    let values = values::read(spec, at, &mut reader.report);
    let response = answer::response(&spec.response, &at.at("response"), reader);
    let program = program::read(spec, timeout_ms.unwrap_or(default_timeout(response.mode)), at, reader);
    let executions = execution::read(spec, at, reader);
    ValidWorkflow {
        key: key.clone(),
        uid: workflow.uid.clone(),
        generation: workflow.generation,
        gateway: spec.gateway_ref.as_ref().map(|gateway| gateway_key(gateway, key)),
        webhook,
        executions,
        values,
        timeout_ms,
        delimiters: reader.delimiters,
        program,
        response,
    }
}

/// From the first step to the last where the workflow says nothing, in milliseconds.
pub(crate) fn default_timeout(mode: Mode) -> u64 {
    millis(match mode {
        Mode::Async => DEFAULT_ASYNC_TIMEOUT,
        Mode::Sync => DEFAULT_SYNC_TIMEOUT,
    })
}

fn gateway_key(gateway: &GatewayRef, workflow: &ObjectKey) -> ObjectKey {
    let namespace = gateway.namespace.as_ref().map_or(&*workflow.namespace, |namespace| namespace);
    ObjectKey::new(namespace, &*gateway.name)
}

const fn delimiters(wanted: DelimitersText) -> Delimiters {
    match wanted {
        DelimitersText::Braces => Delimiters::Braces,
        DelimitersText::Parentheses => Delimiters::Parentheses,
    }
}

fn names(workflow: &Workflow) -> Names<'_> {
    let spec: &WebhookWorkflowSpec = &workflow.spec;
    let path = spec.webhook.as_ref().map(|text| webhook::path(text, &workflow.key.name));
    let pattern = path.and_then(|path| Pattern::parse(&path).ok());
    Names {
        params: pattern.map(|pattern| pattern.names().to_vec()),
        vars: spec.vars_from.is_empty().then(|| spec.vars.keys().map(String::as_str).collect()),
        secrets: spec.secrets.iter().map(|secret| &*secret.name.0).collect(),
        batch: spec.batch.is_some(),
    }
}
