//! Statuses, said literally.

use boathook_crds::gateway::status::WebhookGatewayStatus;
use boathook_crds::workflow::status::{Deliveries, WebhookWorkflowStatus};
use boathook_plan::channel::{Deliveries as Counted, LastFailure};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition as Said;

use super::pace::{Change, Pace};
use super::{GatewayFacts, Replica, WorkflowFacts, deliveries, flips, gateway, workflow};
use crate::condition::Reason;
use crate::field::Field;
use crate::outcome::{GatewayOutcome, WorkflowOutcome};
use crate::violation::Violation;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn later(seconds: i64) -> Timestamp {
    NOW + SignedDuration::from_secs(seconds)
}

fn outcome(violations: Vec<Violation>) -> WorkflowOutcome {
    let serves = violations.is_empty();
    WorkflowOutcome {
        violations,
        resolved: true,
        url: serves.then(|| "http://hooks/shop/a".to_owned()),
        serving: serves.then_some(3),
        ..WorkflowOutcome::of(3)
    }
}

const fn replica(ready: bool, acknowledged: bool) -> Replica {
    Replica { ready, acknowledged }
}

fn facts<'a>(outcome: &'a WorkflowOutcome, replicas: &'a [Replica]) -> WorkflowFacts<'a> {
    WorkflowFacts { outcome, revision: Some("r3"), suspended: false, replicas, deliveries: None }
}

fn say(outcome: &WorkflowOutcome, replicas: &[Replica]) -> WebhookWorkflowStatus {
    workflow(facts(outcome, replicas), &WebhookWorkflowStatus::default(), NOW)
}

/// `Type=Status/Reason` of every condition.
fn brief(conditions: &[Said]) -> Vec<String> {
    conditions.iter().map(|said| format!("{}={}/{}", said.type_, said.status, said.reason)).collect()
}

#[test]
fn what_every_ready_pod_serves_is_ready() {
    let status = say(&outcome(vec![]), &[replica(true, true), replica(false, false)]);
    assert_eq!(
        brief(&status.conditions),
        ["Accepted=True/Accepted", "ResolvedRefs=True/ResolvedRefs", "Programmed=True/Programmed", "Ready=True/Ready"]
    );
    assert_eq!(status.url.unwrap().0, "http://hooks/shop/a");
    assert_eq!((status.revision.unwrap().0, status.serving), ("r3".to_owned(), None));
    assert!(status.conditions.iter().all(|said| said.observed_generation == Some(3)));
}

#[test]
fn what_a_pod_has_not_acknowledged_is_in_progress() {
    let programmed = |replicas: &[Replica]| {
        let status = say(&outcome(vec![]), replicas);
        let brief = brief(&status.conditions);
        assert_eq!(brief[4], format!("Reconciling=True/{}", status.conditions[2].reason));
        (brief[2].clone(), status.conditions[2].message.clone())
    };
    let (said, message) = programmed(&[replica(true, true), replica(true, false), replica(true, false)]);
    assert_eq!(said, "Programmed=False/PartiallyProgrammed");
    assert_eq!(message, "1 of 3 ready pods serve this revision");
    assert_eq!(programmed(&[replica(true, false)]).0, "Programmed=False/Pending");
    assert_eq!(programmed(&[replica(false, true)]).0, "Programmed=False/GatewayUnavailable");
    assert_eq!(programmed(&[]).0, "Programmed=False/GatewayUnavailable");
}

#[test]
fn a_refused_edit_needs_a_person_and_says_what_serves_on() {
    let violation = Violation::new(Reason::InvalidSpec, &Field::spec().at("timeout"), "must be at most 720h");
    let outcome = WorkflowOutcome { serving: Some(2), resolved: false, ..outcome(vec![violation]) };
    let status = say(&outcome, &[replica(true, true)]);
    assert_eq!(
        brief(&status.conditions),
        [
            "Accepted=False/InvalidSpec",
            "ResolvedRefs=Unknown/Pending",
            "Programmed=False/Pending",
            "Ready=False/InvalidSpec",
            "Stalled=True/InvalidSpec"
        ]
    );
    assert_eq!(status.conditions[3].message, "spec.timeout: must be at most 720h");
    let serving = status.serving.unwrap();
    assert_eq!((serving.generation, serving.revision.0, status.revision), (2, "r3".to_owned(), None));
}

#[test]
fn a_missing_secret_may_be_on_its_way() {
    let violation = Violation::new(Reason::SecretNotFound, &Field::spec(), "must name a Secret");
    let outcome = WorkflowOutcome { serving: Some(3), ..outcome(vec![violation]) };
    let status = say(&outcome, &[replica(true, true)]);
    assert_eq!(brief(&status.conditions)[3..], ["Ready=False/SecretNotFound", "Reconciling=True/SecretNotFound"]);
}

#[test]
fn what_is_suspended_is_ready_and_says_so() {
    let outcome = outcome(vec![]);
    let replicas = [replica(true, true)];
    let facts = WorkflowFacts { suspended: true, ..facts(&outcome, &replicas) };
    let status = workflow(facts, &WebhookWorkflowStatus::default(), NOW);
    assert_eq!(brief(&status.conditions)[3], "Ready=True/Suspended");
}

#[test]
fn the_transition_time_moves_only_when_the_status_flips() {
    let outcome = outcome(vec![]);
    let first = say(&outcome, &[]);
    let second = workflow(facts(&outcome, &[replica(true, false)]), &first, later(5));
    assert_eq!(second.conditions[2].reason, "Pending");
    assert_eq!(second.conditions[2].last_transition_time.0, NOW);
    let third = workflow(facts(&outcome, &[replica(true, true)]), &second, later(9));
    assert_eq!(third.conditions[2].last_transition_time.0, later(9));
    assert_eq!(third.conditions[0].last_transition_time.0, NOW);
    assert_eq!(workflow(facts(&outcome, &[replica(true, true)]), &third, later(20)), third);
}

#[test]
fn a_flip_is_told_once() {
    let outcome = outcome(vec![]);
    let (first, second) = (say(&outcome, &[]), say(&outcome, &[replica(true, true)]));
    let told = |before: &[Said], now: &[Said]| -> Vec<_> {
        flips(before, now).into_iter().map(|flip| (flip.note, flip.is_warning)).collect()
    };
    assert_eq!(told(&first.conditions, &first.conditions), []);
    assert_eq!(
        told(&first.conditions, &second.conditions),
        [("Programmed is True".to_owned(), false), ("Ready is True".to_owned(), false)]
    );
    assert_eq!(
        told(&second.conditions, &first.conditions)[0],
        ("Programmed is False: no pod of the gateway runs: see its WebhookGateway".to_owned(), true)
    );
}

#[test]
fn a_gateway_is_ready_when_its_pods_serve_and_its_volume_is_bound() {
    let outcome = GatewayOutcome { generation: 2, violations: vec![], attached: 4 };
    let facts = |replicas| GatewayFacts {
        outcome: &outcome,
        url: Some("http://hooks/api/webhooks".to_owned()),
        selector: "a=b".to_owned(),
        desired: 1,
        replicas,
        programmed: 3,
        volume: Some(false),
        troubles: &[],
        sandbox: None,
    };
    let none = gateway(&facts(&[]), &WebhookGatewayStatus::default(), NOW);
    assert_eq!(
        brief(&none.conditions),
        [
            "Accepted=True/Accepted",
            "Programmed=False/Pending",
            "StorageReady=False/VolumePending",
            "SandboxReady=Unknown/Pending",
            "HighlyAvailable=False/EmbeddedStorage",
            "Ready=False/Pending",
            "Reconciling=True/Pending"
        ]
    );
    let serving = [replica(true, true)];
    let some = gateway(&facts(&serving), &none, NOW);
    assert_eq!(brief(&some.conditions)[5..], ["Ready=True/Ready"]);
    let (workflows, replicas) = (some.workflows.clone().unwrap(), some.replicas.clone().unwrap());
    assert_eq!((workflows.attached, workflows.programmed, replicas.desired, replicas.ready), (4, 3, 1, 1));
    let troubles = ["Deployment boathook-own is somebody else's: rename or delete it".to_owned()];
    let foreign = gateway(&GatewayFacts { troubles: &troubles, ..facts(&serving) }, &some, NOW);
    assert_eq!(foreign.conditions[1].message, troubles[0]);
}

#[test]
fn counts_go_on_from_what_was_written_before() {
    let base = Deliveries { received: Some(10), running: Some(9), ..Deliveries::default() };
    let failure = LastFailure { time: later(7), step: Some("save".to_owned()), reason: "Timeout".to_owned() };
    let counted = Counted { received: 5, running: 1, last_failure: Some(failure), ..Counted::default() };
    let sum = deliveries(&base, &counted);
    assert_eq!((sum.received, sum.running, sum.accepted), (Some(15), Some(1), Some(0)));
    let last = sum.last_failure.unwrap();
    assert_eq!((last.time.0.as_str(), last.step.unwrap().0.as_str()), ("1970-01-01T00:00:07Z", "save"));
}

#[test]
fn counts_are_written_each_thirty_seconds_and_ten_a_second() {
    let mut pace = Pace::default();
    let counts = (0..25).map(|key| (key, Change::Counts)).collect();
    assert_eq!(pace.due(&counts, NOW), (0..10).collect::<Vec<_>>());
    assert!(pace.due(&counts, NOW).is_empty());
    assert_eq!(pace.due(&counts, later(1)), (10..20).collect::<Vec<_>>());
    assert_eq!(pace.due(&counts, later(2)), (20..25).collect::<Vec<_>>());
    assert!(pace.due(&counts, later(29)).is_empty());
    assert_eq!(pace.due(&counts, later(30)), (0..10).collect::<Vec<_>>());
    let said = [(3, Change::Said), (4, Change::Nothing)].into();
    assert_eq!(pace.due(&said, later(30)), [3]);
}
