//! One owner at a time, and waiting without one.

use boathook_plan::plan::Mode;

use super::bench;
use crate::store::command::{Append, Command, Outcome, Park, Prune, Renew};
use crate::store::ending::{Accepted, Admission, Answer, Finished, Phase};
use crate::store::lease::{Fence, Lease, Written};
use crate::store::new::{NewExecution, Parent};
use crate::store::testing::{self, Bench, delivery, ending, entry, id, ids, keyed, noon};
use uuid::Uuid;

fn append(bench: &mut Bench, fence: Fence, text: &str) -> Outcome {
    bench.run(Command::Append(testing::append(fence, vec![entry(text)])))
}

fn park(bench: &mut Bench, fence: Fence, until: Option<&str>, children: Vec<Uuid>) -> Outcome {
    let until = until.map(|until| until.parse().unwrap());
    bench.run(Command::Park(Park { fence, entries: Vec::new(), answer: None, until, children }))
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
    assert_eq!(bench.claim(), [], "its owner may run it still");
    bench.owner = id(98);
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
    assert_eq!(renewed.fenced, [stale]);
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
    assert_eq!(settled.parent.unwrap().id, id(1));
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

#[test]
fn what_a_parked_caller_waits_for_is_kept_until_it_goes_on() {
    let mut bench = bench();
    bench.accepted(delivery(1));
    let caller = bench.claim()[0].fence;
    bench.accepted(called(2, 1));
    bench.end_only(ending(Phase::Succeeded));
    park(&mut bench, caller, Some("2026-11-25T12:00:00Z"), Vec::new());
    bench.pass(86_400);
    let prune = |bench: &mut Bench| {
        let Outcome::Deleted(deleted) = bench.run(Command::Prune(Prune { limit: 1 })) else { panic!("a deletion") };
        (deleted.executions, deleted.more)
    };
    assert_eq!(prune(&mut bench), (0, false));
    bench.end_only(ending(Phase::Succeeded));
    assert_eq!(prune(&mut bench), (1, true));
}

#[test]
fn a_claim_says_when_the_next_lease_of_another_owner_ends() {
    let mut bench = bench();
    bench.accepted(delivery(1));
    bench.claim();
    bench.owner = id(98);
    assert_eq!(bench.claims(10).next, Some("2026-11-24T12:00:30Z".parse().unwrap()));
}

/// A run that answers its sender before its end.
fn answering(bench: &mut Bench, status: u16) -> Fence {
    bench.accepted(NewExecution { mode: Mode::Sync, ..keyed(1, "k") });
    let fence = bench.claim()[0].fence;
    let answer = Some(Answer { status, kept: Some(b"first".to_vec()) });
    bench.run(Command::Append(Append { fence, entries: vec![entry("told")], answer }));
    fence
}

#[test]
fn an_answer_given_before_the_end_is_told_to_repeats_at_once_and_stays() {
    let mut bench = bench();
    let fence = answering(&mut bench, 200);
    let told = |bench: &mut Bench| {
        let Admission::Duplicate(first) = bench.accept(keyed(2, "k")) else { panic!("a duplicate") };
        (first.phase, first.answer)
    };
    let answer = Some(Answer { status: 200, kept: Some(b"first".to_vec()) });
    assert_eq!(told(&mut bench), (Phase::Running, answer.clone()));
    bench.finish(fence, testing::answered(Phase::Succeeded, 500, b"second"));
    assert_eq!(told(&mut bench), (Phase::Succeeded, answer));
}

#[test]
fn an_early_answer_that_told_of_a_fault_frees_the_key_at_the_end() {
    let mut bench = bench();
    let fence = answering(&mut bench, 500);
    assert!(matches!(bench.accept(keyed(2, "k")), Admission::Duplicate(_)));
    bench.finish(fence, ending(Phase::Succeeded));
    assert_eq!(bench.accepted(keyed(2, "k")).retry_of, Some(id(1)));
}
