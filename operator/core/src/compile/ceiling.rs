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
        if wish.is_some_and(|wish| wish > self.most) {
            let message = format!("must be at most {}, the gateway's ceiling", (self.text)(self.most));
            violations.push(Violation::new(Reason::CeilingExceeded, &Field::spec().at(self.field), message));
        }
        wish.unwrap_or(self.default).min(self.most)
    }
}
