//! One owner at a time, and waiting without one.

use super::bench;
use crate::store::command::{Append, Command, Outcome, Park, Renew};
use crate::store::ending::{Accepted, Finished, Phase};
use crate::store::lease::{Fence, Lease, Written};
use crate::store::new::{NewExecution, Parent};
use crate::store::testing::{Bench, delivery, ending, entry, id, ids, noon};
use uuid::Uuid;

fn append(bench: &mut Bench, fence: Fence, text: &str) -> Outcome {
    bench.run(Command::Append(Append { fence, entries: vec![entry(text)] }))
}

fn park(bench: &mut Bench, fence: Fence, until: Option<&str>, children: Vec<Uuid>) -> Outcome {
    let until = until.map(|until| until.parse().unwrap());
    bench.run(Command::Park(Park { fence, entries: Vec::new(), until, children }))
}

#[test]
fn an_expired_lease_is_taken_over_and_the_old_owner_is_fenced() {
    let mut bench = bench();
    bench.accepted(delivery(1));
    let old = bench.claim()[0].fence;
    append(&mut bench, old, "one");
    bench.pass(29);
    assert_eq!(bench.claim(), []);
    bench.pass(1);
    let claimed = bench.claim().remove(0);
    assert_eq!((claimed.fence.number, claimed.attempt), (2, 2));
    assert_eq!(claimed.entries, [entry("one")]);
    assert_eq!(append(&mut bench, old, "late"), Outcome::Written(Written::Fenced));
    assert_eq!(bench.finish(old, ending(Phase::Succeeded)), Finished::Fenced);
    assert_eq!(append(&mut bench, claimed.fence, "two"), Outcome::Written(Written::Done));
}

#[test]
fn a_renewed_lease_is_not_taken_over() {
    let mut bench = bench();
    bench.accepted(delivery(1));
    let fence = bench.claim()[0].fence;
    let lease = Lease { owner: id(99), until: "2026-11-24T12:05:00Z".parse().unwrap() };
    let stale = Fence { number: 7, ..fence };
    let Outcome::Renewed(renewed) = bench.run(Command::Renew(Renew { fences: vec![fence, stale], lease })) else {
        panic!("renewed")
    };
    assert_eq!(renewed.fenced, [id(1)]);
    bench.pass(299);
    assert_eq!(bench.claim(), []);
}

#[test]
fn a_released_execution_goes_on_at_once() {
    let mut bench = bench();
    bench.accepted(delivery(1));
    let fence = bench.claim()[0].fence;
    bench.run(Command::Release(vec![fence]));
    let again = bench.claim();
    assert_eq!((ids(&again), again[0].fence.number), (vec![id(1)], 2));
    assert_eq!(again[0].started_at, noon());
}

#[test]
fn a_parked_execution_keeps_its_place_and_goes_on_when_it_is_due() {
    let mut bench = bench();
    bench.accepted(delivery(1));
    bench.accepted(delivery(2));
    let fence = bench.claims(1).claimed[0].fence;
    park(&mut bench, fence, Some("2026-11-25T12:00:00Z"), Vec::new());
    let claims = bench.claims(1);
    assert_eq!((claims.claimed, claims.next), (Vec::new(), Some("2026-11-25T12:00:00Z".parse().unwrap())));
    bench.pass(86_400);
    assert_eq!(ids(&bench.claims(1).claimed), [id(1)]);
}

fn called(number: u128, parent: u128) -> NewExecution {
    let parent = Parent { id: id(parent), place: "call".into(), depth: 1, awaited: true };
    NewExecution { parent: Some(parent), ..delivery(number) }
}

#[test]
fn a_parked_caller_goes_on_when_what_it_called_ends() {
    let mut bench = bench();
    bench.accepted(delivery(1));
    let caller = bench.claim()[0].fence;
    let Accepted { id: child, .. } = bench.accepted(called(2, 1));
    park(&mut bench, caller, None, vec![child]);
    let running = bench.claim();
    assert_eq!(ids(&running), [child]);
    assert_eq!(bench.claim(), []);
    let Finished::Done(settled) = bench.finish(running[0].fence, ending(Phase::Failed)) else { panic!("an end") };
    assert_eq!(settled.parent, Some(id(1)));
    assert_eq!(ids(&bench.claim()), [id(1)]);
}

#[test]
fn a_caller_that_parks_after_the_end_of_what_it_called_goes_on_at_once() {
    let mut bench = bench();
    bench.accepted(delivery(1));
    let caller = bench.claim()[0].fence;
    bench.accepted(called(2, 1));
    bench.end_only(ending(Phase::Succeeded));
    park(&mut bench, caller, None, vec![id(2)]);
    assert_eq!(ids(&bench.claim()), [id(1)]);
}
