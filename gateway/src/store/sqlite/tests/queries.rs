//! The statements of the commands that are asked for all day go by an index, and by the right one: SQLite chooses without
//! knowing how long a queue is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use boathook_plan::plan::{Batch, Mode, Overflow};
use rusqlite::trace::{TraceEvent, TraceEventCodes};

use super::super::Sqlite;
use crate::store::command::{Cancel, Command, Count, Park, Prune, Purge, Renew, Replay, Trim, Which};
use crate::store::ending::{Adopt, Ending, Phase};
use crate::store::lease::Lease;
use crate::store::new::{Hash, NewExecution, Parent, Queueing, Start};
use crate::store::testing::{Bench, answered, append, delivery, ending, entry, id, keyed, noon};

/// The statements that a bench ran, without `BEGIN` and the like.
fn traced() -> (Bench, Arc<Mutex<BTreeSet<String>>>) {
    let mut engine = Sqlite::in_memory().unwrap();
    let said = Arc::<Mutex<BTreeSet<String>>>::default();
    let seen = Arc::clone(&said);
    let note = move |event: TraceEvent<'_>| {
        if let TraceEvent::Stmt(statement, _) = event {
            seen.lock().unwrap().insert(statement.sql().into_owned());
        }
    };
    engine.db.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(note)).unwrap();
    (Bench::new(engine), said)
}

/// Every kind of delivery, and everything that becomes of it.
fn live(bench: &mut Bench) {
    let queueing = |overflow| Queueing { max: 2, key: Some(Hash([1; 32])), queue: 10, overflow };
    let lease = Lease { owner: id(99), until: noon() };
    bench.accepted(keyed(1, "a"));
    bench.accept(keyed(2, "a"));
    bench.accepted(NewExecution { queueing: queueing(Overflow::Queue), ..delivery(3) });
    bench.accepted(NewExecution { queueing: queueing(Overflow::Supersede), ..delivery(4) });
    let supersede = Queueing { key: None, max: 0, ..queueing(Overflow::Supersede) };
    bench.accepted(NewExecution { queueing: supersede, ..delivery(5) });
    let batch = Some(Batch { max: 2, for_ms: 1_000 });
    (6..=7).for_each(|number| drop(bench.accept(NewExecution { batch, ..keyed(number, &format!("b{number}")) })));
    let start = Start::Now(lease);
    let new = NewExecution { start, mode: Mode::Sync, queueing: queueing(Overflow::Queue), ..keyed(8, "c") };
    bench.run(Command::Adopt(Box::new(Adopt { new, started_at: noon(), entries: vec![entry("one")], answer: None })));
    let parent = Some(Parent { id: id(5), place: "call".into(), depth: 1, awaited: true });
    bench.accepted(NewExecution { parent, ..delivery(9) });
    bench.pass(1);
    let fences: Vec<_> = bench.claims(10).claimed.iter().map(|claimed| claimed.fence).collect();
    bench.run(Command::Renew(Renew { fences: fences.clone(), lease }));
    bench.run(Command::Append(append(fences[0], vec![entry("one")])));
    bench.run(Command::Park(Park {
        fence: fences[1],
        entries: vec![],
        answer: None,
        until: None,
        children: vec![id(9)],
    }));
    fences.iter().skip(2).for_each(|fence| drop(bench.finish(*fence, answered(Phase::Succeeded, 200, b"fine"))));
    let failed = Ending { reason: Some("StepFailed".into()), ..ending(Phase::Failed) };
    bench.finish(fences[0], failed);
    bench.run(Command::Release(fences));
    bench.run(Command::Replay(Replay { of: id(1), id: id(20), entries: Some(vec![0]), plan: None }));
    for which in [Which::Before { id: id(20), max: 1 }, Which::Execution(id(20)), Which::Workflow("uid-orders".into())]
    {
        bench.run(Command::Cancel(Cancel { which, reason: "Cancelled".into(), limit: 10 }));
    }
    bench.run(Command::Count(vec![Count { workflow: delivery(1).workflow, name: "seen", by: 1 }]));
    bench.pass(86_400);
    bench.run(Command::Trim(Trim { namespace: "shop".into(), stored: 0, limit: 1 }));
    bench.run(Command::Prune(Prune { limit: 100 }));
    bench.run(Command::Purge(Purge { namespace: "shop".into(), limit: 100 }));
}

/// What SQLite does for each statement.
fn explained(said: &BTreeSet<String>) -> BTreeMap<&String, Vec<String>> {
    let engine = Sqlite::in_memory().unwrap();
    let words = ["SELECT", "INSERT", "UPDATE", "DELETE"];
    let asked = said.iter().filter(|sql| words.iter().any(|word| sql.starts_with(word)));
    let explain = |sql: &String| {
        let mut statement = engine.db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        statement.raw_query().mapped(|row| row.get(3)).map(Result::unwrap).collect()
    };
    asked.map(|sql| (sql, explain(sql))).collect()
}

/// Tables of a row for each workflow, plan or namespace.
const SMALL: [&str; 4] = ["workflows", "plans", "namespaces", "tally"];

/// Statements that look for executions by something else than their number, and the index of each.
const INDEXES: [(&str, &str); 11] = [
    ("SELECT seq FROM executions WHERE id = ?1", "sqlite_autoindex_executions_1"),
    ("SELECT 1 FROM executions INDEXED BY executions_keyed", "executions_keyed"),
    ("SELECT seq FROM executions INDEXED BY executions_keyed", "executions_keyed"),
    ("SELECT seq FROM executions INDEXED BY executions_pending", "executions_pending"),
    ("SELECT due_at FROM executions INDEXED BY executions_pending", "executions_pending"),
    ("SELECT seq FROM executions WHERE workflow = ?1 AND concurrency_key IS ?2", "executions_gathering"),
    ("SELECT seq FROM executions INDEXED BY executions_expiring", "executions_expiring"),
    ("SELECT seq FROM executions INDEXED BY executions_of", "executions_of"),
    ("SELECT seq FROM executions WHERE workflow = ?1 LIMIT ?2", "executions_of"),
    ("DELETE FROM payloads WHERE execution", "payloads_later"),
    (
        "SELECT seq, position, delivery_key, body_sha256, crc, head, body FROM payloads WHERE execution",
        "payloads_later",
    ),
];

#[test]
fn every_statement_of_a_command_goes_by_its_index() {
    let (mut bench, said) = traced();
    live(&mut bench);
    let said = said.lock().unwrap().clone();
    let plans = explained(&said);
    assert!(plans.len() > 50, "only {} statements were seen", plans.len());
    for (sql, plan) in &plans {
        for step in plan {
            let small = SMALL.iter().any(|table| *step == format!("SCAN {table}"));
            assert!(small || !step.starts_with("SCAN") || step == "SCAN CONSTANT ROW", "{step}: {sql}");
            assert!(!step.contains("TEMP B-TREE"), "{step}: {sql}");
        }
    }
    for (begin, index) in INDEXES {
        let found: Vec<_> = plans.iter().filter(|(sql, _)| sql.starts_with(begin)).collect();
        assert!(!found.is_empty(), "nobody runs {begin}");
        assert!(found.iter().all(|(_, plan)| plan[0].contains(index)), "{found:?} does not go by {index}");
    }
}
