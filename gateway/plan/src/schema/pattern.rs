//! What a pattern may cost for each byte of a text.
//!
//! A pattern is run as an automaton whose states are made on the way and kept, as many as fit. Where all that it can ever
//! reach fit, a byte is one look into a table. Where they do not, the engine falls back to stepping through the whole
//! pattern for each byte, and `[01]*1[01]{5000}x` costs a thousand times more. Which of the two it is is found out when
//! the schema is compiled, by making the states.

use std::collections::{HashMap, HashSet};

use regex_automata::hybrid::dfa::DFA;
use regex_automata::nfa::thompson::{Config, NFA, WhichCaptures};
use regex_automata::util::{alphabet::Unit, start};
use regex_automata::{Anchored, hybrid};

/// Bytes of one compiled pattern.
pub(super) const PATTERN_SIZE: usize = 256 << 10;

/// Bytes of the states that are kept of one pattern.
pub(super) const CACHE_SIZE: usize = 1 << 20;

/// Steps for each 256 bytes of a text that a format looks at: an internationalized name is the slowest.
pub(super) const FORMAT: usize = 64;

/// Steps for each 256 bytes of a text whose states are all kept.
const TAME: usize = 8;

/// States that are made of the patterns of one schema, to see whether they fit: some hundred milliseconds at worst.
const TRANSITIONS: usize = 100_000;

/// The different patterns of a schema, and what each costs for 256 bytes of a text.
#[derive(Debug)]
pub(super) struct Patterns<'s> {
    known: HashMap<&'s str, usize>,
    transitions: usize,
}

impl Default for Patterns<'_> {
    fn default() -> Self {
        Self { known: HashMap::new(), transitions: TRANSITIONS }
    }
}

impl<'s> Patterns<'s> {
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    /// Steps for 256 bytes of a text.
    pub(super) fn weigh(&mut self, pattern: &'s str) -> usize {
        if let Some(known) = self.known.get(pattern) {
            return *known;
        }
        let weight = weight(pattern, &mut self.transitions);
        self.known.insert(pattern, weight);
        weight
    }
}

fn weight(pattern: &str, transitions: &mut usize) -> usize {
    let config = Config::new().nfa_size_limit(Some(PATTERN_SIZE)).which_captures(WhichCaptures::None);
    // What the library does not take is refused when it compiles the schema.
    let translated = jsonschema_regex::to_rust_regex(pattern);
    let compiled = translated.ok().and_then(|text| NFA::compiler().configure(config).build(&text).ok());
    match compiled {
        Some(nfa) if is_tame(&nfa, transitions).unwrap_or(false) => TAME,
        // Half a nanosecond for each byte of the pattern and of the text.
        Some(nfa) => TAME.max(nfa.memory_usage().saturating_mul(3) / 2),
        None => PATTERN_SIZE,
    }
}

/// Whether all states of the automaton fit into what is kept of it; `None` where they do not.
fn is_tame(nfa: &NFA, transitions: &mut usize) -> Option<bool> {
    let config = hybrid::dfa::Config::new().cache_capacity(CACHE_SIZE).minimum_cache_clear_count(Some(0));
    let dfa = DFA::builder().configure(config).build_from_nfa(nfa.clone()).ok()?;
    let mut cache = dfa.create_cache();
    let bytes: Vec<u8> = nfa.byte_classes().representatives(0..=255).filter_map(Unit::as_u8).collect();
    let mut seen = HashSet::new();
    let mut open = Vec::new();
    for before in [None, Some(b'a'), Some(b' '), Some(b'\n')] {
        let start = start::Config::new().anchored(Anchored::No).look_behind(before);
        open.push(dfa.start_state(&mut cache, &start).ok()?);
    }
    while let Some(state) = open.pop() {
        if state.is_dead() || state.is_quit() || !seen.insert(state) {
            continue;
        }
        *transitions = transitions.checked_sub(bytes.len())?;
        for byte in &bytes {
            open.push(dfa.next_state(&mut cache, state, *byte).ok()?);
        }
    }
    Some(true)
}
