//! What a run writes to the console, within its bounds. Pure.

use crate::limits::{CONSOLE_LINES, CONSOLE_SIZE, LINE_SIZE};

/// The lines so far, and how many there was no room for.
#[derive(Debug, Default)]
pub(super) struct Console {
    lines: Vec<String>,
    size: usize,
    lost: u32,
}

impl Console {
    /// One more line.
    pub(super) fn write(&mut self, line: &str) {
        let line = beginning(line, LINE_SIZE);
        if self.lines.len() >= CONSOLE_LINES || self.size + line.len() > CONSOLE_SIZE {
            self.lost = self.lost.saturating_add(1);
            return;
        }
        self.size += line.len();
        self.lines.push(line);
    }

    /// All that was kept, and how much was not.
    pub(super) fn into_lines(mut self) -> Vec<String> {
        if self.lost > 0 {
            self.lines.push(format!("… and {} more", self.lost));
        }
        self.lines
    }
}

/// At most `most` bytes of a text, cut between two characters.
pub(crate) fn beginning(text: &str, most: usize) -> String {
    const MORE: &str = "…";
    if text.len() <= most {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(most.saturating_sub(MORE.len()));
    format!("{}{MORE}", text.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_beyond_the_bounds_are_counted() {
        let mut console = Console::default();
        (0..103).for_each(|number| console.write(&number.to_string()));
        let lines = console.into_lines();
        assert_eq!((lines.len(), lines[99].as_str(), lines[100].as_str()), (101, "99", "… and 3 more"));

        let mut console = Console::default();
        (0..9).for_each(|_| console.write(&"x".repeat(3_000)));
        let lines = console.into_lines();
        assert_eq!((lines.len(), lines[0].len(), lines[8].as_str()), (9, 2_048, "… and 1 more"));
    }

    #[test]
    fn a_long_line_is_cut_between_two_characters() {
        assert_eq!(beginning("ääää", 8), "ääää");
        assert_eq!(beginning("äääää", 8), "ää…");
    }
}
