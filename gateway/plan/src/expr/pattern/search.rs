//! Searching a text for a pattern, step by step, so that every step is paid for before it is made.
//!
//! An automaton that is built while it runs reads a byte in nanoseconds, but a new state of it costs as much as the
//! pattern is large, and a text can be made that needs a new one at every byte; and a match that ends early can be known
//! only after the rest of the text was read, again for each match. So neither the length of the text nor the number of
//! matches tells what a search costs, and the engines of the crate have no budget.

use std::collections::HashSet;
use std::ops::Range;

use cel::ExecutionError;
use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::{Anchored, Input};

use super::Pattern;
use crate::expr::meter::Meter;

/// Bytes that an automaton reads in one step of the meter.
const BYTES_PER_STEP: u64 = 1_024;

/// Bytes that could be read in the time that one state of the pattern takes where the automaton needs a new one.
const BYTES_PER_STATE: u64 = 8;

/// The matches of a pattern in a text, from left to right, none of which overlaps another.
pub(in crate::expr) struct Search<'p> {
    pattern: &'p Pattern,
    text: &'p str,
    meter: &'p Meter,
    forward: Walk<'p>,
    backward: Option<Walk<'p>>,
    at: usize,
    /// Where the last match ended: an empty one is not found there again.
    last: Option<usize>,
}

impl Pattern {
    /// Searches a text from its beginning.
    pub(in crate::expr) fn search<'p>(&'p self, text: &'p str, meter: &'p Meter) -> Search<'p> {
        let forward = Walk::new(self.0.spans.forward(), meter);
        Search { pattern: self, text, meter, forward, backward: None, at: 0, last: None }
    }
}

impl<'p> Search<'p> {
    /// What is searched.
    pub(in crate::expr) const fn text(&self) -> &'p str {
        self.text
    }

    /// Whether there is a match at all.
    pub(in crate::expr) fn succeeds(&mut self) -> Result<bool, ExecutionError> {
        Ok(self.forward.end(self.text, 0, Wanted::Any)?.is_some())
    }

    /// Where the next match is.
    pub(in crate::expr) fn next(&mut self) -> Result<Option<Range<usize>>, ExecutionError> {
        while let Some(found) = self.find()? {
            let again = found.is_empty() && self.last == Some(found.end);
            self.at = if again { found.end + 1 } else { found.end };
            if !again && self.text.is_char_boundary(found.end) {
                self.last = Some(found.end);
                return Ok(Some(found));
            }
            // An empty match between the bytes of one character is none.
            self.at = self.at.max(found.end + usize::from(!self.text.is_char_boundary(found.end)));
        }
        Ok(None)
    }

    /// What the groups of a match hold, itself first; `None` for one that took no part.
    pub(in crate::expr) fn groups(&mut self, found: &Range<usize>) -> Result<Vec<Option<&'p str>>, ExecutionError> {
        self.forward.pay((found.len() as u64 + 1).saturating_mul(self.forward.price))?;
        let engine = &self.pattern.0.groups;
        let mut captures = engine.create_captures();
        engine.captures(Input::new(self.text).range(found.clone()).anchored(Anchored::Yes), &mut captures);
        Ok(captures.iter().map(|group| group.and_then(|group| self.text.get(group.range()))).collect())
    }

    fn find(&mut self) -> Result<Option<Range<usize>>, ExecutionError> {
        if self.at > self.text.len() {
            return Ok(None);
        }
        let Some(end) = self.forward.end(self.text, self.at, Wanted::Leftmost)? else { return Ok(None) };
        let backward = || Walk::new(self.pattern.0.spans.reverse(), self.meter);
        let start = self.backward.get_or_insert_with(backward).start(self.text, self.at..end)?;
        Ok(Some(start..end))
    }
}

/// Which end of a match is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// That of the leftmost match, as the pattern prefers it.
    Leftmost,
    /// The first that is found.
    Any,
}

/// One automaton on its way through a text.
struct Walk<'p> {
    automaton: &'p DFA,
    cache: Cache,
    meter: &'p Meter,
    /// Bytes that a new step of the automaton counts as.
    price: u64,
    /// Bytes that were read and not yet paid for.
    unpaid: u64,
    /// Steps out of a match that the automaton has made before; for all others it tells itself.
    made: HashSet<(LazyStateID, u8)>,
    clears: usize,
}

impl<'p> Walk<'p> {
    fn new(automaton: &'p DFA, meter: &'p Meter) -> Self {
        let price = (automaton.get_nfa().states().len() as u64).saturating_mul(BYTES_PER_STATE);
        let cache = automaton.create_cache();
        // What an automaton begins with is made once, however often it begins.
        let unpaid = price.saturating_mul(2);
        Self { automaton, cache, meter, price, unpaid, made: HashSet::new(), clears: 0 }
    }

    /// The end of a match that begins at `from` or later.
    fn end(&mut self, text: &str, from: usize, wanted: Wanted) -> Result<Option<usize>, ExecutionError> {
        self.pay(1)?;
        let input = Input::new(text).range(from..);
        let mut state = self.automaton.start_state_forward(&mut self.cache, &input).map_err(|_| gave_up())?;
        let mut found = None;
        for (at, byte) in text.as_bytes().iter().enumerate().skip(from) {
            state = self.step(state, *byte)?;
            if state.is_match() {
                found = Some(at);
                if wanted == Wanted::Any {
                    return Ok(found);
                }
            } else if state.is_dead() {
                return Ok(found);
            }
        }
        let state = self.automaton.next_eoi_state(&mut self.cache, state).map_err(|_| gave_up())?;
        Ok(if state.is_match() { Some(text.len()) } else { found })
    }

    /// The start of the leftmost match that ends where `range` does.
    fn start(&mut self, text: &str, range: Range<usize>) -> Result<usize, ExecutionError> {
        self.pay(1)?;
        let input = Input::new(text).range(range.clone()).anchored(Anchored::Yes);
        let mut state = self.automaton.start_state_reverse(&mut self.cache, &input).map_err(|_| gave_up())?;
        let mut found = range.end;
        let bytes = text.as_bytes();
        for at in range.clone().rev() {
            let Some(byte) = bytes.get(at) else { break };
            state = self.step(state, *byte)?;
            if state.is_match() {
                found = at + 1;
            } else if state.is_dead() {
                return Ok(found);
            }
        }
        let before = range.start.checked_sub(1).and_then(|at| bytes.get(at));
        let state = match before {
            Some(byte) => self.step(state, *byte)?,
            None => self.automaton.next_eoi_state(&mut self.cache, state).map_err(|_| gave_up())?,
        };
        Ok(if state.is_match() { range.start } else { found })
    }

    fn step(&mut self, state: LazyStateID, byte: u8) -> Result<LazyStateID, ExecutionError> {
        let new = if state.is_tagged() {
            self.made.insert((state, byte))
        } else {
            self.automaton.next_state_untagged(&self.cache, state, byte).is_unknown()
        };
        self.pay(if new { self.price } else { 1 })?;
        let next = self.automaton.next_state(&mut self.cache, state, byte).map_err(|_| gave_up())?;
        if next.is_quit() {
            return Err(gave_up());
        }
        if new && self.cache.clear_count() != self.clears {
            self.clears = self.cache.clear_count();
            self.made.clear();
        }
        Ok(next)
    }

    fn pay(&mut self, bytes: u64) -> Result<(), ExecutionError> {
        self.unpaid += bytes;
        if self.unpaid < BYTES_PER_STEP {
            return Ok(());
        }
        let steps = self.unpaid / BYTES_PER_STEP;
        self.unpaid %= BYTES_PER_STEP;
        self.meter.steps(steps)
    }
}

/// No pattern that is accepted comes here.
fn gave_up() -> ExecutionError {
    ExecutionError::function_error("regex", "a pattern that cannot be searched for")
}
