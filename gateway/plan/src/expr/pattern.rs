//! Regular expressions (RE2's syntax): linear in the text by construction, bounded in size here.

use std::any::Any;

use cel::common::types::Type;
use cel::common::value::{StaticVal, Val};
use regex::{Regex, RegexBuilder};

use crate::limits::PATTERN_SIZE;

const NO_PATTERN: &str = "not a regular expression in RE2's syntax";

/// The type of a compiled pattern. No expression can name it.
pub(super) static PATTERN: Type = Type::new_unspecified_type("@pattern");

/// A compiled pattern, as the value that stands for a constant one.
#[derive(Clone, Debug)]
pub(super) struct Pattern(pub(super) Regex);

impl Pattern {
    /// Compiles a pattern; the message does not repeat it.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        let pattern = RegexBuilder::new(text).size_limit(PATTERN_SIZE).dfa_size_limit(PATTERN_SIZE).build();
        pattern.map(Self).map_err(|error| {
            let large = matches!(error, regex::Error::CompiledTooBig(_));
            let message = if large { "a regular expression that is too large when compiled" } else { NO_PATTERN };
            message.to_owned()
        })
    }
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
