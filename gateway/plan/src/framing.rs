//! The framing guard: where each message of an HTTP/1 connection begins and ends, by exactly one reading (RFC 9112), and
//! what is refused because two readers could read it differently.
//!
//! It decides over bytes that somebody else reads and passes on: a head as a whole once all of it holds, then its body,
//! then the next head. It stands before an HTTP library, which parses what is passed on again and may be more lenient; it
//! looks at nothing that does not frame, and keeps no byte. Whatever it passes, `http` and `httparse` take.

mod chunks;
mod flaw;
pub mod frames;
mod head;
mod line;
pub mod preface;
mod target;
#[cfg(test)]
mod tests;

pub use flaw::Flaw;

use chunks::Chunks;
use head::{Body, Head, Whole};

/// Header fields of a request: real senders send about twenty.
pub const FIELDS: usize = 100;

/// Bytes of a request's head.
pub const HEAD_SIZE: usize = 32 << 10;

/// Bytes of a request's target: what common servers and proxies take.
pub const TARGET_SIZE: usize = 8 << 10;

/// What to do with the bytes that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Pass on so many; at least one.
    Pass(usize),
    /// Drop so many; at least one.
    Drop(usize),
    /// Come again with these and more.
    More,
    /// Read no more: nothing behind the last message is one.
    End,
}

/// One connection's messages, from its first byte on.
#[derive(Debug, Default)]
pub struct Framing {
    state: State,
    /// An empty line was dropped before this head (RFC 9112, 2.2 wants one forgiven, not many).
    blank: bool,
    last: bool,
}

#[derive(Debug)]
enum State {
    Head(Box<Head>),
    Sized(u64),
    Chunked(Chunks),
    Ended,
}

impl Default for State {
    fn default() -> Self {
        Self::Head(Box::default())
    }
}

impl Framing {
    /// What to do with `bytes`, which are all that have come and were neither passed nor dropped.
    ///
    /// # Errors
    ///
    /// The flaw of the message. Nothing may be read of the connection after it.
    pub fn next(&mut self, bytes: &[u8]) -> Result<Step, Flaw> {
        let step = match &mut self.state {
            State::Head(_) if bytes.starts_with(b"\r\n") && !self.blank => {
                self.blank = true;
                return Ok(Step::Drop(2));
            }
            State::Head(head) => match head.read(bytes)? {
                Some(whole) => self.begin(&whole),
                None => Step::More,
            },
            State::Sized(_) => self.open_bytes(bytes),
            State::Chunked(chunks) if chunks.open() > 0 => self.open_bytes(bytes),
            State::Chunked(chunks) => chunks.next(bytes)?,
            State::Ended => Step::End,
        };
        self.end_of_message();
        Ok(step)
    }

    /// Bytes that may be passed on without a look at them: they are in the body whatever they are.
    pub fn open(&self) -> u64 {
        match &self.state {
            State::Sized(left) => *left,
            State::Chunked(chunks) => chunks.open(),
            State::Head(_) | State::Ended => 0,
        }
    }

    /// Notes that so many of the [`Self::open`] bytes were passed on.
    pub fn passed(&mut self, count: u64) {
        match &mut self.state {
            State::Sized(left) => *left = left.saturating_sub(count),
            State::Chunked(chunks) if chunks.open() > 0 => chunks.passed(count),
            State::Chunked(_) | State::Head(_) | State::Ended => {}
        }
        self.end_of_message();
    }

    /// Whether the next bytes are of a head.
    pub fn is_between(&self) -> bool {
        match &self.state {
            State::Head(_) => true,
            State::Sized(_) | State::Chunked(_) | State::Ended => false,
        }
    }

    /// Whether the message whose head has passed is the connection's last: one that asks for another protocol. It is
    /// served as if it did not ask, and what stands behind it is no request of ours.
    pub fn is_last(&self) -> bool {
        self.last
    }

    fn begin(&mut self, whole: &Whole) -> Step {
        self.blank = false;
        self.last = whole.last;
        self.state = match whole.body {
            Body::Sized(length) => State::Sized(length),
            Body::Chunked => State::Chunked(Chunks::default()),
        };
        Step::Pass(whole.size)
    }

    fn open_bytes(&mut self, bytes: &[u8]) -> Step {
        let count = usize::try_from(self.open()).unwrap_or(usize::MAX).min(bytes.len());
        if count == 0 {
            return Step::More;
        }
        self.passed(u64::try_from(count).unwrap_or(u64::MAX));
        Step::Pass(count)
    }

    fn end_of_message(&mut self) {
        let is_over = match &self.state {
            State::Sized(left) => *left == 0,
            State::Chunked(chunks) => chunks.is_over(),
            State::Head(_) | State::Ended => false,
        };
        if is_over {
            self.state = if self.last { State::Ended } else { State::default() };
        }
    }
}
