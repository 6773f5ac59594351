//! One document's text → a tree, under the loader's bounds.

use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::options::{AliasLimits, DuplicateKeyPolicy, NonFiniteFloatPolicy};
use serde_saphyr::{Error, MessageFormatter as _, Options, UserMessageFormatter};

use super::limits;
use super::node::Node;
use super::place::Place;

/// Why a text is not a document.
#[derive(Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Where, when the parser could tell.
    pub place: Option<Place>,
    /// What is wrong.
    pub message: String,
}

/// The tree of one document. Places count from the start of `text`.
pub fn parse(text: &str) -> Result<Node, ParseError> {
    if text.len() > limits::DOCUMENT_SIZE {
        let message =
            format!("this document is larger than {} bytes, which no API server takes", limits::DOCUMENT_SIZE);
        return Err(ParseError { place: None, message });
    }
    serde_saphyr::from_str_with_options(text, options(text.len())).map_err(|error| describe(&error, text))
}

fn options(size: usize) -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_documents: 1,
            max_nodes: limits::NODES,
            max_events: limits::NODES * 2,
            max_depth: limits::DEPTH,
            max_aliases: if size > limits::ALIASED_DOCUMENT { 0 } else { limits::ALIASES },
            max_total_scalar_bytes: limits::DOCUMENT_SIZE,
        },
        alias_limits: alias_limits(),
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        emit_comments: false,
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        reject_unsupported_tags: true,
        non_finite_float_policy: NonFiniteFloatPolicy::Reject,
        with_snippet: false,
    }
}

fn alias_limits() -> AliasLimits {
    serde_saphyr::alias_limits! {
        max_total_replayed_events: limits::ALIASED_NODES,
        max_replay_stack_depth: limits::DEPTH,
    }
}

fn describe(error: &Error, text: &str) -> ParseError {
    let place = error.location().map(|location| located(location.into(), text));
    ParseError { place, message: in_words(error) }
}

fn in_words(error: &Error) -> String {
    if let Error::AliasError { error, .. } = error {
        return in_words(error);
    }
    if matches!(error, Error::Budget { breach: BudgetBreach::Aliases { .. }, .. }) {
        let (times, size) = (limits::ALIASES, limits::ALIASED_DOCUMENT);
        return format!("aliases may stand {times} times in a document, and only where it has at most {size} bytes");
    }
    if matches!(error, Error::AliasReplayLimitExceeded { .. }) {
        return format!("the aliases of a document may add at most {} values to it", limits::ALIASED_NODES);
    }
    let words = UserMessageFormatter.format_message(error).into_owned();
    // The scanner's own limit, far above ours, has no variant.
    if matches!(error, Error::Budget { breach: BudgetBreach::Depth { .. }, .. }) || words == "recursion limit exceeded"
    {
        return format!("this document nests deeper than {}", limits::DEPTH);
    }
    words
}

/// Errors of the scanner know line and column only.
fn located(mut place: Place, text: &str) -> Place {
    if place.bytes.is_empty() {
        let line_start = text.split_inclusive('\n').take(place.line.saturating_sub(1)).map(str::len).sum::<usize>();
        let line = text.get(line_start..).unwrap_or_default();
        let before: usize = line.chars().take(place.column.saturating_sub(1)).map(char::len_utf8).sum();
        place.bytes = line_start + before..line_start + before;
    }
    place
}
