//! Cuts a file into documents before any of them is parsed, so that an error in one hides nothing of the next.
//!
//! A line that starts with `---` ends a document wherever it stands (YAML 1.2.2, 9.1.2: not even inside a block
//! scalar may it be text). Parses nothing.

use std::ops::Range;

/// A document's text within its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Bytes of the file.
    pub bytes: Range<usize>,
    /// Lines of the file in front of it.
    pub lines_before: usize,
}

/// Every document that has content.
pub fn documents(text: &str) -> Vec<Document> {
    let mut found = Vec::new();
    let mut open = Document { bytes: 0..0, lines_before: 0 };
    let mut has_content = false;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if is_marker(line) && has_content {
            let start = open.bytes.end;
            found.push(std::mem::replace(&mut open, Document { bytes: start..start, lines_before: number }));
            has_content = false;
        }
        open.bytes.end += line.len();
        has_content |= is_content(line);
    }
    if has_content {
        found.push(open);
    }
    found
}

fn is_marker(line: &str) -> bool {
    line.strip_prefix("---").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
}

/// Directives and comments belong to the document after them, and no document is made of them alone.
fn is_content(line: &str) -> bool {
    let line = if is_marker(line) { line.strip_prefix("---").unwrap_or_default() } else { line };
    let line = line.trim();
    !line.is_empty() && !line.starts_with(['#', '%']) && line != "..."
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<(&str, usize)> {
        documents(text).into_iter().map(|found| (&text[found.bytes], found.lines_before)).collect()
    }

    #[test]
    fn each_marker_starts_a_document() {
        assert_eq!(texts("a: 1\n---\nb: 2\n"), [("a: 1\n", 0), ("---\nb: 2\n", 1)]);
    }

    #[test]
    fn documents_without_content_are_none() {
        assert_eq!(texts(""), []);
        assert_eq!(texts("---\n# only words\n---\n\n"), []);
        assert_eq!(texts("---\n---\na: 1"), [("---\n---\na: 1", 0)]);
    }

    #[test]
    fn comments_and_directives_stay_with_the_document_after_them() {
        assert_eq!(texts("# licence\n%YAML 1.2\n---\na: 1\n"), [("# licence\n%YAML 1.2\n---\na: 1\n", 0)]);
    }

    #[test]
    fn content_may_stand_on_the_marker_line() {
        assert_eq!(texts("a: 1\n--- {b: 2}\n"), [("a: 1\n", 0), ("--- {b: 2}\n", 1)]);
    }

    #[test]
    fn dashes_inside_a_line_or_before_a_letter_are_text() {
        assert_eq!(texts("a: ---\n----\n---b\n").len(), 1);
    }
}
