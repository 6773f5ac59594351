//! What a gateway grants at most: a wish above it is refused, and what serves already is held down to it.

use crate::condition::Reason;
use crate::field::Field;
use crate::violation::Violation;

/// One ceiling and where a workflow wishes for more.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ceiling {
    pub most: u64,
    /// Where the workflow says nothing.
    pub default: u64,
    /// The workflow's field.
    pub field: &'static str,
    /// A value as users write it.
    pub text: fn(u64) -> String,
}

impl Ceiling {
    /// The wish or the default, never above the ceiling.
    pub fn grant(self, wish: Option<u64>, violations: &mut Vec<Violation>) -> u64 {
        violations.extend(exceeded(&Field::spec().at(self.field), wish.unwrap_or_default(), self.most, self.text));
        wish.unwrap_or(self.default).min(self.most)
    }
}

/// What is wrong with a wish above the ceiling `most`.
pub(super) fn exceeded(field: &Field, wish: u64, most: u64, text: fn(u64) -> String) -> Option<Violation> {
    let message = || format!("must be at most {}, the gateway's ceiling", text(most));
    (wish > most).then(|| Violation::new(Reason::CeilingExceeded, field, message()))
}
