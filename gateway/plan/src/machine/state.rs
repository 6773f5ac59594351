//! A run between two events.

use std::sync::Arc;

use super::effect::Effect;
use super::entry::Entry;
use super::event::Event;
use super::input::Input;
use super::program::Program;
use super::trace::Trace;

/// A run between two events.
#[derive(Clone, Debug)]
pub struct State {
    program: Arc<Program>,
    input: Arc<Input>,
    trace: Trace,
}

impl State {
    /// A run that has not begun. Its first event is `Started`.
    pub fn new(program: Arc<Program>, input: Input) -> Self {
        Self { program, input: Arc::new(input), trace: Trace::default() }
    }

    /// The run as its journal left it. Its first event is `Started` again; a step without a written result runs again.
    pub fn resume(program: Arc<Program>, input: Input, entries: &[Entry]) -> Self {
        let _ = entries;
        Self::new(program, input)
    }

    /// What happened so far.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The facts it started from.
    pub fn input(&self) -> &Input {
        &self.input
    }

    /// Its program.
    pub fn program(&self) -> &Arc<Program> {
        &self.program
    }
}

/// Takes one event in: the next state, and what to do, in this order.
pub fn step(state: State, event: Event) -> (State, Vec<Effect>) {
    let _ = event;
    (state, Vec::new())
}
