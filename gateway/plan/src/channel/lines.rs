//! Cuts a stream into lines, within bounds. What may hold secrets is wiped when it is dropped.

use zeroize::Zeroizing;

/// Why a stream is read no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    /// A line is too long.
    #[error("a line is longer than {0} bytes")]
    Line(usize),
    /// All together are.
    #[error("the message is longer than {0} bytes")]
    Message(usize),
}

/// A stream of lines in the making.
#[derive(Debug)]
pub struct Lines {
    /// Bytes of the longest line.
    line: usize,
    /// Bytes of all lines; `None` for a stream without an end.
    message: Option<usize>,
    /// Bytes so far.
    seen: usize,
    /// What follows the last line feed.
    rest: Zeroizing<Vec<u8>>,
}

impl Lines {
    /// Bounds on each line, and on all.
    pub fn new(line: usize, message: Option<usize>) -> Self {
        Self { line, message, seen: 0, rest: Zeroizing::default() }
    }

    /// Takes the next bytes, and gives the lines that are whole now, without what ends them. An empty line is none.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<Vec<Zeroizing<Vec<u8>>>, LineFault> {
        self.seen = self.seen.saturating_add(bytes.len());
        if let Some(most) = self.message.filter(|most| self.seen > *most) {
            return Err(LineFault::Message(most));
        }
        let mut lines = Vec::new();
        while let Some((head, tail)) = split(bytes) {
            self.grow(head)?;
            lines.extend(self.cut());
            bytes = tail;
        }
        self.grow(bytes)?;
        Ok(lines)
    }

    /// The last line, where nothing ends it.
    pub fn finish(mut self) -> Option<Zeroizing<Vec<u8>>> {
        self.cut()
    }

    fn grow(&mut self, bytes: &[u8]) -> Result<(), LineFault> {
        if self.rest.len().saturating_add(bytes.len()) > self.line {
            return Err(LineFault::Line(self.line));
        }
        self.rest.extend_from_slice(bytes);
        Ok(())
    }

    fn cut(&mut self) -> Option<Zeroizing<Vec<u8>>> {
        let line = std::mem::take(&mut self.rest);
        (!line.is_empty()).then_some(line)
    }
}

/// What stands before and behind the first line feed.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(b'\n', bytes)?;
    Some((bytes.get(..end)?, bytes.get(end + 1..)?))
}
