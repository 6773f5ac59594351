//! Where something stands in a file: line, column, bytes.

use std::ops::Range;

/// A stretch of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// Bytes of the file.
    pub bytes: Range<usize>,
}

impl Place {
    /// The same stretch, seen from a file in which this document has text in front of it.
    #[must_use]
    pub fn after(mut self, bytes: usize, lines: usize) -> Self {
        self.bytes = self.bytes.start + bytes..self.bytes.end + bytes;
        self.line += lines;
        self
    }
}

impl From<serde_saphyr::Location> for Place {
    fn from(location: serde_saphyr::Location) -> Self {
        let whole = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let start = whole(location.span().byte_offset().unwrap_or_default());
        let length = whole(location.span().byte_len().unwrap_or_default());
        Self {
            line: whole(location.line()),
            column: whole(location.column()),
            bytes: start..start.saturating_add(length),
        }
    }
}
