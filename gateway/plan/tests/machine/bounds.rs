//! What holds a run that asks for too much: each bound stops it, by name, and no single event is long.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

use boathook_plan::json::Json;
use boathook_plan::limits::{FRAMES, JOURNAL_ENTRIES, MESSAGE_SIZE, TRACE_ATTEMPTS, TURN};
use boathook_plan::machine::{
    Alarm, Attempt, Caller, Effect, Entry, Event, EventKind, Fact, Input, Outcome, Program, Seed, State, kept, step,
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
        caller: Caller::Sender,
        depth: 0,
    }
}

/// Runs a program whose attempts all fail in a way that may pass, without any time going by.
fn run(spec: &str, message: &str) -> (State, Outcome, Vec<Entry>) {
    let ran = drive(spec, Json::Null, &|_| Err(StepFailure::new(StepReason::ConnectionFailed, message)));
    (ran.state, ran.outcome, ran.journal)
}

/// What is left of a run.
struct Ran {
    state: State,
    outcome: Outcome,
    journal: Vec<Entry>,
    /// How many attempts were under way at the same time.
    most: usize,
}

/// Runs a program whose attempts all end at once, the last one begun first.
fn drive(spec: &str, context: Json, outcome: &dyn Fn(&Attempt) -> Result<Json, StepFailure>) -> Ran {
    let mut state = State::new(program(spec), Input { context, ..input() });
    let mut events = vec![EventKind::Started];
    let (mut journal, mut most) = (Vec::new(), 0);
    while let Some(kind) = events.pop() {
        let (next, effects) = step(state, Event { at: START, kind });
        state = next;
        let asked = effects.iter().filter(|effect| !matches!(effect, Effect::Abandon(_))).count();
        assert!(asked <= 2 * TURN + 2, "one event has {asked} effects");
        for effect in effects {
            match effect {
                Effect::Journal(entry) => journal.push(entry),
                Effect::Attempt(attempt) => events.push(EventKind::Attempted {
                    place: attempt.place.clone(),
                    attempt: attempt.attempt,
                    outcome: outcome(&attempt),
                    console: Vec::new(),
                }),
                Effect::Alarm(Alarm::Deadline | Alarm::Timeout | Alarm::FailureTimeout, _)
                | Effect::Call(_)
                | Effect::Abandon(_)
                | Effect::Respond(_) => {}
                // Behind whatever else waits.
                Effect::Alarm(Alarm::Turn, _) => events.insert(0, EventKind::Due(Alarm::Turn)),
                Effect::Alarm(alarm @ Alarm::Pause(..), _) => events.push(EventKind::Due(alarm)),
                Effect::Finish(outcome) => return Ran { state, outcome, journal, most },
            }
        }
        most = most.max(events.iter().filter(|event| matches!(event, EventKind::Attempted { .. })).count());
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

/// A list of so many items.
fn items(count: u64) -> Json {
    Json::list((0..count).map(Json::from))
}

#[expect(clippy::unnecessary_wraps, reason = "an outcome")]
fn done(_: &Attempt) -> Result<Json, StepFailure> {
    Ok(Json::object([("status", Json::from(200_i64))]))
}

const SAVED: &str = "
steps: [{name: each, forEach: {items: $context, run: block, concurrency: 100, collect: $index}}]
blocks: [{name: block, steps: [{name: save, http: {url: 'https://api.example.test/'}}]}]
response: {text: done}
";

#[test]
fn ten_thousand_items_fit_a_journal() {
    let ran = drive(SAVED, items(10_000), &done);
    assert_eq!(ran.outcome, Outcome::Succeeded { message: None });
    assert_eq!(ran.journal.len(), 10_003);
    assert_eq!(ran.most, 100);
    let trace = ran.state.trace();
    assert_eq!(trace.steps().len(), 10_001);
    let results = trace.steps()[0].result.as_ref().unwrap();
    assert_eq!(results.get(["count"]), Some(&Json::from(10_000_u64)));
    assert_eq!(results.get(["results"]), Some(&items(10_000)));
}

#[test]
fn items_take_time_in_proportion_to_their_number() {
    let best = |count: u64| {
        let once = || {
            let started = Instant::now();
            drive(SAVED, items(count), &done);
            started.elapsed()
        };
        (0..3).map(|_| once()).min().unwrap()
    };
    let (few, many) = (best(1_000), best(10_000));
    assert!(many < few * 40, "1,000 items take {few:?}, 10,000 take {many:?}");
}

#[test]
fn more_than_ten_thousand_items_are_refused() {
    let ran = drive(SAVED, items(10_001), &done);
    assert_eq!(
        failure(&ran.outcome),
        (StepReason::ResourceExhausted, "forEach.items has 10001 items, more than 10000")
    );
    assert_eq!(ran.journal.len(), 1);
}

#[test]
fn items_that_certainly_do_not_fit_the_journal_are_refused_before_the_first_effect() {
    let spec = SAVED.replace("[{name: save,", "[{name: one, set: {n: 1}}, {name: save,");
    let ran = drive(&spec, items(10_000), &done);
    assert_eq!(
        failure(&ran.outcome),
        (
            StepReason::ResourceExhausted,
            "step `each` is not run: it needs 20002 entries, and an execution has 20000, of which 0 are written"
        )
    );
    assert_eq!(ran.most, 0);
}

#[test]
fn results_that_are_too_large_end_the_step_before_the_next_item() {
    let spec = SAVED.replace("concurrency: 100", "concurrency: 1").replace("$index", "$steps.save.text");
    let large = |_: &Attempt| Ok(Json::object([("text", Json::text(&"x".repeat(300 << 10)))]));
    let ran = drive(&spec, items(10_000), &large);
    assert_eq!(failure(&ran.outcome), (StepReason::ResultTooLarge, "the result of step `each` is larger than 1 MiB"));
    let saved = |entry: &&Entry| matches!(entry.fact, Fact::Succeeded { .. });
    assert_eq!(ran.journal.iter().filter(saved).count(), 4);
}

#[test]
fn loops_in_loops_run_so_many_blocks_at_once_and_no_more() {
    let spec = "
steps: [{name: outer, forEach: {items: $context, run: rows, concurrency: 100}}]
blocks:
- {name: rows, steps: [{name: inner, forEach: {items: $context, run: cells, concurrency: 100}}]}
- {name: cells, steps: [{name: cell, http: {url: 'https://api.example.test/'}}]}
";
    let ran = drive(spec, items(100), &done);
    assert_eq!(ran.outcome, Outcome::Succeeded { message: None });
    assert!(ran.most <= FRAMES, "{} attempts at once", ran.most);
}

#[test]
fn a_run_of_many_items_is_resumed_wherever_it_stopped() {
    let spec = SAVED.replace("concurrency: 100", "concurrency: 3, onItemError: Continue");
    let some = |attempt: &Attempt| match attempt.scope.get("$index") {
        Some(index) if *index == Json::from(4_i64) => Err(StepFailure::new(StepReason::EgressDenied, "refused")),
        Some(_) | None => done(attempt),
    };
    let whole = drive(&spec, items(12), &some);
    let context = items(12);
    for length in 0..=whole.journal.len() {
        let known = Input { context: context.clone(), ..input() };
        let state = State::resume(program(&spec), known, &whole.journal[..length]).unwrap();
        assert!(!state.busy());
    }
    let known = Input { context, ..input() };
    let resumed = State::resume(program(&spec), known, &whole.journal).unwrap();
    assert_eq!(resumed.trace(), whole.state.trace());
}

#[test]
fn a_journal_with_another_number_of_items_is_refused() {
    let whole = drive(SAVED, items(3), &done);
    let other = Input { context: items(4), ..input() };
    let error = State::resume(program(SAVED), other, &whole.journal).unwrap_err();
    assert_eq!(error.index, 0);
}

#[test]
fn a_replay_from_the_failed_step_keeps_what_was_done() {
    let retry = "{name: save, retry: {attempts: 3, backoff: {initial: 0s, factor: 1, max: 0s}},";
    let spec = SAVED.replace("concurrency: 100", "concurrency: 1").replace("{name: save,", retry);
    let second = |attempt: &Attempt| match attempt.scope.get("$index") {
        Some(index) if *index == Json::from(1_i64) => Err(StepFailure::new(StepReason::Timeout, "slow")),
        Some(_) | None => done(attempt),
    };
    let failed = drive(&spec, items(3), &second);
    let names: Vec<_> = failed.journal.iter().map(|entry| entry.fact.place().unwrap().to_string()).collect();
    assert_eq!(names, ["each", "each[0]/save", "each[1]/save", "each[1]/save", "each[1]/save", "each"]);
    let known = Input { context: items(3), ..input() };
    assert_eq!(kept(&program(&spec), &known, &failed.journal).unwrap(), [0, 1]);
}
