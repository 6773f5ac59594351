//! Which deliveries are one, and how long.

use boathook_plan::plan::{Batch, Mode};
use bytes::Bytes;
use std::sync::Arc;

use super::bench;
use crate::store::ending::{ANSWER_KEPT, Admission, Answer, Duplicate, Phase};
use crate::store::new::{NewExecution, PlanText};
use crate::store::testing::{answered, delivery, ending, id, ids, keyed};

fn duplicate(number: u128, phase: Phase) -> Admission {
    Admission::Duplicate(Duplicate { id: id(number), phase, answer: None })
}

#[test]
fn a_repeat_of_an_unfinished_delivery_is_a_duplicate() {
    let mut bench = bench();
    bench.accepted(keyed(1, "k"));
    assert_eq!(bench.accept(keyed(2, "k")), duplicate(1, Phase::Queued));
    bench.claim();
    assert_eq!(bench.accept(keyed(3, "k")), duplicate(1, Phase::Running));
    bench.pass(1_000_000);
    assert_eq!(bench.accept(keyed(4, "k")), duplicate(1, Phase::Running));
}

#[test]
fn after_success_a_key_is_held_for_its_window() {
    let mut bench = bench();
    bench.accepted(keyed(1, "k"));
    bench.end_only(ending(Phase::Succeeded));
    bench.pass(59);
    assert_eq!(bench.accept(keyed(2, "k")), duplicate(1, Phase::Succeeded));
    bench.pass(1);
    assert_eq!(bench.accepted(keyed(3, "k")).retry_of, None);
}

#[test]
fn a_failed_first_one_frees_its_key_and_the_repeat_names_it() {
    for phase in [Phase::Failed, Phase::Cancelled] {
        let mut bench = bench();
        bench.accepted(keyed(1, "k"));
        bench.end_only(ending(phase));
        assert_eq!(bench.accepted(keyed(2, "k")).retry_of, Some(id(1)));
        assert_eq!(bench.claim()[0].retry_of, Some(id(1)));
    }
}

#[test]
fn a_sync_answer_of_500_frees_the_key() {
    for (mode, status, held) in [(Mode::Sync, 500, false), (Mode::Sync, 499, true), (Mode::Async, 500, true)] {
        let mut bench = bench();
        bench.accepted(NewExecution { mode, ..keyed(1, "k") });
        bench.end_only(answered(Phase::Succeeded, status, b"no"));
        let repeat = bench.accept(keyed(2, "k"));
        assert_eq!(matches!(repeat, Admission::Duplicate(_)), held, "{mode:?} {status}");
    }
}

#[test]
fn a_repeat_after_success_gets_the_first_answer() {
    let mut bench = bench();
    bench.accepted(keyed(1, "k"));
    bench.end_only(answered(Phase::Succeeded, 201, b"made"));
    let answer = Some(Answer { status: 201, kept: Some(b"made".to_vec()) });
    let expected = Duplicate { id: id(1), phase: Phase::Succeeded, answer };
    assert_eq!(bench.accept(keyed(2, "k")), Admission::Duplicate(expected));
}

#[test]
fn an_answer_over_64_kib_is_not_kept() {
    for (size, kept) in [(ANSWER_KEPT, true), (ANSWER_KEPT + 1, false)] {
        let mut bench = bench();
        bench.accepted(keyed(1, "k"));
        bench.end_only(answered(Phase::Succeeded, 200, &vec![b'a'; size]));
        let Admission::Duplicate(Duplicate { answer: Some(answer), .. }) = bench.accept(keyed(2, "k")) else {
            panic!("an answer")
        };
        assert_eq!((answer.status, answer.kept.is_some()), (200, kept), "{size}");
    }
}

#[test]
fn a_key_outlives_the_record_of_a_success() {
    let mut bench = bench();
    let mut first = keyed(1, "k");
    first.keep.succeeded = std::time::Duration::from_secs(1);
    bench.accepted(first);
    bench.end_only(ending(Phase::Succeeded));
    bench.pass(10);
    bench.run(crate::store::Command::Prune(crate::store::Prune { limit: 10 }));
    assert_eq!(bench.accept(keyed(2, "k")), duplicate(1, Phase::Succeeded));
}

#[test]
fn equal_keys_of_two_workflows_are_two() {
    let mut bench = bench();
    bench.accepted(keyed(1, "k"));
    let mut other = keyed(2, "k");
    let mut workflow = (*other.workflow).clone();
    workflow.uid = "uid-other".into();
    other.workflow = Arc::new(workflow);
    bench.accepted(other);
}

#[test]
fn one_id_is_taken_once() {
    let mut bench = bench();
    bench.accepted(delivery(1));
    assert_eq!(bench.accept(delivery(1)), duplicate(1, Phase::Queued));
}

#[test]
fn a_batch_starts_when_it_is_full_with_all_of_it_in_order() {
    let mut bench = bench();
    let batched =
        |number| NewExecution { batch: Some(Batch { max: 3, for_ms: 5_000 }), ..keyed(number, &number.to_string()) };
    bench.accepted(batched(1));
    assert_eq!(bench.claim(), []);
    assert_eq!(bench.accept(batched(2)), Admission::Joined { id: id(1), position: 1 });
    assert_eq!(bench.accept(batched(3)), Admission::Joined { id: id(1), position: 2 });
    let claimed = bench.claim();
    let bodies: Vec<_> = claimed[0].payloads.iter().map(|payload| payload.body.clone()).collect();
    assert_eq!(bodies, ["body 1", "body 2", "body 3"]);
    assert_eq!(bench.accept(keyed(9, "2")), duplicate(1, Phase::Running));
    bench.finish(claimed[0].fence, ending(Phase::Succeeded));
    assert_eq!(bench.accept(keyed(9, "3")), duplicate(1, Phase::Succeeded));
}

#[test]
fn a_batch_starts_when_its_time_is_up() {
    let mut bench = bench();
    let batched = |number| NewExecution { batch: Some(Batch { max: 3, for_ms: 5_000 }), ..delivery(number) };
    bench.accepted(batched(1));
    bench.pass(4);
    let claims = bench.claims(10);
    assert_eq!((claims.claimed.len(), claims.next), (0, Some("2026-11-24T12:00:05Z".parse().unwrap())));
    bench.pass(1);
    assert_eq!(ids(&bench.claim()), [id(1)]);
    assert_eq!(bench.accepted(batched(2)).id, id(2));
}

#[test]
fn a_batch_is_of_one_plan() {
    let mut bench = bench();
    let batched = |number| NewExecution { batch: Some(Batch { max: 3, for_ms: 5_000 }), ..delivery(number) };
    bench.accepted(batched(1));
    let plan = Arc::new(PlanText::new(Bytes::from_static(b"{\"plan\":2}")));
    bench.accepted(NewExecution { plan, ..batched(2) });
    bench.pass(5);
    assert_eq!(ids(&bench.claim()), [id(1), id(2)]);
}
