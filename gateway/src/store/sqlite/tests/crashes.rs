//! Executions during which the process ends, again and again: one that ends it takes no other one along.

use super::super::{Sqlite, recover};
use crate::store::Engine;
use crate::store::claim::Claims;
use crate::store::command::{Command, Outcome};
use crate::store::ending::Phase;
use crate::store::testing::{append, claim, delivery, entry, id, ids, noon};
use jiff::Timestamp;

fn engine(deliveries: u128) -> Sqlite {
    let mut engine = Sqlite::in_memory().unwrap();
    for number in 1..=deliveries {
        engine.commit(&[Command::Accept(Box::new(delivery(number)))], noon()).unwrap();
    }
    engine
}

fn claims(engine: &mut Sqlite) -> Claims {
    claims_at(engine, noon())
}

fn crash(engine: &mut Sqlite) {
    recover::all(engine, noon()).unwrap();
}

/// The same, at a time.
fn claims_at(engine: &mut Sqlite, now: Timestamp) -> Claims {
    let Outcome::Claims(claims) = engine.commit(&[Command::Claim(claim(10, now))], now).unwrap().remove(0) else {
        panic!("claims")
    };
    claims
}

#[test]
fn an_execution_that_ends_the_process_waits_longer_each_time_and_is_given_up_in_the_end() {
    let (mut engine, mut now) = (engine(1), noon());
    let mut pauses = Vec::new();
    for _ in 0..20 {
        assert_eq!(ids(&claims_at(&mut engine, now).claimed), [id(1)]);
        recover::all(&mut engine, now).unwrap();
        let due: i64 = engine.db.query_row("SELECT due_at FROM executions", [], |row| row.get(0)).unwrap();
        let due = if due == 0 { now } else { Timestamp::from_microsecond(due).unwrap() };
        pauses.push(due.duration_since(now).as_secs());
        now = due;
    }
    assert_eq!(pauses[..6], [0, 1, 2, 4, 8, 16]);
    assert_eq!(pauses[16..], [600, 600, 600, 600]);
    let claims = claims_at(&mut engine, now);
    assert_eq!((claims.claimed, claims.settled.len()), (Vec::new(), 1));
    assert_eq!((claims.settled[0].id, claims.settled[0].phase), (id(1), Phase::Failed));
    let said = engine.db.query_row("SELECT reason, message FROM executions", [], |row| Ok((row.get(0)?, row.get(1)?)));
    let expected = ("GatewayCrashed".to_owned(), "the gateway ended 20 times while it ran the execution".to_owned());
    assert_eq!(said.unwrap(), expected);
}

#[test]
fn an_execution_that_was_running_in_a_crash_is_claimed_alone() {
    let mut engine = engine(2);
    assert_eq!(ids(&claims(&mut engine).claimed), [id(1), id(2)]);
    crash(&mut engine);
    engine.commit(&[Command::Accept(Box::new(delivery(3)))], noon()).unwrap();
    for alone in [1, 2] {
        let claims = claims(&mut engine);
        assert_eq!((ids(&claims.claimed), claims.more), (vec![id(alone)], true));
    }
    assert_eq!(ids(&claims(&mut engine).claimed), [id(3)]);
}

#[test]
fn one_that_was_under_way_at_three_ends_in_a_row_goes_on_apart_from_the_others() {
    let mut engine = engine(2);
    let mut now = noon();
    for _ in 0..3 {
        while running(&engine) < 2 {
            claims_at(&mut engine, now);
        }
        recover::all(&mut engine, now).unwrap();
        now += jiff::SignedDuration::from_mins(10);
    }
    let first = claims_at(&mut engine, now);
    assert_eq!(ids(&first.claimed), [id(1)]);
    let held_back = claims_at(&mut engine, now);
    assert_eq!((ids(&held_back.claimed), held_back.more), (Vec::new(), false));
    assert_eq!(held_back.next, Some(now + jiff::SignedDuration::from_secs(1)));
    // The one that ends the process does so alone: the other is not suspected any more than before.
    recover::all(&mut engine, now).unwrap();
    let crashes = |number| -> i64 {
        let sql = "SELECT crashes FROM executions WHERE seq = ?1";
        engine.db.query_row(sql, [number], |row| row.get(0)).unwrap()
    };
    assert_eq!((crashes(1), crashes(2)), (4, 3));
    assert_eq!(ids(&claims_at(&mut engine, now).claimed), [id(2)]);
}

fn running(engine: &Sqlite) -> i64 {
    engine.db.query_row("SELECT count(*) FROM executions WHERE phase = 1", [], |row| row.get(0)).unwrap()
}

#[test]
fn what_is_written_or_given_back_says_that_it_does_not_end_the_process() {
    let write = |fence| Command::Append(append(fence, vec![entry("one")]));
    let release = |fence| Command::Release(vec![fence]);
    for proof in [write, release] {
        let mut engine = engine(1);
        for _ in 0..9 {
            let fence = claims(&mut engine).claimed[0].fence;
            engine.commit(&[proof(fence)], noon()).unwrap();
            crash(&mut engine);
        }
        assert_eq!(claims(&mut engine).claimed[0].attempt, 10);
    }
}
