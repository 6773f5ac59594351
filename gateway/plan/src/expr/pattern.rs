//! Regular expressions (RE2's syntax): bounded in size here, and in time by the search that pays for what it does.

mod search;

use std::any::Any;
use std::sync::Arc;

use cel::common::types::Type;
use cel::common::value::{StaticVal, Val};
use regex_automata::hybrid::{dfa, regex};
use regex_automata::nfa::thompson;
use regex_automata::{PatternID, meta};

use crate::limits::PATTERN_SIZE;

pub(super) use search::Search;

const NO_PATTERN: &str = "not a regular expression in RE2's syntax";

/// The type of a compiled pattern. No expression can name it.
pub(super) static PATTERN: Type = Type::new_unspecified_type("@pattern");

/// A compiled pattern, as the value that stands for a constant one. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Pattern(Arc<Compiled>);

/// What finds matches, and what finds the groups inside of one that was found.
#[derive(Debug)]
struct Compiled {
    spans: regex::Regex,
    groups: meta::Regex,
}

impl Pattern {
    /// Compiles a pattern; the message does not repeat it.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        let text = ascii_classes(text);
        let config = meta::Config::new().nfa_size_limit(Some(PATTERN_SIZE)).hybrid_cache_capacity(PATTERN_SIZE);
        let groups = meta::Builder::new().configure(config).build(&text).map_err(|error| {
            let large = error.size_limit().is_some();
            if large { "a regular expression that is too large when compiled" } else { NO_PATTERN }
        })?;
        let spans = regex::Regex::builder()
            .thompson(thompson::Config::new().nfa_size_limit(Some(PATTERN_SIZE)))
            .dfa(dfa::Config::new().cache_capacity(PATTERN_SIZE).skip_cache_capacity_check(true))
            .build(&text)
            .map_err(|_| NO_PATTERN)?;
        Ok(Self(Arc::new(Compiled { spans, groups })))
    }

    /// How many groups it has.
    pub(super) fn groups(&self) -> usize {
        self.0.groups.group_info().group_len(PatternID::ZERO).saturating_sub(1)
    }
}

/// The pattern with RE2's meaning of `\d`, `\s`, `\w` and `\b`: ASCII alone, as in every other CEL. It is also what keeps a
/// pattern such as `\w{1,64}` small.
fn ascii_classes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        match characters.next() {
            Some('d') => out.push_str("[0-9]"),
            Some('D') => out.push_str("[^0-9]"),
            Some('s') => out.push_str(r"[\t\n\f\r ]"),
            Some('S') => out.push_str(r"[^\t\n\f\r ]"),
            Some('w') => out.push_str("[0-9A-Za-z_]"),
            Some('W') => out.push_str("[^0-9A-Za-z_]"),
            Some('b') => out.push_str(r"(?-u:\b)"),
            Some('B') => out.push_str(r"(?-u:\B)"),
            other => out.extend(std::iter::once('\\').chain(other)),
        }
    }
    out
}

impl Val for Pattern {
    fn get_type(&self) -> &Type {
        &PATTERN
    }

    fn cel_type() -> &'static Type {
        &PATTERN
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for Pattern {}

#[cfg(test)]
mod tests {
    use super::super::meter::Meter;
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern).unwrap().search(text, &Meter::new()).next().unwrap().is_some()
    }

    #[test]
    fn classes_mean_what_re2_means_by_them() {
        assert!(matches(r"^[\w.-]+@\w+\.com$", "a_b.c-d@e.com") && !matches(r"^\w+$", "é"));
        assert!(matches(r"^\d+$", "42") && !matches(r"^\d+$", "٤"));
        assert!(matches(r"^\S+\s\S+$", "a b") && !matches(r"\s", "\u{a0}"));
        assert!(matches(r"^[^\W_]+$", "ab") && !matches(r"^[^\W_]+$", "a_"));
        assert!(matches(r"\bcat\b", "a cat.") && !matches(r"\bcat\b", "concat") && matches(r"\Bcat", "concat"));
        assert!(matches(r"^\\d$", r"\d") && matches(r"^\p{Greek}$", "α") && matches("^.$", "é"));
    }

    #[test]
    fn patterns_that_people_write_are_small_enough() {
        for pattern in [
            r"^\w{1,64}$",
            r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",
            r"^[\w.+-]+@[\w-]+(\.[\w-]+)+$",
            r"^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$",
            r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$",
            "^.{1,255}$",
        ] {
            assert!(Pattern::new(pattern).is_ok(), "{pattern}");
        }
    }
}
