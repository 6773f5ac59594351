//! What a step was given: its fields of the pinned plan, with templates filled in from what is kept.
//!
//! Nothing is guessed. A template that reads a secret, an item of a loop, a hidden or sensitive value, the time or a random
//! id stands as it is written.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::build::Facts;
use super::redact::Redaction;
use crate::envelope::REDACTED;
use crate::expr::Reference;
use crate::json::{Json, Object};
use crate::limits::SHOWN_INPUTS;
use crate::machine::{Phase, StepTrace};
use crate::plan::{Plan, Step, StepKind};
use crate::scope::Scope;
use crate::template::Template;

/// Fields that hold credentials, by the kind's and the field's name as the plan writes them.
const CREDENTIALS: [&str; 2] = ["auth", "signStandardWebhooks"];

/// Header fields that hold credentials.
const CREDENTIAL_HEADERS: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];

/// Functions whose value is another one each time.
const FLEETING: [&str; 2] = ["now(", "uuid("];

/// Renders what steps were given, in the order they began.
pub(super) struct Inputs<'a> {
    plan: &'a Plan,
    redaction: &'a Redaction,
    roots: Scope,
    /// Whether there is a `$context`.
    has_context: bool,
    /// Places and results of the steps before.
    before: Vec<(String, Json)>,
    shown: usize,
}

impl<'a> Inputs<'a> {
    pub(super) fn new(facts: &Facts, plan: &'a Plan, redaction: &'a Redaction, context: Option<&Json>) -> Self {
        let started_at = facts.started_at.unwrap_or(facts.accepted_at);
        let workflow = [("name", Json::text(&plan.workflow.name)), ("namespace", Json::text(&plan.workflow.namespace))];
        let execution =
            [("id", Json::from(facts.id.hyphenated().to_string())), ("startedAt", Json::from(started_at.to_string()))];
        let roots = Scope::new(Timestamp::UNIX_EPOCH, Uuid::nil())
            .with("$context", context.cloned().unwrap_or_default())
            .with("$vars", plan.vars.clone())
            .with("$workflow", Json::object(workflow))
            .with("$execution", Json::object(execution));
        Self { plan, redaction, roots, has_context: context.is_some(), before: Vec::new(), shown: 0 }
    }

    /// What a step was given; null where it is not shown.
    pub(super) fn of(&mut self, trace: &StepTrace) -> Json {
        let input = if self.shown < SHOWN_INPUTS { self.render(trace) } else { Json::Null };
        self.shown += 1;
        let result = match trace.phase {
            Phase::Succeeded => trace.result.clone(),
            Phase::Skipped => Some(Json::Null),
            Phase::Running | Phase::Waiting | Phase::Failed | Phase::Abandoned => None,
        };
        self.before.extend(result.map(|result| (trace.place.to_string(), result)));
        input
    }

    fn render(&self, trace: &StepTrace) -> Json {
        let Some(step) = self.step(trace.place.name()).filter(|step| !step.sensitive) else { return Json::Null };
        // Code is no template, and what it was given is what stands around it in the record.
        if matches!(step.kind, StepKind::JavaScript(_)) {
            return Json::Null;
        }
        let Some(Json::Object(fields)) = fields(&step.kind) else { return Json::Null };
        let steps = self.visible(trace.place.as_str());
        let scope = self.roots.clone().with("$steps", Json::Object(Arc::new(steps.clone())));
        let filler = Filler { inputs: self, scope, steps };
        // A `set` has the user's own fields.
        let is_own = matches!(step.kind, StepKind::Set(_));
        let is_shown = |name: &str, value: &Json| is_own || !(CREDENTIALS.contains(&name) || is_empty(value));
        let fields = fields.iter().filter(|(name, value)| is_shown(name, value));
        let fields = fields.map(|(name, value)| {
            let value = if &**name == "headers" && !is_own { without_credentials(value) } else { value.clone() };
            (Arc::clone(name), filler.fill(&value))
        });
        Json::Object(Arc::new(fields.collect()))
    }

    fn step(&self, name: &str) -> Option<&Step> {
        let program = &self.plan.program;
        let blocks = program.blocks.iter().flat_map(|block| &block.steps);
        program.steps.iter().chain(blocks).find(|step| step.name == name)
    }

    /// Results that the step at a place sees: those before it in its own block and in the blocks around it.
    fn visible(&self, place: &str) -> Object {
        let around = |other: &str| match other.rsplit_once('/') {
            Some((block, _)) => place.strip_prefix(block).is_some_and(|rest| rest.starts_with('/')),
            None => true,
        };
        let seen = self.before.iter().filter(|(other, _)| around(other));
        let named = seen.map(|(other, result)| (other.rsplit('/').next().unwrap_or(other).into(), result.clone()));
        named.collect()
    }
}

/// Fills the templates of one step in.
struct Filler<'a> {
    inputs: &'a Inputs<'a>,
    scope: Scope,
    steps: Object,
}

impl Filler<'_> {
    fn fill(&self, value: &Json) -> Json {
        match value {
            Json::String(text) => self.text(text).unwrap_or_else(|| value.clone()),
            Json::Array(items) => Json::list(items.iter().map(|item| self.fill(item))),
            Json::Object(members) => {
                let filled = members.iter().map(|(name, value)| (Arc::clone(name), self.fill(value)));
                Json::Object(Arc::new(filled.collect()))
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Bytes(_) => value.clone(),
        }
    }

    fn text(&self, source: &str) -> Option<Json> {
        let template = Template::parse(source, self.inputs.plan.delimiters).ok()?;
        let is_fleeting = FLEETING.iter().any(|function| source.contains(function));
        let is_known = !is_fleeting && template.references().iter().all(|reference| self.knows(reference));
        (is_known && !template.is_constant()).then(|| template.render(&self.scope).ok()).flatten()
    }

    fn knows(&self, reference: &Reference) -> bool {
        let first = reference.path.first().map(|name| &**name);
        match &*reference.root {
            "$context" => self.inputs.has_context && !self.inputs.redaction.touches(&reference.path),
            "$vars" | "$workflow" => true,
            "$execution" => matches!(first, Some("id" | "startedAt")),
            "$steps" => first.is_some_and(|name| self.steps.contains_key(name)),
            _ => false,
        }
    }
}

/// The fields of a kind as the plan writes them.
fn fields(kind: &StepKind) -> Option<Json> {
    let kind: Json = serde_json::to_string(kind).ok().and_then(|text| serde_json::from_str(&text).ok())?;
    kind.as_object()?.values().next().cloned()
}

fn is_empty(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Array(items) => items.is_empty(),
        Json::Object(members) => members.is_empty(),
        Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Bytes(_) => false,
    }
}

fn without_credentials(headers: &Json) -> Json {
    let Json::Object(members) = headers else { return headers.clone() };
    let members = members.iter().map(|(name, value)| {
        let is_credential = CREDENTIAL_HEADERS.iter().any(|known| name.eq_ignore_ascii_case(known));
        (Arc::clone(name), if is_credential { Json::text(REDACTED) } else { value.clone() })
    });
    Json::Object(Arc::new(members.collect()))
}
