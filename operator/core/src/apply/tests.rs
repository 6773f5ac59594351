//! The reconcile core, call by call.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{Answer, Call, Deed, Id, Observed, Reconciler, Trouble};
use crate::desired::{Kind, Owner, Wanted};
use crate::object::ObjectKey;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn id() -> Id {
    (Kind::Service, ObjectKey::new("shop", "a"))
}

fn wanted() -> BTreeMap<Id, Wanted> {
    let body = json!({"spec": {"port": 80}});
    [(id(), Wanted { kind: Kind::Service, key: id().1, owner: Owner::Gateway("g".to_owned()), body })].into()
}

fn observed(owner: &str, port: i32) -> Observed {
    let reference = json!([{"kind": "WebhookGateway", "uid": owner, "controller": true}]);
    let metadata = json!({"uid": "u", "resourceVersion": "7", "ownerReferences": reference});
    Observed::of(json!({"metadata": metadata, "spec": {"port": port, "clusterIP": "10.0.0.1"}}))
}

fn seen(object: Observed) -> BTreeMap<Id, Observed> {
    [(id(), object)].into()
}

fn next(core: &Reconciler, seen: &BTreeMap<Id, Observed>) -> Option<Call> {
    core.next(&wanted(), seen, NOW)
}

#[test]
fn what_is_not_seen_is_looked_for_before_it_is_made() {
    let (mut core, nothing) = (Reconciler::default(), BTreeMap::new());
    let read = next(&core, &nothing).unwrap();
    assert!(matches!(read.deed, Deed::Read(_)));
    core.answer(&read, Answer::Missing, NOW);
    let create = next(&core, &nothing).unwrap();
    assert!(matches!(create.deed, Deed::Create(_)));
    core.answer(&create, Answer::Object(observed("g", 80)), NOW);
    assert!(next(&core, &nothing).is_none(), "it is waited for");
    assert!(next(&core, &seen(observed("g", 80))).is_none(), "it is as wanted");
}

#[test]
fn an_edit_of_a_field_that_was_applied_is_taken_back() {
    let mut core = Reconciler::default();
    let apply = next(&core, &seen(observed("g", 80))).unwrap();
    core.answer(&apply, Answer::Object(observed("g", 80)), NOW);
    let again = next(&core, &seen(observed("g", 81))).unwrap();
    assert!(matches!(&again.deed, Deed::Apply { uid, .. } if uid == "u"));
}

#[test]
fn what_is_somebody_elses_is_let_alone_and_told() {
    let mut core = Reconciler::default();
    assert!(next(&core, &seen(observed("other", 80))).is_none());
    let read = next(&core, &BTreeMap::new()).unwrap();
    core.answer(&read, Answer::Object(observed("other", 80)), NOW);
    assert_eq!(core.troubles().collect::<Vec<_>>(), [(&id(), Trouble::Foreign)]);
    assert_eq!(Trouble::Foreign.said_of(&id()), "Service a is somebody else's: rename or delete it");
}

#[test]
fn what_a_living_gateway_has_too_much_is_deleted_as_it_was_seen() {
    let extra = (Kind::Service, ObjectKey::new("shop", "old"));
    let mut all = seen(observed("g", 80));
    all.insert(extra.clone(), observed("g", 1));
    let mut core = Reconciler::default();
    let apply = next(&core, &all).unwrap();
    core.answer(&apply, Answer::Object(observed("g", 80)), NOW);
    let delete = next(&core, &all).unwrap();
    assert_eq!(delete.id, extra);
    assert!(matches!(&delete.deed, Deed::Delete { uid, version } if uid == "u" && version == "7"));
    core.answer(&delete, Answer::Conflict, NOW);
    assert!(next(&core, &all).is_none(), "another look is waited for");
}

#[test]
fn the_objects_of_a_gateway_that_is_gone_are_not_touched() {
    let orphan = (Kind::Service, ObjectKey::new("shop", "orphan"));
    let seen = [(orphan, observed("gone", 1))].into();
    assert!(Reconciler::default().next(&BTreeMap::new(), &seen, NOW).is_none());
}

#[test]
fn a_kind_is_let_alone_for_as_long_as_the_api_server_says() {
    let mut core = Reconciler::default();
    let read = next(&core, &BTreeMap::new()).unwrap();
    let until = NOW + SignedDuration::from_secs(7);
    core.answer(&read, Answer::TooMany { until }, NOW);
    assert!(next(&core, &BTreeMap::new()).is_none());
    assert_eq!(core.wakes(NOW), Some(until));
    assert!(core.next(&wanted(), &BTreeMap::new(), until).is_some());
}

#[test]
fn a_failure_is_waited_out_for_longer_each_time() {
    let mut core = Reconciler::default();
    let mut now = NOW;
    for seconds in [1, 2, 4, 8] {
        let read = core.next(&wanted(), &BTreeMap::new(), now).unwrap();
        core.answer(&read, Answer::Failed, now);
        let wakes = core.wakes(now).unwrap();
        assert_eq!(wakes.duration_since(now), SignedDuration::from_secs(seconds));
        now = wakes;
    }
}
