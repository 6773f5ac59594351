//! Golden cases: `cases/<topic>/<case>/in.yaml` is a program and what its executor reports, `out.yaml` every effect it
//! asks for and the trace it leaves. `UPDATE_GOLDEN=1` rewrites the latter; read the difference before it is committed.

mod script;
mod written;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use boathook_plan::machine::{Effect, Entry, Event, Program, State, step};

use script::{Case, Happening};

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(of).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.is_dir());
    found.sort();
    found
}

#[test]
fn every_case_runs_as_it_is_written() {
    let mut wrong = String::new();
    let mut ran = 0;
    for case in folders(&cases()).iter().flat_map(|topic| folders(topic)) {
        let input = fs::read_to_string(case.join("in.yaml")).unwrap();
        let out = case.join("out.yaml");
        let got = run(&Case::read(&input, &case));
        ran += 1;
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&out, &got).unwrap();
        }
        let wanted = fs::read_to_string(&out).unwrap_or_default();
        if wanted != got {
            writeln!(wrong, "{}\n{}", case.display(), difference(&wanted, &got)).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(ran >= 40, "only {ran} cases were found");
}

/// A case's `out.yaml`.
fn run(case: &Case) -> String {
    let program = match Program::compile(&case.spec.plan()) {
        Ok(program) => Arc::new(program),
        Err(error) => return format!("refused: {}\n", written::text(&error.to_string())),
    };
    let mut state = State::new(program.clone(), case.input());
    let mut journal: Vec<Entry> = Vec::new();
    let mut out = String::from("events:\n");
    for (line, event) in case.events() {
        writeln!(out, "- event: {line}").unwrap();
        let effects = match event {
            Happening::Event(kind) => {
                let (next, effects) = step(state, Event { at: line.at, kind });
                state = next;
                effects
            }
            Happening::Crash { after } => {
                journal.truncate(after.unwrap_or(usize::MAX));
                state = State::resume(program.clone(), case.input(), &journal).unwrap();
                Vec::new()
            }
        };
        writeln!(out, "  effects:{}", if effects.is_empty() { " []" } else { "" }).unwrap();
        for effect in effects {
            writeln!(out, "  - {}", written::effect(&effect)).unwrap();
            if let Effect::Journal(entry) = effect {
                journal.push(entry);
            }
        }
    }
    let trace = state.trace();
    writeln!(out, "trace:{}", if trace.steps().is_empty() { " []" } else { "" }).unwrap();
    for step in trace.steps() {
        writeln!(out, "- {}", written::step(step)).unwrap();
    }
    out
}

/// The lines that differ, with the first equal ones left out.
fn difference(wanted: &str, got: &str) -> String {
    let (mut wanted, mut got) = (wanted.lines(), got.lines());
    let mut shown = String::new();
    loop {
        match (wanted.next(), got.next()) {
            (None, None) => return shown,
            (left, right) if left == right => {}
            (left, right) => {
                for (sign, line) in [('-', left), ('+', right)] {
                    if let Some(line) = line {
                        writeln!(shown, "{sign} {line}").unwrap();
                    }
                }
            }
        }
    }
}
