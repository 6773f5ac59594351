//! What is kept, how long, and that a full disk loses nothing.

use std::sync::Arc;
use std::time::Duration;

use boathook_plan::plan::{Batch, BodyKept, Mode};

use super::super::{Sqlite, payloads, row};
use crate::store::Engine;
use crate::store::command::{Command, Deleted, Outcome, Prune, Purge, RecordedRequest, RequestPhase};
use crate::store::ending::{Admission, FinishedExecution, Phase};
use crate::store::error::StoreError;
use crate::store::lease::Lease;
use crate::store::new::{Hash, JournalEntry, NewExecution, Start};
use crate::store::testing::{answered, append, claim, delivery, entry, id, keyed, noon};
use jiff::{SignedDuration, Timestamp};

fn one(engine: &mut Sqlite, command: Command, now: Timestamp) -> Outcome {
    engine.commit(&[command], now).unwrap().remove(0)
}

fn count(engine: &Sqlite, table: &str) -> i64 {
    engine.db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

/// A run that was held in memory and has ended.
fn ended(new: NewExecution, phase: Phase) -> Command {
    let start = Start::Now(Lease { owner: id(99), until: noon() });
    let new = NewExecution { start, ..new };
    let entries = vec![entry("one")];
    Command::RecordSync(Arc::new(FinishedExecution {
        new,
        started_at: noon(),
        entries,
        ending: answered(phase, 200, b"fine"),
    }))
}

#[test]
fn of_a_body_its_hash_or_nothing_is_kept() {
    for (kept, body, hash) in [
        (BodyKept::Full, Some("body 1"), None),
        (BodyKept::Hash, None, Some(Hash::of(b"body 1"))),
        (BodyKept::None, None, None),
    ] {
        let mut engine = Sqlite::in_memory().unwrap();
        let mut new = delivery(1);
        new.keep.body = kept;
        one(&mut engine, ended(new, Phase::Succeeded), noon());
        let row = row::by_id(&engine.db, id(1)).unwrap().unwrap().unwrap();
        let payload = payloads::of(&engine.db, &row).unwrap().unwrap().remove(0);
        assert_eq!(payload.body.as_deref(), body.map(str::as_bytes), "{kept:?}");
        assert_eq!(payload.body_sha256, hash, "{kept:?}");
    }
}

#[test]
fn history_ends_in_its_time_with_all_that_belongs_to_it() {
    let mut engine = Sqlite::in_memory().unwrap();
    one(&mut engine, ended(keyed(1, "a"), Phase::Succeeded), noon());
    one(&mut engine, ended(keyed(2, "b"), Phase::Failed), noon());
    let prune = |engine: &mut Sqlite, seconds| {
        let now = noon() + SignedDuration::from_secs(seconds);
        let Outcome::Deleted(deleted) = one(engine, Command::Prune(Prune { limit: 10 }), now) else {
            panic!("deleted")
        };
        deleted
    };
    assert_eq!(prune(&mut engine, 59), Deleted::default());
    assert_eq!(prune(&mut engine, 60), Deleted { keys: 1, ..Deleted::default() });
    assert_eq!(prune(&mut engine, 3_600), Deleted { executions: 1, ..Deleted::default() });
    assert_eq!(count(&engine, "payloads"), 1);
    assert_eq!(prune(&mut engine, 7_200), Deleted { executions: 1, keys: 1, plans: 1, ..Deleted::default() });
    for table in ["executions", "payloads", "journal", "answers", "deliveries", "plans", "plan_texts"] {
        assert_eq!(count(&engine, table), 0, "{table}");
    }
}

#[test]
fn pruning_goes_piece_by_piece() {
    let mut engine = Sqlite::in_memory().unwrap();
    (1..=3).for_each(|number| drop(one(&mut engine, ended(delivery(number), Phase::Succeeded), noon())));
    let now = noon() + SignedDuration::from_secs(3_600);
    let pieces: Vec<_> = (0..2).map(|_| one(&mut engine, Command::Prune(Prune { limit: 2 }), now)).collect();
    let piece = |executions, plans, more| Outcome::Deleted(Deleted { executions, requests: 0, keys: 0, plans, more });
    assert_eq!(pieces, [piece(2, 0, true), piece(1, 1, false)]);
}

#[test]
fn a_purged_namespace_leaves_nothing() {
    let mut engine = Sqlite::in_memory().unwrap();
    one(&mut engine, ended(keyed(1, "a"), Phase::Failed), noon());
    one(&mut engine, Command::Accept(Box::new(delivery(2))), noon());
    let purge = Purge { namespace: "shop".into(), limit: 10 };
    one(&mut engine, Command::Purge(purge), noon());
    for table in ["executions", "payloads", "journal", "answers", "deliveries", "workflows"] {
        assert_eq!(count(&engine, table), 0, "{table}");
    }
}

#[test]
fn sensitive_entries_are_sealed_in_the_database() {
    let mut engine = Sqlite::in_memory().unwrap();
    one(&mut engine, Command::Accept(Box::new(delivery(1))), noon());
    let Outcome::Claims(claims) = one(&mut engine, Command::Claim(claim(1, noon())), noon()) else { panic!("claims") };
    let entries = vec![entry("plain"), JournalEntry { text: b"hidden"[..].into(), sensitive: true }];
    one(&mut engine, Command::Append(append(claims.claimed[0].fence, entries)), noon());
    let holds = |text: &str| -> bool {
        let sql = "SELECT count(*) FROM journal WHERE instr(entry, ?1) > 0";
        engine.db.query_row(sql, [text.as_bytes()], |row| row.get::<_, i64>(0)).unwrap() > 0
    };
    assert!(holds("plain") && !holds("hidden"));
}

fn rejected(number: u128, at: Timestamp) -> RecordedRequest {
    RecordedRequest {
        id: id(number),
        workflow: delivery(1).workflow,
        at,
        phase: RequestPhase::Rejected,
        reason: "SignatureInvalid".into(),
        head: b"{}".to_vec(),
        body_sha256: None,
        execution: None,
    }
}

#[test]
fn rejected_requests_have_a_quota_of_their_own() {
    let mut engine = Sqlite::in_memory().unwrap();
    let requests = (1..=1_005).map(|number| rejected(number, noon())).collect();
    one(&mut engine, Command::RecordRequests(requests), noon());
    assert_eq!(count(&engine, "requests"), 1_000);
    let oldest: [u8; 16] =
        engine.db.query_row("SELECT id FROM requests ORDER BY seq LIMIT 1", [], |row| row.get(0)).unwrap();
    assert_eq!(oldest, *id(6).as_bytes());
}

#[test]
fn rejected_requests_are_kept_for_seven_days() {
    let mut engine = Sqlite::in_memory().unwrap();
    let later = noon() + SignedDuration::from_secs(1);
    let requests = vec![rejected(1, noon()), rejected(2, noon()), rejected(3, later)];
    one(&mut engine, Command::RecordRequests(requests), noon());
    let prune = |engine: &mut Sqlite, now, limit| one(engine, Command::Prune(Prune { limit }), now);
    let deleted = |requests, more| Outcome::Deleted(Deleted { requests, more, ..Deleted::default() });
    let seven_days = SignedDuration::from_hours(7 * 24);
    assert_eq!(prune(&mut engine, noon() + seven_days - SignedDuration::from_secs(1), 10), deleted(0, false));
    assert_eq!(prune(&mut engine, noon() + seven_days, 1), deleted(1, true));
    assert_eq!(prune(&mut engine, noon() + seven_days, 10), deleted(1, true));
    assert_eq!(prune(&mut engine, noon() + seven_days, 10), deleted(0, false));
    assert_eq!(count(&engine, "requests"), 1);
    assert_eq!(engine.tally.requests, 1);
}

#[test]
fn a_full_disk_refuses_the_batch_and_heals() {
    let mut engine = Sqlite::in_memory().unwrap();
    let pages: i64 = engine.db.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    let limit = |engine: &Sqlite, pages: i64| {
        engine.db.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(())).unwrap();
    };
    limit(&engine, pages);
    let large = |number| {
        let mut new = keyed(number, &number.to_string());
        new.payload.body = vec![0; 100_000].into();
        Command::Accept(Box::new(new))
    };
    assert_eq!(engine.commit(&[Command::Accept(Box::new(delivery(1))), large(2)], noon()), Err(StoreError::Full));
    assert_eq!(count(&engine, "executions"), 0);
    limit(&engine, pages + 1_000);
    assert_eq!(engine.commit(&[large(2)], noon()).unwrap().len(), 1);
    let Outcome::Claims(claims) = one(&mut engine, Command::Claim(claim(9, noon())), noon()) else { panic!("claims") };
    assert_eq!(claims.claimed.len(), 1);
}

#[test]
fn an_answer_is_kept_as_long_as_a_repeat_may_ask_for_it() {
    let mut engine = Sqlite::in_memory().unwrap();
    let new = |number, key: &str| {
        let mut new = NewExecution { mode: Mode::Sync, ..keyed(number, key) };
        new.keep.succeeded = Duration::ZERO;
        new
    };
    one(&mut engine, ended(new(1, "a"), Phase::Succeeded), noon());
    let prune = |engine: &mut Sqlite, seconds| {
        one(engine, Command::Prune(Prune { limit: 10 }), noon() + SignedDuration::from_secs(seconds));
        count(engine, "executions")
    };
    assert_eq!(prune(&mut engine, 59), 1);
    let again = one(&mut engine, Command::Accept(Box::new(new(2, "a"))), noon());
    let Outcome::Admission(Admission::Duplicate(first)) = again else { panic!("a duplicate") };
    assert_eq!(first.answer.unwrap().kept.unwrap(), b"fine");
    assert_eq!(prune(&mut engine, 60), 0);
}

#[test]
fn a_batch_of_many_bytes_takes_no_more() {
    let mut engine = Sqlite::in_memory().unwrap();
    let mut admitted = Vec::new();
    for number in 1..=4 {
        let mut new = NewExecution { batch: Some(Batch { max: 100, for_ms: 1_000 }), ..delivery(number) };
        new.payload.body = vec![0; 4 << 20].into();
        let Outcome::Admission(admission) = one(&mut engine, Command::Accept(Box::new(new)), noon()) else { panic!() };
        admitted.push(matches!(admission, Admission::Joined { .. }));
    }
    assert_eq!(admitted, [false, true, false, true]);
}
