//! The keys that a workflow gives its deliveries: which of them are one, and which run one after the other.

use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::Pinned;
use crate::expr::{EvalError, Reference};
use crate::json::Json;
use crate::limits::KEY_SIZE;
use crate::machine::{Place, ProgramError};
use crate::plan::Plan;
use crate::reason::StepReason;
use crate::scope::Scope;
use crate::template::Template;

/// A workflow's key templates.
#[derive(Debug)]
pub(super) struct Keys {
    deduplication: Option<Template>,
    concurrency: Option<Template>,
}

/// What a request stage cannot tell, through an error in its expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct StageFault {
    /// The field of the workflow.
    pub field: &'static str,
    /// What is wrong.
    pub message: String,
}

/// What the templates of the request stages see beside `$context`.
#[derive(Clone, Copy, Debug)]
pub struct StageFacts {
    /// The execution that there will be if the delivery is accepted.
    pub execution: Uuid,
    /// When the request came: what `now()` yields.
    pub received_at: Timestamp,
}

impl Keys {
    pub(super) fn compile(plan: &Plan) -> Result<Self, ProgramError> {
        let parse = |field: &str, source: &str| {
            Template::parse(source, plan.delimiters)
                .map_err(|error| ProgramError { field: field.to_owned(), message: error.to_string() })
        };
        let deduplication = plan.deduplication.as_ref().map(|it| parse("deduplication.key", &it.key)).transpose()?;
        let concurrency = plan.concurrency.key.as_ref().map(|key| parse("concurrency.key", key)).transpose()?;
        Ok(Self { deduplication, concurrency })
    }

    pub(super) fn references(&self) -> impl Iterator<Item = &Reference> {
        self.deduplication.iter().chain(&self.concurrency).flat_map(Template::references)
    }
}

impl Pinned {
    /// Which deliveries this one is the same as; `None` is none: there is no such key, it is null or empty, or a path of
    /// it is not there.
    pub fn deduplication_key(&self, context: &Json, facts: StageFacts) -> Result<Option<Arc<str>>, StageFault> {
        self.key("deduplication.key", self.keys.deduplication.as_ref(), context, facts)
    }

    /// Which deliveries this one runs after; `None` as for [`Pinned::deduplication_key`].
    pub fn concurrency_key(&self, context: &Json, facts: StageFacts) -> Result<Option<Arc<str>>, StageFault> {
        self.key("concurrency.key", self.keys.concurrency.as_ref(), context, facts)
    }

    fn key(
        &self,
        field: &'static str,
        template: Option<&Template>,
        context: &Json,
        facts: StageFacts,
    ) -> Result<Option<Arc<str>>, StageFault> {
        let Some(template) = template else { return Ok(None) };
        match template.render_text(&self.stage_scope(context, facts)) {
            Ok(text) => Ok((!text.is_empty()).then(|| bounded(&text))),
            Err(EvalError { reason: StepReason::PathMissing, .. }) => Ok(None),
            Err(error) => Err(StageFault { field, message: error.message }),
        }
    }

    /// What the templates of the request stages see.
    pub(super) fn stage_scope(&self, context: &Json, facts: StageFacts) -> Scope {
        let workflow = &self.plan.workflow;
        Scope::new(facts.received_at, Place::request().uuid(facts.execution))
            .with("$context", context.clone())
            .with("$vars", self.plan.vars.clone())
            .with(
                "$workflow",
                Json::object([("name", Json::text(&workflow.name)), ("namespace", Json::text(&workflow.namespace))]),
            )
    }
}

/// A key that is kept with each delivery; a long one is its hash, which is as good.
fn bounded(key: &str) -> Arc<str> {
    if key.len() <= KEY_SIZE {
        return key.into();
    }
    Sha256::digest(key).iter().fold("sha256:".to_owned(), |hex, byte| hex + &format!("{byte:02x}")).into()
}
