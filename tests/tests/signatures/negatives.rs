//! What every preset must refuse: one accepted request of each, damaged in each way that its table of rows knows, sent to
//! a running gateway. Nobody is told which part of a proof was wrong.

#[path = "negatives/request.rs"]
mod request;
#[path = "negatives/rows.rs"]
mod rows;
#[path = "negatives/spot.rs"]
mod spot;
#[path = "negatives/subject.rs"]
mod subject;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use boathook_gateway::Clock;
use boathook_plan::verify::preset;
use boathook_tests::served::Served;
use boathook_tests::wire::{Answer, exchange};
use jiff::Timestamp;

use self::rows::{Row, rows};
use self::subject::Subject;

/// Each preset is refused at least so many requests.
const EACH: usize = 30;

/// What an answer tells: all of it but its moment and the request's id.
type Told = (u16, Vec<(String, String)>, String);

fn told(answer: &Answer) -> Told {
    let own = ["date", "boathook-request-id"];
    let mut headers = answer.headers.clone();
    headers.retain(|(name, _)| !own.contains(&name.as_str()));
    (answer.status, headers, answer.body.replace(answer.header("boathook-request-id"), ""))
}

/// A gateway with the subject's route and those whose keys are others, at a moment that can be moved.
struct Stage {
    served: Served,
    clock: Arc<AtomicI64>,
    now: i64,
}

impl Stage {
    async fn of(subject: &Subject) -> Self {
        let clock = Arc::new(AtomicI64::new(subject.now));
        let shown = Arc::clone(&clock);
        let read = move || Timestamp::from_second(shown.load(Ordering::SeqCst)).expect("a time");
        let (webhooks, secrets) = subject.routes();
        let served = Served::together(&webhooks, secrets, Clock::new(read)).await;
        Self { served, clock, now: subject.now }
    }

    async fn send(&self, bytes: &[u8], later: i64) -> Answer {
        self.clock.store(self.now + later, Ordering::SeqCst);
        let mut answers = exchange(self.served.address(), bytes).await.expect("an exchange");
        assert_eq!(answers.len(), 1, "one answer to one request");
        answers.remove(0)
    }

    async fn accepts(&self, subject: &Subject) {
        let answer = self.send(&subject.request.bytes(), 0).await;
        // Jira's published body is no JSON, which is said only behind verification.
        let right = [(200, ""), (400, "MalformedBody")].contains(&(answer.status, answer.reason().as_str()));
        assert!(right, "{}: the original is not accepted: {answer:?}", subject.name);
    }
}

/// Sends every row, and returns how many were refused.
async fn refuse(subject: &Subject, wrong: &mut Vec<String>) -> usize {
    let stage = Stage::of(subject).await;
    stage.accepts(subject).await;
    let mut first: BTreeMap<String, Told> = BTreeMap::new();
    let rows = rows(subject);
    for Row { name, bytes, later, expected } in &rows {
        let answer = stage.send(bytes, *later).await;
        let reason = answer.reason();
        if (answer.status, reason.as_str()) != *expected {
            wrong.push(format!("{}, {name}: expected {expected:?}, got {answer:?}", subject.name));
        } else if answer.status == 401 {
            let told = told(&answer);
            if first.entry(reason).or_insert_with(|| told.clone()) != &told {
                wrong.push(format!("{}, {name}: told more than the others: {told:?}", subject.name));
            }
        }
    }
    stage.accepts(subject).await;
    rows.len()
}

#[tokio::test]
async fn each_preset_refuses_every_damage_and_tells_all_of_them_the_same() {
    let subjects = subject::all();
    let mut wrong = Vec::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for subject in &subjects {
        let count = refuse(subject, &mut wrong).await;
        assert!(count >= EACH, "{} has {count} rows", subject.name);
        *counts.entry(&subject.preset).or_default() += count;
    }
    let sum: usize = counts.values().sum();
    println!("{sum} damaged requests refused, of {} presets in {} schemes: {counts:?}", counts.len(), subjects.len());
    assert!(wrong.is_empty(), "{} of {sum}:\n{}", wrong.len(), wrong.join("\n"));
    for (name, _) in preset::names().filter(|(_, is_built)| *is_built) {
        assert!(counts.contains_key(name), "{name} has no accepted request here");
    }
}
