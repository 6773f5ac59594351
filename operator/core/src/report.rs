//! Collects what is wrong while a resource is read, so that its owner learns all of it at once.
//!
//! A value made from a refused field is a stand-in: it never leaves [`crate::validate`], because a report that is not
//! empty yields no valid resource.

use std::time::Duration;

use boathook_crds::{Duration as DurationText, Quantity};

use crate::condition::Reason;
use crate::field::Field;
use crate::text;
use crate::violation::Violation;

/// The violations found so far.
#[derive(Debug, Default)]
pub struct Report {
    violations: Vec<Violation>,
}

impl Report {
    /// The field breaks a rule of the spec.
    pub fn refuse(&mut self, at: &Field, message: impl Into<String>) {
        self.violations.push(Violation::new(Reason::InvalidSpec, at, message));
    }

    /// Like [`Report::refuse`], unless this very field is refused already: one field, one thing to mend at a time.
    pub fn refuse_once(&mut self, at: &Field, message: impl Into<String>) {
        if !self.violations.iter().any(|violation| violation.field == *at) {
            self.refuse(at, message);
        }
    }

    /// A part of the field is refused by whoever compiled it, who names it as in `headers.X-Order`.
    pub fn refuse_within(&mut self, at: &Field, part: &str, message: impl Into<String>) {
        self.refuse_once(&at.part(part), message);
    }

    /// The field is in the schema and not in this build.
    pub fn not_built(&mut self, at: &Field) {
        self.refuse(at, format!("not built yet ({at})"));
    }

    /// The milliseconds of a duration within bounds.
    pub fn duration(&mut self, at: &Field, duration: &DurationText, least: Duration, most: Duration) -> u64 {
        let millis = duration.milliseconds().filter(|millis| {
            let duration = Duration::from_millis(*millis);
            least <= duration && duration <= most
        });
        if millis.is_none() {
            self.refuse_once(
                at,
                format!("must be a duration from {} to {}", text::duration(least), text::duration(most)),
            );
        }
        millis.unwrap_or_default()
    }

    /// The bytes of a size from 1 to `most`.
    pub fn size(&mut self, at: &Field, size: &Quantity, most: u64) -> u64 {
        let bytes = size.bytes().filter(|bytes| (1..=most).contains(bytes));
        if bytes.is_none() {
            self.refuse_once(at, format!("must be a size from 1 to {}", text::size(most)));
        }
        bytes.unwrap_or_default()
    }

    /// Whether nothing is wrong so far.
    pub fn is_empty(&self) -> bool {
        self.violations.is_empty()
    }

    /// Everything found, in the order it was found.
    pub fn into_violations(self) -> Vec<Violation> {
        self.violations
    }
}
