//! Running again.

use boathook_plan::pinned::SeedOf;
use boathook_plan::plan::BodyKept;

use super::bench;
use crate::store::command::{Command, Outcome, Prune, Replay, Replayed};
use crate::store::ending::Phase;
use crate::store::new::JournalEntry;
use crate::store::testing::{Bench, append, delivery, ending, entry, id};

fn replay(bench: &mut Bench, of: u128, entries: Option<&[u32]>) -> Outcome {
    bench.run(Command::Replay(Replay { of: id(of), id: id(7), entries: entries.map(<[u32]>::to_vec), plan: None }))
}

fn failed(bench: &mut Bench) {
    bench.accepted(delivery(1));
    let fence = bench.claim()[0].fence;
    let secret = JournalEntry { text: b"secret"[..].into(), sensitive: true };
    bench.run(Command::Append(append(fence, vec![entry("one"), secret, entry("failed")])));
    bench.finish(fence, ending(Phase::Failed));
}

#[test]
fn a_replay_from_the_start_has_a_seed_of_its_own() {
    let mut bench = bench();
    failed(&mut bench);
    assert_eq!(replay(&mut bench, 1, None), Outcome::Replayed(Replayed::Accepted(id(7))));
    let claimed = bench.claim().remove(0);
    assert_eq!((claimed.fence.id, claimed.replay_of, claimed.seed), (id(7), Some(id(1)), SeedOf::Replay(id(7))));
    assert_eq!((claimed.payloads, claimed.entries), (vec![delivery(1).payload], Vec::new()));
}

#[test]
fn a_replay_from_the_failed_step_has_the_journal_and_the_seed_of_the_first() {
    let mut bench = bench();
    failed(&mut bench);
    replay(&mut bench, 1, Some(&[0, 1]));
    let claimed = bench.claim().remove(0);
    assert_eq!((claimed.replay_of, claimed.seed, claimed.replays), (Some(id(1)), SeedOf::Delivery(id(1)), 1));
    let secret = JournalEntry { text: b"secret"[..].into(), sensitive: true };
    assert_eq!(claimed.entries, [entry("one"), secret]);
}

#[test]
fn a_replay_keeps_the_entries_that_it_is_told_and_no_other() {
    let mut bench = bench();
    failed(&mut bench);
    replay(&mut bench, 1, Some(&[0, 2, 9]));
    let claimed = bench.claim().remove(0);
    assert_eq!((claimed.entries, claimed.seed), (vec![entry("one"), entry("failed")], SeedOf::Delivery(id(1))));
}

#[test]
fn a_replay_from_a_failure_at_the_first_step_keeps_the_seed() {
    let mut bench = bench();
    failed(&mut bench);
    replay(&mut bench, 1, Some(&[]));
    let claimed = bench.claim().remove(0);
    assert_eq!((claimed.entries, claimed.seed), (Vec::new(), SeedOf::Delivery(id(1))));
}

#[test]
fn a_replay_of_a_replay_has_its_seed_when_both_are_gone() {
    let mut bench = bench();
    failed(&mut bench);
    replay(&mut bench, 1, None);
    bench.end_only(ending(Phase::Failed));
    bench.pass(3_600);
    let again = |of, id, entries| Command::Replay(Replay { of, id, entries, plan: None });
    bench.run(again(id(7), id(8), Some(Vec::new())));
    bench.pass(3_600);
    bench.run(Command::Prune(Prune { limit: 10 }));
    let claimed = bench.claim().remove(0);
    assert_eq!((claimed.fence.id, claimed.seed, claimed.replays), (id(8), SeedOf::Replay(id(7)), 2));
}

#[test]
fn what_has_not_ended_or_is_not_there_is_not_replayed() {
    let mut bench = bench();
    bench.accepted(delivery(1));
    assert_eq!(replay(&mut bench, 1, None), Outcome::Replayed(Replayed::NotFinished));
    assert_eq!(replay(&mut bench, 2, None), Outcome::Replayed(Replayed::NotFound));
}

#[test]
fn a_replay_that_is_asked_for_twice_is_one() {
    let mut bench = bench();
    failed(&mut bench);
    replay(&mut bench, 1, None);
    assert_eq!(replay(&mut bench, 1, None), Outcome::Replayed(Replayed::Accepted(id(7))));
    assert_eq!(bench.claim().len(), 1);
}

#[test]
fn without_its_body_nothing_is_replayed() {
    for body in [BodyKept::Hash, BodyKept::None] {
        let mut bench = bench();
        let mut new = delivery(1);
        new.keep.body = body;
        bench.accepted(new);
        bench.end_only(ending(Phase::Failed));
        assert_eq!(replay(&mut bench, 1, None), Outcome::Replayed(Replayed::BodyNotKept));
    }
}
