//! What a namespace may use in all: its own workflows are held to it, others are not touched.

use std::sync::Arc;

use boathook_plan::plan::WorkflowRef;

use super::bench;
use crate::store::command::{Command, Deleted, Outcome, Trim};
use crate::store::ending::{Admission, Finished, Phase};
use crate::store::lease::Lease;
use crate::store::new::{NewExecution, Quota, Start};
use crate::store::testing::{Bench, delivery, ending, id};

fn of(namespace: &str, number: u128, quota: Quota) -> NewExecution {
    let name = format!("w{}", number % 2);
    let workflow = WorkflowRef { namespace: namespace.into(), uid: format!("{namespace}-{name}"), name };
    NewExecution { workflow: Arc::new(workflow), quota, ..delivery(number) }
}

fn trim(bench: &mut Bench, stored: u64, limit: u32) -> Deleted {
    let Outcome::Deleted(deleted) = bench.run(Command::Trim(Trim { namespace: "shop".into(), stored, limit })) else {
        panic!("a deletion")
    };
    deleted
}

#[test]
fn deliveries_of_all_workflows_of_a_namespace_wait_in_one_quota() {
    let mut bench = bench();
    let quota = Quota { queued: 2, storage: u64::MAX };
    bench.accepted(of("shop", 1, quota));
    bench.accepted(of("shop", 2, quota));
    assert_eq!(bench.accept(of("shop", 3, quota)), Admission::QuotaFull);
    bench.accepted(of("bank", 4, quota));
}

#[test]
fn a_delivery_that_begins_at_once_does_not_wait_in_a_quota() {
    let mut bench = bench();
    let quota = Quota { queued: 1, storage: u64::MAX };
    let start = Start::Now(Lease { owner: id(99), until: bench.now });
    let fence = bench.accepted(NewExecution { start, ..of("shop", 1, quota) }).fence.unwrap();
    bench.accepted(of("shop", 2, quota));
    assert_eq!(bench.accept(of("shop", 4, quota)), Admission::QuotaFull);
    assert!(matches!(bench.finish(fence, ending(Phase::Succeeded)), Finished::Done(_)));
    assert_eq!(bench.accept(of("shop", 4, quota)), Admission::QuotaFull, "the end of one that runs frees no place");
}

#[test]
fn a_namespace_that_keeps_too_much_takes_nothing_until_its_history_is_trimmed() {
    let mut bench = bench();
    let quota = Quota { queued: u64::MAX, storage: 39 };
    for number in [2, 4, 6] {
        bench.accepted(NewExecution { workflow: delivery(1).workflow, ..of("shop", number, quota) });
    }
    let full = |bench: &mut Bench| bench.accept(of("shop", 8, quota));
    assert_eq!(full(&mut bench), Admission::StorageFull, "3 times 7 and 6 bytes");
    bench.accepted(of("bank", 10, quota));
    assert_eq!(trim(&mut bench, 30, 10).executions, 0, "what has not ended is not history");
    let claimed = bench.claim();
    let phases = [Phase::Failed, Phase::Succeeded, Phase::Succeeded];
    for (claimed, phase) in claimed.iter().zip(phases) {
        bench.finish(claimed.fence, ending(phase));
    }
    assert_eq!(full(&mut bench), Admission::StorageFull);
    let deleted = trim(&mut bench, 30, 1);
    assert_eq!((deleted.executions, deleted.more), (1, false), "13 bytes are enough");
    bench.accepted(of("shop", 8, quota));
    assert_eq!(trim(&mut bench, 0, 10), Deleted { executions: 1, more: true, ..Deleted::default() });
    let left = trim(&mut bench, 0, 10);
    assert_eq!((left.executions, left.more), (0, false), "the dead letter and what waits stay");
}

#[test]
fn a_body_that_is_not_kept_leaves_the_quota() {
    let mut bench = bench();
    let quota = Quota { queued: u64::MAX, storage: 13 };
    let mut new = NewExecution { quota, ..delivery(1) };
    new.keep.body = boathook_plan::plan::BodyKept::None;
    bench.accepted(new);
    let next = || NewExecution { quota, ..delivery(2) };
    assert_eq!(bench.accept(next()), Admission::StorageFull);
    bench.end_only(ending(Phase::Succeeded));
    bench.accepted(next());
}
