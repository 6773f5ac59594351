//! What holds a run that asks for too much: each bound stops it, by name, and no single event is long.

use std::fmt::Write as _;
use std::sync::Arc;

use boathook_plan::json::Json;
use boathook_plan::limits::{JOURNAL_ENTRIES, MESSAGE_SIZE, TRACE_ATTEMPTS, TURN};
use boathook_plan::machine::{
    Alarm, Effect, Entry, Event, EventKind, Fact, Input, Outcome, Program, Seed, State, step,
};
use boathook_plan::reason::{StepFailure, StepReason};
use jiff::Timestamp;

use crate::notation::Spec;

const START: Timestamp = Timestamp::constant(1_767_225_600, 0);

fn program(spec: &str) -> Arc<Program> {
    Arc::new(Program::compile(&Spec::read(spec).plan()).unwrap())
}

fn input() -> Input {
    Input {
        execution: uuid::Uuid::from_u128(1),
        attempt: 1,
        seed: Seed::Execution(uuid::Uuid::from_u128(1)),
        request_id: "req".into(),
        received_at: START,
        started_at: START,
        context: Json::Null,
        batch: None,
        hops: 0,
        depth: 0,
    }
}

/// Runs a program whose attempts all fail in a way that may pass, without any time going by.
fn run(spec: &str, message: &str) -> (State, Outcome, Vec<Entry>) {
    let mut state = State::new(program(spec), input());
    let mut events = vec![EventKind::Started];
    let mut journal = Vec::new();
    while let Some(kind) = events.pop() {
        let (next, effects) = step(state, Event { at: START, kind });
        state = next;
        assert!(effects.len() <= 2 * TURN + 2, "one event has {} effects", effects.len());
        for effect in effects {
            match effect {
                Effect::Journal(entry) => journal.push(entry),
                Effect::Attempt(attempt) => events.push(EventKind::Attempted {
                    place: attempt.place,
                    attempt: attempt.attempt,
                    outcome: Err(StepFailure::new(StepReason::ConnectionFailed, message)),
                }),
                Effect::Alarm(Alarm::Deadline | Alarm::Timeout | Alarm::FailureTimeout | Alarm::Wait(_), _)
                | Effect::Call(_)
                | Effect::Abandon(_)
                | Effect::Respond(_) => {}
                Effect::Alarm(alarm @ (Alarm::Turn | Alarm::Pause(..)), _) => events.push(EventKind::Due(alarm)),
                Effect::Finish(outcome) => return (state, outcome, journal),
            }
        }
    }
    panic!("the run waits for nothing");
}

fn failure(outcome: &Outcome) -> (StepReason, &str) {
    match outcome {
        Outcome::Failed(error) => (error.failure.reason, &error.failure.message),
        Outcome::Succeeded { .. } | Outcome::Cancelled(_) => panic!("{outcome:?}"),
    }
}

const RETRIED: &str = "
steps:
- name: call
  retry: {attempts: 30000, backoff: {initial: 0s, factor: 1, max: 0s}}
  http: {url: 'https://api.example.test/'}
";

#[test]
fn an_execution_has_20_000_entries_and_the_refusal_names_the_step() {
    let (state, outcome, journal) = run(RETRIED, "refused");
    assert_eq!(
        failure(&outcome),
        (StepReason::ResourceExhausted, "the execution would exceed 20000 entries with step `call`")
    );
    assert_eq!(journal.len(), JOURNAL_ENTRIES);
    let trace = state.trace();
    let [call] = trace.steps() else { panic!("{trace:?}") };
    assert_eq!(call.attempts.len(), TRACE_ATTEMPTS);
    assert_eq!(call.tries, 20_000);
}

#[test]
fn a_long_message_fills_the_journal_no_faster_than_it_is_cut() {
    let (_, outcome, journal) = run(RETRIED, &"x".repeat(1 << 20));
    assert_eq!(failure(&outcome).0, StepReason::ResourceExhausted);
    assert_eq!(journal.len(), (16 << 20) / MESSAGE_SIZE + 1);
    let Fact::Retrying { failure, .. } = &journal[0].fact else { panic!("{:?}", journal[0]) };
    assert!(failure.message.len() <= MESSAGE_SIZE);
}

#[test]
fn blocks_that_double_at_each_level_end_at_the_bound_of_entries() {
    let mut spec = String::from("steps: [{name: top, branch: {cases: [], else: b0}}]\nblocks:\n");
    for level in 0..25 {
        let next = level + 1;
        writeln!(
            spec,
            "- {{name: b{level}, steps: [{{name: l{level}, branch: {{cases: [], else: b{next}}}}}, \
             {{name: r{level}, onError: Continue, branch: {{cases: [], else: b{next}}}}}]}}"
        )
        .unwrap();
    }
    spec.push_str("- {name: b25, steps: [{name: leaf, set: {n: 1}}]}\n");
    let (_, outcome, journal) = run(&spec, "");
    assert_eq!(failure(&outcome).0, StepReason::ResourceExhausted);
    assert_eq!(journal.len(), JOURNAL_ENTRIES + 1);
}

#[test]
fn a_journal_of_another_program_is_refused() {
    let spec = "steps: [{name: one, set: {n: 1}}, {name: two, set: {n: 2}}]";
    let (_, _, journal) = run(spec, "");
    let other = program("steps: [{name: one, set: {n: 1}}, {name: other, set: {n: 2}}]");
    let error = State::resume(other, input(), &journal).unwrap_err();
    assert_eq!(
        error.to_string(),
        "resuming execution 00000000-0000-0000-0000-000000000001: entry 1 does not follow from those before it"
    );
}

#[test]
fn a_journal_in_which_an_entry_is_missing_or_twice_is_refused() {
    let spec = "steps: [{name: one, set: {n: 1}}, {name: two, set: {n: 2}}]";
    let (_, _, journal) = run(spec, "");
    let resume = |entries: &[Entry]| State::resume(program(spec), input(), entries).map(|_| ());
    assert!(resume(&journal).is_ok());
    assert!(resume(&journal[1..]).is_err());
    assert!(resume(&[journal[0].clone(), journal[0].clone()]).is_err());
}

#[test]
fn a_journal_in_which_an_attempt_is_missing_or_goes_on_after_its_end_is_refused() {
    let (_, _, journal) = run(RETRIED_TWICE, "refused");
    let resume = |entries: &[&Entry]| {
        let entries: Vec<_> = entries.iter().copied().cloned().collect();
        State::resume(program(RETRIED_TWICE), input(), &entries).map(drop).map_err(|error| error.index)
    };
    let [first, second, third] = &journal[..] else { panic!("{journal:?}") };
    assert_eq!(resume(&[first, second, third]), Ok(()));
    assert_eq!(resume(&[second, third]), Err(0));
    assert_eq!(resume(&[first, third]), Err(1));
    assert_eq!(resume(&[first, first]), Err(1));
    assert_eq!(resume(&[first, second, third, third]), Err(3));
    let completed = Entry { at: START, fact: Fact::Completed };
    assert_eq!(resume(&[first, &completed]), Err(1));
    assert_eq!(resume(&[first, second, third, &completed]), Err(3));
}

const RETRIED_TWICE: &str = "
steps:
- name: call
  retry: {attempts: 3, backoff: {initial: 0s, factor: 1, max: 0s}}
  http: {url: 'https://api.example.test/'}
";

#[test]
fn bytes_in_a_result_are_base64_before_the_store_as_after_it() {
    let spec =
        "steps: [{name: one, set: {raw: \"{{ b'ab' }}\"}}, {name: two, set: {size: '{{ size($steps.one.raw) }}'}}]";
    let (_, _, journal) = run(spec, "");
    let result = |index: usize| {
        let Fact::Succeeded { result, .. } = &journal[index].fact else { panic!("{:?}", journal[index]) };
        result.value.to_string()
    };
    assert_eq!((result(0).as_str(), result(1).as_str()), (r#"{"raw":"YWI="}"#, r#"{"size":4}"#));
    let stored = serde_json::to_string(&journal).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Entry>>(&stored).unwrap(), journal);
}

#[test]
fn an_entry_survives_the_store_unchanged() {
    let spec = "steps: [{name: secret, sensitive: true, set: {n: [1, null, 1.5, text]}}]";
    let (_, _, journal) = run(spec, "");
    let stored = serde_json::to_string(&journal).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Entry>>(&stored).unwrap(), journal);
    assert!(journal[0].sensitive());
    assert!(!format!("{:?}", journal[0]).contains("text"));
}
