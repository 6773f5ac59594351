//! Executions during which the process ends, again and again: one that ends it takes no other one along.

use super::super::{Sqlite, recover};
use crate::store::Engine;
use crate::store::claim::Claims;
use crate::store::command::{Command, Outcome};
use crate::store::ending::Phase;
use crate::store::testing::{append, claim, delivery, entry, id, ids, noon};

fn engine(deliveries: u128) -> Sqlite {
    let mut engine = Sqlite::in_memory().unwrap();
    for number in 1..=deliveries {
        engine.commit(&[Command::Accept(Box::new(delivery(number)))], noon()).unwrap();
    }
    engine
}

fn claims(engine: &mut Sqlite) -> Claims {
    let Outcome::Claims(claims) = engine.commit(&[Command::Claim(claim(10, noon()))], noon()).unwrap().remove(0) else {
        panic!("claims")
    };
    claims
}

fn crash(engine: &mut Sqlite) {
    recover::all(engine, noon()).unwrap();
}

#[test]
fn an_execution_during_which_the_process_ended_three_times_has_failed() {
    let mut engine = engine(1);
    for _ in 0..3 {
        assert_eq!(ids(&claims(&mut engine).claimed), [id(1)]);
        crash(&mut engine);
    }
    let claims = claims(&mut engine);
    assert_eq!((claims.claimed, claims.settled.len()), (Vec::new(), 1));
    assert_eq!((claims.settled[0].id, claims.settled[0].phase), (id(1), Phase::Failed));
    let said = engine.db.query_row("SELECT reason, message FROM executions", [], |row| Ok((row.get(0)?, row.get(1)?)));
    let expected = ("GatewayCrashed".to_owned(), "the gateway ended 3 times while it ran the execution".to_owned());
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
