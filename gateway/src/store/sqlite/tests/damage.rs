//! Rows that do not hold what was written: never a wrong payload, and nobody is held up.

use boathook_plan::plan::{Overflow, WorkflowRef};

use super::super::files::Paths;
use super::super::{Sqlite, open, recover};
use crate::store::Engine;
use crate::store::claim::Claims;
use crate::store::command::{Command, Finish, Outcome, Prune, Replay, Replayed};
use crate::store::ending::{Admission, Duplicate, Phase};
use crate::store::lease::Written;
use crate::store::new::{Hash, NewExecution, Queueing};
use crate::store::testing::{append, claim, delivery, ending, entry, id, ids, keyed, noon};
use uuid::Uuid;

fn accept(engine: &mut Sqlite, new: NewExecution) {
    engine.commit(&[Command::Accept(Box::new(new))], noon()).unwrap();
}

fn claims(engine: &mut Sqlite) -> Claims {
    let Outcome::Claims(claims) = engine.commit(&[Command::Claim(claim(10, noon()))], noon()).unwrap().remove(0) else {
        panic!("claims")
    };
    claims
}

/// What a claim could not take.
fn failed(claims: &Claims) -> Vec<Uuid> {
    claims.settled.iter().map(|settled| settled.id).collect()
}

/// Two executions of one concurrency key, the first of which is damaged by a statement.
fn damaged_by(sql: &str) -> Claims {
    let mut engine = Sqlite::in_memory().unwrap();
    let queueing = Queueing { max: 10, key: Some(Hash([1; 32])), queue: 10, overflow: Overflow::Queue };
    accept(&mut engine, NewExecution { queueing, ..keyed(1, "a") });
    accept(&mut engine, NewExecution { queueing, ..keyed(2, "b") });
    assert_eq!(engine.db.execute(sql, []).unwrap(), 1, "{sql}");
    claims(&mut engine)
}

#[test]
fn a_damaged_execution_is_set_aside_and_the_next_of_its_key_goes_on() {
    for sql in [
        "UPDATE payloads SET body = x'00' WHERE seq = 1",
        "UPDATE payloads SET head = x'00' WHERE seq = 1",
        "UPDATE payloads SET body = NULL WHERE seq = 1",
        "UPDATE payloads SET position = 1 WHERE seq = 1",
        "DELETE FROM payloads WHERE seq = 1",
        "UPDATE executions SET attempt = 7 WHERE seq = 1",
        "UPDATE executions SET seed = x'00' WHERE seq = 1",
        "UPDATE executions SET mode = 9 WHERE seq = 1",
        "UPDATE executions SET entries = 1 WHERE seq = 1",
        "UPDATE executions SET crc = crc + 1 WHERE seq = 1",
    ] {
        let first = damaged_by(sql);
        assert_eq!((failed(&first), ids(&first.claimed)), (vec![id(1)], Vec::new()), "{sql}");
        assert!(first.more, "{sql}");
    }
}

#[test]
fn the_next_of_the_key_is_claimed_after_a_damaged_one() {
    let mut engine = Sqlite::in_memory().unwrap();
    let queueing = Queueing { max: 10, key: Some(Hash([1; 32])), queue: 10, overflow: Overflow::Queue };
    accept(&mut engine, NewExecution { queueing, ..delivery(1) });
    accept(&mut engine, NewExecution { queueing, ..delivery(2) });
    engine.db.execute("UPDATE executions SET attempt = 7 WHERE seq = 1", []).unwrap();
    assert_eq!(failed(&claims(&mut engine)), [id(1)]);
    assert_eq!(ids(&claims(&mut engine).claimed), [id(2)]);
}

#[test]
fn a_damaged_journal_is_found_when_it_is_read() {
    for sql in [
        "UPDATE journal SET entry = x'00' WHERE number = 0",
        "UPDATE journal SET sealed = 1 WHERE number = 0",
        "UPDATE journal SET number = 5 WHERE number = 1",
        "DELETE FROM journal WHERE number = 1",
        "DELETE FROM journal WHERE number = 0",
    ] {
        let mut engine = Sqlite::in_memory().unwrap();
        accept(&mut engine, delivery(1));
        let fence = claims(&mut engine).claimed[0].fence;
        let entries = vec![entry("one"), entry("two")];
        engine.commit(&[Command::Append(append(fence, entries)), Command::Release(vec![fence])], noon()).unwrap();
        engine.db.execute(sql, []).unwrap();
        assert_eq!(failed(&claims(&mut engine)), [id(1)], "{sql}");
    }
}

#[test]
fn an_owner_of_a_damaged_execution_is_fenced() {
    let mut engine = Sqlite::in_memory().unwrap();
    accept(&mut engine, delivery(1));
    let fence = claims(&mut engine).claimed[0].fence;
    engine.db.execute("UPDATE executions SET attempt = 7", []).unwrap();
    let outcome = engine.commit(&[Command::Append(append(fence, vec![entry("one")]))], noon()).unwrap();
    assert_eq!(outcome, [Outcome::Written(Written::Fenced)]);
}

#[test]
fn a_start_sets_aside_what_is_damaged_and_counts_anew() {
    let mut engine = Sqlite::in_memory().unwrap();
    (1..=3).for_each(|number| accept(&mut engine, delivery(number)));
    engine.db.execute("UPDATE executions SET phase = 3 WHERE seq = 2", []).unwrap();
    engine.db.execute("UPDATE workflows SET queued = 77, active = 9", []).unwrap();
    let recovered = recover::all(&mut engine, noon()).unwrap();
    assert_eq!(recovered.damaged, [id(2)]);
    assert_eq!(ids(&claims(&mut engine).claimed), [id(1), id(3)]);
    assert!(recover::all(&mut engine, noon()).unwrap().damaged.is_empty());
}

#[test]
fn a_plan_that_is_gone_is_found_at_the_start() {
    let mut engine = Sqlite::in_memory().unwrap();
    accept(&mut engine, delivery(1));
    engine.db.execute("DELETE FROM plan_texts", []).unwrap();
    assert_eq!(recover::all(&mut engine, noon()).unwrap().damaged, [id(1)]);
}

#[test]
fn executions_of_a_damaged_workflow_are_set_aside_and_others_go_on() {
    let mut engine = Sqlite::in_memory().unwrap();
    accept(&mut engine, delivery(1));
    let workflow = WorkflowRef { uid: "other".into(), ..(*delivery(1).workflow).clone() };
    accept(&mut engine, NewExecution { workflow: workflow.into(), ..delivery(2) });
    engine.db.execute("UPDATE workflows SET name = 'else' WHERE uid = 'other'", []).unwrap();
    engine.known.forget();
    assert_eq!(recover::all(&mut engine, noon()).unwrap().damaged, [id(2)]);
    assert_eq!(ids(&claims(&mut engine).claimed), [id(1)]);
}

/// Changes rows behind the back of a partial index: meanwhile SQLite is told that it covers nothing.
fn without_index(engine: &mut Sqlite, index: &str, change: impl FnOnce(&mut Sqlite)) {
    let schema = |engine: &Sqlite, sql: &str| {
        engine.db.pragma_update(None, "writable_schema", true).unwrap();
        let written = engine.db.execute("UPDATE sqlite_schema SET sql = ?2 WHERE name = ?1", [index, sql]).unwrap();
        assert_eq!(written, 1, "{index}");
        engine.db.execute_batch("PRAGMA writable_schema = RESET").unwrap();
        engine.db.flush_prepared_statement_cache();
    };
    let read = "SELECT sql FROM sqlite_schema WHERE name = ?1";
    let sql: String = engine.db.query_row(read, [index], |row| row.get(0)).unwrap();
    let (columns, _) = sql.split_once(" WHERE").unwrap();
    schema(engine, &format!("{columns} WHERE phase < -1"));
    change(engine);
    schema(engine, &sql);
}

#[test]
fn an_index_that_misses_an_execution_is_made_anew_at_the_start() {
    let mut engine = Sqlite::in_memory().unwrap();
    accept(&mut engine, delivery(1));
    without_index(&mut engine, "executions_pending", |engine| {
        engine.commit(&[Command::Accept(Box::new(delivery(2)))], noon()).unwrap();
    });
    let sql = "SELECT count(*) FROM executions INDEXED BY executions_pending WHERE phase < 3";
    let seen = |engine: &Sqlite| engine.db.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(seen(&engine), 1, "nobody would ever run the second");
    assert!(recover::all(&mut engine, noon()).unwrap().damaged.is_empty());
    assert_eq!(seen(&engine), 2);
    assert_eq!(ids(&claims(&mut engine).claimed), [id(1), id(2)]);
}

#[test]
fn a_key_whose_execution_is_gone_is_free_and_goes_with_the_next_start() {
    let mut engine = Sqlite::in_memory().unwrap();
    accept(&mut engine, keyed(1, "a"));
    accept(&mut engine, keyed(2, "b"));
    engine.db.execute_batch("DELETE FROM executions WHERE seq <= 2").unwrap();
    let repeat = engine.commit(&[Command::Accept(Box::new(keyed(3, "a")))], noon()).unwrap().remove(0);
    let Outcome::Admission(Admission::Accepted(accepted)) = repeat else { panic!("{repeat:?}") };
    assert_eq!((accepted.id, accepted.retry_of), (id(3), None));
    engine.tally.executions -= 2;
    recover::all(&mut engine, noon()).unwrap();
    let left: i64 = engine.db.query_row("SELECT count(*) FROM deliveries", [], |row| row.get(0)).unwrap();
    assert_eq!((left, engine.tally.deliveries), (1, 1), "that of the repeat");
}

#[test]
fn a_key_that_its_failed_execution_could_not_free_is_free() {
    let mut engine = Sqlite::in_memory().unwrap();
    accept(&mut engine, keyed(1, "a"));
    let fence = claims(&mut engine).claimed[0].fence;
    engine.db.execute("UPDATE payloads SET delivery_key = NULL", []).unwrap();
    let failed = Finish { fence, entries: Vec::new(), ending: ending(Phase::Failed) };
    engine.commit(&[Command::Finish(Box::new(failed))], noon()).unwrap();
    let repeat = engine.commit(&[Command::Accept(Box::new(keyed(2, "a")))], noon()).unwrap().remove(0);
    let Outcome::Admission(Admission::Accepted(accepted)) = repeat else { panic!("{repeat:?}") };
    assert_eq!((accepted.id, accepted.retry_of), (id(2), Some(id(1))));
}

#[test]
fn a_replay_of_a_damaged_success_changes_nothing_of_it() {
    let mut engine = Sqlite::in_memory().unwrap();
    accept(&mut engine, keyed(1, "a"));
    let fence = claims(&mut engine).claimed[0].fence;
    let done = Finish { fence, entries: Vec::new(), ending: ending(Phase::Succeeded) };
    engine.commit(&[Command::Finish(Box::new(done))], noon()).unwrap();
    engine.db.execute("UPDATE payloads SET body = x'00'", []).unwrap();
    let replay = Replay { of: id(1), id: id(7), entries: None, plan: None };
    let repeat = Command::Accept(Box::new(keyed(2, "a")));
    let outcomes = engine.commit(&[Command::Replay(replay), repeat], noon()).unwrap();
    let duplicate = Duplicate { id: id(1), phase: Phase::Succeeded, answer: None };
    assert_eq!(outcomes, [Outcome::Replayed(Replayed::Damaged), Outcome::Admission(Admission::Duplicate(duplicate))]);
}

/// A store whose first execution has a body of many pages, one of which names a next one that is not there.
fn with_a_broken_chain(directory: &std::path::Path, ended: bool) -> Sqlite {
    let paths = Paths::new(directory);
    let (mut engine, _) = open::engine(&paths, noon(), 0).unwrap();
    let mut long = delivery(1);
    long.payload.body = vec![0xab; 40_000].into();
    accept(&mut engine, long);
    accept(&mut engine, delivery(2));
    let claimed = if ended { claims(&mut engine).claimed } else { Vec::new() };
    for claimed in claimed {
        let done = Finish { fence: claimed.fence, entries: Vec::new(), ending: ending(Phase::Succeeded) };
        engine.commit(&[Command::Finish(Box::new(done))], noon()).unwrap();
    }
    drop(engine);
    let mut file = std::fs::read(&paths.database).unwrap();
    // An overflow page: the number of the next one, then content.
    let page = file.chunks_mut(4_096).find(|page| page[4..].iter().all(|byte| *byte == 0xab)).unwrap();
    page[0] = 0x40;
    std::fs::write(&paths.database, file).unwrap();
    open::engine(&paths, noon(), 0).unwrap().0
}

#[test]
fn one_that_cannot_be_read_does_not_keep_others_from_being_claimed() {
    let directory = tempfile::tempdir().unwrap();
    let mut engine = with_a_broken_chain(directory.path(), false);
    assert_eq!(ids(&claims(&mut engine).claimed), [id(2)]);
    let read = "SELECT phase, damaged FROM executions WHERE seq = 1";
    let first = engine.db.query_row(read, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, bool>(1)?))).unwrap();
    assert_eq!(first, (4, true), "it has failed");
}

#[test]
fn one_that_cannot_be_deleted_does_not_keep_others_from_it() {
    let directory = tempfile::tempdir().unwrap();
    let mut engine = with_a_broken_chain(directory.path(), true);
    let later = noon() + jiff::SignedDuration::from_hours(24 * 365);
    let mut prune = || {
        let outcome = engine.commit(&[Command::Prune(Prune { limit: 10 })], later).unwrap().remove(0);
        let left = "SELECT group_concat(seq) FROM executions";
        (outcome, engine.db.query_row(left, [], |row| row.get::<_, String>(0)).unwrap())
    };
    prune();
    assert_eq!(prune().1, "1", "the other one is deleted, and this one is left");
    let Outcome::Deleted(again) = prune().0 else { panic!("deleted") };
    assert_eq!((again.executions, again.more), (0, false), "it is not tried again at once");
}
