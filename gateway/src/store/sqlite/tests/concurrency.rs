//! How many run at once, and in which order.

use boathook_plan::pinned::SeedOf;
use boathook_plan::plan::Overflow;

use super::bench;
use crate::store::command::{Cancel, Command, Outcome, Which};
use crate::store::ending::{Accepted, Admission, Adopt, Phase, Settled};
use crate::store::lease::Lease;
use crate::store::new::{Hash, NewExecution, Queueing, Start};
use crate::store::testing::{delivery, ending, id, ids, noon};

fn queueing(number: u128, queueing: Queueing) -> NewExecution {
    NewExecution { queueing, ..delivery(number) }
}

const ONE: Queueing = Queueing { max: 1, key: None, queue: 2, overflow: Overflow::Queue };
const SAME_KEY: Queueing = Queueing { max: 10, key: Some(Hash([1; 32])), queue: 10, overflow: Overflow::Queue };

/// What was cancelled.
fn cancelled(number: u128) -> Settled {
    Settled { id: id(number), workflow: delivery(1).workflow, phase: Phase::Cancelled, parent: None }
}

#[test]
fn an_accepted_delivery_is_claimed_with_all_that_it_needs() {
    let mut bench = bench();
    bench.accepted(delivery(1));
    let claimed = bench.claim().remove(0);
    assert_eq!(claimed.payloads, [delivery(1).payload]);
    assert_eq!(claimed.workflow, delivery(1).workflow);
    assert_eq!(claimed.plan, delivery(1).plan.hash);
    assert_eq!((claimed.fence.number, claimed.attempt, claimed.seed), (1, 1, SeedOf::Delivery(id(1))));
    assert_eq!(bench.claim(), []);
}

#[test]
fn no_more_than_max_have_begun() {
    let mut bench = bench();
    (1..=3).for_each(|number| drop(bench.accepted(delivery(number))));
    let first = bench.claims(2).claimed;
    assert_eq!(ids(&first), [id(1), id(2)]);
    assert_eq!(bench.claims(2).claimed, []);
    bench.finish(first[1].fence, ending(Phase::Succeeded));
    assert_eq!(ids(&bench.claims(2).claimed), [id(3)]);
}

#[test]
fn equal_keys_run_one_at_a_time_in_the_order_accepted() {
    let mut bench = bench();
    (1..=3).for_each(|number| drop(bench.accepted(queueing(number, SAME_KEY))));
    bench.accepted(queueing(4, Queueing { key: Some(Hash([2; 32])), ..SAME_KEY }));
    for (number, others) in [(1, vec![id(4)]), (2, vec![]), (3, vec![])] {
        let claimed = bench.claim();
        assert_eq!(ids(&claimed), [vec![id(number)], others].concat());
        assert_eq!(bench.claim(), []);
        bench.finish(claimed[0].fence, ending(Phase::Failed));
    }
}

#[test]
fn a_full_queue_refuses() {
    let mut bench = bench();
    bench.accepted(queueing(1, ONE));
    bench.claims(1);
    bench.accepted(queueing(2, ONE));
    bench.accepted(queueing(3, ONE));
    assert_eq!(bench.accept(queueing(4, ONE)), Admission::QueueFull);
}

#[test]
fn those_that_a_free_place_will_take_do_not_wait() {
    let mut bench = bench();
    let none = Queueing { max: 2, queue: 0, ..ONE };
    bench.accepted(queueing(1, none));
    bench.accepted(queueing(2, none));
    assert_eq!(bench.accept(queueing(3, none)), Admission::QueueFull);
}

#[test]
fn reject_refuses_what_must_wait() {
    let mut bench = bench();
    let reject = Queueing { overflow: Overflow::Reject, ..SAME_KEY };
    bench.accepted(queueing(1, reject));
    assert_eq!(bench.accept(queueing(2, reject)), Admission::QueueFull);
    bench.accepted(queueing(3, Queueing { key: Some(Hash([2; 32])), ..reject }));
}

#[test]
fn supersede_cancels_those_of_the_key_that_have_not_begun() {
    let mut bench = bench();
    let supersede = Queueing { overflow: Overflow::Supersede, ..SAME_KEY };
    bench.accepted(queueing(1, supersede));
    let running = bench.claim();
    bench.accepted(queueing(2, supersede));
    let superseded = vec![cancelled(2)];
    let expected = Accepted { id: id(3), fence: None, retry_of: None, superseded, more: false };
    assert_eq!(bench.accepted(queueing(3, supersede)), expected);
    bench.finish(running[0].fence, ending(Phase::Succeeded));
    assert_eq!(ids(&bench.claim()), [id(3)]);
}

#[test]
fn without_a_key_what_a_free_place_will_take_is_not_superseded() {
    let mut bench = bench();
    let supersede = Queueing { max: 3, key: None, queue: 10, overflow: Overflow::Supersede };
    // Three places are free, and nobody has looked at the queue yet.
    for number in 1..=4 {
        assert_eq!(bench.accepted(queueing(number, supersede)).superseded, [], "{number}");
    }
    // The fourth has no place and waits; the fifth takes its turn.
    assert_eq!(bench.accepted(queueing(5, supersede)).superseded, [cancelled(4)]);
    assert_eq!(ids(&bench.claims(3).claimed), [id(1), id(2), id(3)]);
}

#[test]
fn of_a_long_queue_a_delivery_supersedes_a_part_at_once_and_the_rest_on_demand() {
    for key in [None, Some(Hash([1; 32]))] {
        let mut bench = bench();
        let queue = |overflow| Queueing { max: 1, key, queue: 1_000, overflow };
        (1..=301).for_each(|number| drop(bench.accepted(queueing(number, queue(Overflow::Queue)))));
        let running = bench.claims(1).claimed.remove(0);
        let accepted = bench.accepted(queueing(400, queue(Overflow::Supersede)));
        assert_eq!((accepted.superseded.len(), accepted.superseded[0].id, accepted.more), (256, id(301), true));
        let rest = Cancel { which: Which::Before { id: id(400), max: 1 }, reason: "Superseded".into(), limit: 100 };
        let Outcome::Cancelled(rest) = bench.run(Command::Cancel(rest)) else { panic!("cancelled") };
        assert_eq!((rest.settled.len(), rest.running.len(), rest.more), (44, 0, false));
        bench.finish(running.fence, ending(Phase::Succeeded));
        assert_eq!(ids(&bench.claims(1).claimed), [id(400)]);
    }
}

#[test]
fn a_run_that_begins_at_once_waits_for_its_turn_where_others_are_before_it() {
    let mut bench = bench();
    let start = Start::Now(Lease { owner: id(99), until: noon() });
    let now = |number| NewExecution { start, ..queueing(number, SAME_KEY) };
    assert_eq!(bench.accepted(now(1)).fence.map(|fence| fence.number), Some(1));
    assert_eq!(bench.accepted(now(2)).fence, None);
}

#[test]
fn an_adopted_run_keeps_the_next_of_its_key_waiting() {
    let mut bench = bench();
    bench.accepted(queueing(1, SAME_KEY));
    let start = Start::Now(Lease { owner: id(99), until: "2026-11-24T13:00:00Z".parse().unwrap() });
    let new = NewExecution { start, ..queueing(2, SAME_KEY) };
    let adopted =
        bench.run(Command::Adopt(Box::new(Adopt { new, started_at: noon(), entries: Vec::new(), answer: None })));
    let Outcome::Admission(Admission::Accepted(Accepted { fence: Some(fence), .. })) = adopted else { panic!("runs") };
    assert_eq!(bench.claim(), []);
    bench.finish(fence, ending(Phase::Succeeded));
    assert_eq!(ids(&bench.claim()), [id(1)]);
}

#[test]
fn cancelling_ends_what_has_no_worker_and_marks_what_has_one() {
    let mut bench = bench();
    bench.accepted(delivery(1));
    let running = bench.claim();
    bench.accepted(delivery(2));
    let which = Which::Workflow("uid-orders".into());
    let cancel = Cancel { which, reason: "WorkflowDeleted".into(), limit: 10 };
    let Outcome::Cancelled(cancelled) = bench.run(Command::Cancel(cancel)) else { panic!("cancelled") };
    assert_eq!(cancelled.settled, [self::cancelled(2)]);
    assert_eq!((cancelled.running, cancelled.more), (vec![id(1)], false));
    let renew = crate::store::Renew { fences: vec![running[0].fence], lease: Lease { owner: id(99), until: noon() } };
    let Outcome::Renewed(renewed) = bench.run(Command::Renew(renew)) else { panic!("renewed") };
    assert_eq!(renewed.cancelling, [(id(1), "WorkflowDeleted".to_owned())]);
    bench.pass(1);
    bench.owner = id(98);
    assert_eq!(bench.claim()[0].cancelling.as_deref(), Some("WorkflowDeleted"));
}
