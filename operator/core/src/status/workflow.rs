//! The status of a workflow.

use boathook_crds::text::{LineText, ShortText};
use boathook_crds::workflow::status::{Deliveries, Serving, WebhookWorkflowStatus};
use jiff::Timestamp;

use super::conditions::Conditions;
use super::programmed::{self, Replica};
use crate::condition::{Condition, Reason};
use crate::outcome::{Status, Verdict, WorkflowOutcome};
use crate::violation::Violation;

/// All that is known of a workflow.
#[derive(Clone, Copy, Debug)]
pub struct WorkflowFacts<'a> {
    /// What compiling says.
    pub outcome: &'a WorkflowOutcome,
    /// The revision of its route; `None` where nothing is served.
    pub revision: Option<&'a str>,
    /// Whether `spec.suspend` is set.
    pub suspended: bool,
    /// The pods of its gateway.
    pub replicas: &'a [Replica],
    /// What became of its requests; `None` while nobody says.
    pub deliveries: Option<&'a Deliveries>,
}

/// What is said of a workflow now, after what was said `before`.
pub fn workflow(facts: WorkflowFacts, before: &WebhookWorkflowStatus, now: Timestamp) -> WebhookWorkflowStatus {
    let outcome = facts.outcome;
    let accepted = outcome.verdict(Condition::Accepted);
    let resolved = outcome.verdict(Condition::ResolvedRefs);
    let programmed =
        if outcome.accepted() { programmed::verdict(facts.replicas) } else { programmed::nothing(outcome.serving) };
    let ready = ready([&accepted, &resolved, &programmed], facts.suspended);
    let mut conditions = Conditions::new(&before.conditions, outcome.generation, now);
    conditions.say(Condition::Accepted.as_str(), &accepted);
    conditions.say(Condition::ResolvedRefs.as_str(), &resolved);
    conditions.say("Programmed", &programmed);
    conditions.say("Ready", &ready);
    let stalled = outcome.violations.iter().find(|violation| is_for_a_person(violation));
    let reconciling = ready.status != Status::True && stalled.is_none();
    conditions.say_while("Reconciling", reconciling, (ready.reason, &ready.message));
    if let Some(stalled) = stalled {
        conditions.say_while("Stalled", true, (stalled.reason.as_str(), &stalled.to_string()));
    }
    let revision = |revision: &str| ShortText(revision.to_owned());
    let (newest, older) = if outcome.accepted() { (facts.revision, None) } else { (None, facts.revision) };
    WebhookWorkflowStatus {
        observed_generation: Some(outcome.generation),
        url: outcome.url.clone().map(LineText),
        revision: newest.map(revision),
        serving: outcome
            .serving
            .zip(older)
            .map(|(generation, older)| Serving { generation, revision: revision(older) }),
        conditions: conditions.into_list(),
        deliveries: facts.deliveries.or(before.deliveries.as_ref()).cloned(),
    }
}

/// True when all are; else as the first that is not.
fn ready(all: [&Verdict; 3], suspended: bool) -> Verdict {
    match all.into_iter().find(|verdict| verdict.status != Status::True) {
        Some(first) => first.clone(),
        None if suspended => {
            Verdict { status: Status::True, reason: "Suspended", message: "suspended by spec.suspend".to_owned() }
        }
        None => Verdict { status: Status::True, reason: "Ready", message: String::new() },
    }
}

/// Whether it stays as it is until somebody edits something: what is missing may be on its way, what is wrong is not.
fn is_for_a_person(violation: &Violation) -> bool {
    match violation.reason {
        Reason::InvalidSpec
        | Reason::RouteConflict
        | Reason::NamespaceNotAllowed
        | Reason::CeilingExceeded
        | Reason::QuotaExceeded
        | Reason::SandboxUnsupported
        | Reason::TooLarge
        | Reason::SecretNotAllowed
        | Reason::InvalidKey => true,
        Reason::GatewayNotFound | Reason::SecretNotFound | Reason::SecretKeyNotFound | Reason::ConfigMapNotFound => {
            false
        }
    }
}
