//! How much of what an HTTP/2 client sends carries nothing: frames that cost us work and ask for none (RFC 9113, 10.5), but
//! for those by which it takes what it is sent.
//!
//! The HTTP/2 library bounds what is stored; this bounds what is done. It follows frames by their nine bytes of head
//! and looks at no payload. Time is an argument, in milliseconds that only grow.

use super::preface::PREFACE;

/// Frames of one class that may come at once: several times what a client sends that begins or ends a hundred streams.
const BURST: u32 = 1_000;

/// Frames of one class that are forgiven in a second, as nghttp2 does it.
const PER_SECOND: u32 = 50;

/// Frames of [`Class::Upkeep`] that come with one that carries something.
const WITH_WORK: u32 = 10;

/// Bytes of answers that one window update comes with: common clients tell of each 4 KiB twice, once for the
/// stream and once for the connection.
const ANSWERED: usize = 1 << 10;

/// Bytes of a frame's head (RFC 9113, 4.1).
const HEAD: usize = 9;

/// Types of frames (RFC 9113, 6): a part of a body, and more room for some.
const DATA: u8 = 0x0;
const WINDOW_UPDATE: u8 = 0x8;

/// A client that sends more empty frames than anybody needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flood;

/// What a frame is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// It carries a part of a request.
    Work,
    /// It comes with others that carry something: window updates, continuations, empty data.
    Upkeep,
    /// It is about the connection, or takes a request back.
    Control,
}

/// Follows one connection from its first byte on.
#[derive(Debug)]
pub struct Frames {
    received: Heads,
    sent: Heads,
    /// Bytes of answers that no update has been let through for. Only who takes them earns it, so it has no bound.
    answered: usize,
    upkeep: u32,
    control: u32,
    /// Up to when forgiveness was given.
    since_ms: u64,
}

impl Frames {
    /// A connection that begins now.
    pub fn new(now_ms: u64) -> Self {
        Self {
            received: Heads { skip: PREFACE.len(), ..Heads::default() },
            sent: Heads::default(),
            answered: 0,
            upkeep: BURST,
            control: BURST,
            since_ms: now_ms,
        }
    }

    /// Follows the next bytes of our own, from our first one on, and says how many of them are of bodies.
    pub fn wrote(&mut self, mut bytes: &[u8]) -> usize {
        let mut carried = 0;
        while let Some(piece) = self.sent.next(&mut bytes) {
            match piece {
                Piece::Payload { kind: DATA, length } => carried += length,
                Piece::Payload { .. } | Piece::Head(_) => {}
            }
        }
        self.answered = self.answered.saturating_add(carried);
        carried
    }

    /// Follows the next bytes.
    ///
    /// # Errors
    ///
    /// [`Flood`] when there were too many frames that carry nothing. The connection is not worth going on with.
    pub fn read(&mut self, mut bytes: &[u8], now_ms: u64) -> Result<(), Flood> {
        self.forgive(now_ms);
        while let Some(piece) = self.received.next(&mut bytes) {
            match piece {
                Piece::Head(head) => self.frame(head)?,
                Piece::Payload { .. } => {}
            }
        }
        Ok(())
    }

    fn forgive(&mut self, now_ms: u64) {
        let earned = now_ms.saturating_sub(self.since_ms).saturating_mul(PER_SECOND.into()) / 1_000;
        if earned > 0 {
            self.since_ms = now_ms;
            let earned = u32::try_from(earned).unwrap_or(BURST);
            self.upkeep = self.upkeep.saturating_add(earned).min(BURST);
            self.control = self.control.saturating_add(earned).min(BURST);
        }
    }

    fn frame(&mut self, head: [u8; HEAD]) -> Result<(), Flood> {
        let [_, _, _, kind, flags, ..] = head;
        let left = match class(kind, flags, length(head)) {
            Class::Work => {
                self.upkeep = self.upkeep.saturating_add(WITH_WORK).min(BURST);
                return Ok(());
            }
            Class::Upkeep if kind == WINDOW_UPDATE && self.answered >= ANSWERED => {
                self.answered -= ANSWERED;
                return Ok(());
            }
            Class::Upkeep => &mut self.upkeep,
            Class::Control => &mut self.control,
        };
        *left = left.checked_sub(1).ok_or(Flood)?;
        Ok(())
    }
}

/// The frames of one side, wherever its bytes are cut.
#[derive(Debug, Default)]
struct Heads {
    /// Bytes that are no head: of the preface, then of payloads.
    skip: usize,
    /// The last head, as far as it has come.
    head: [u8; HEAD],
    have: usize,
}

/// A part of a side's bytes.
enum Piece {
    /// The whole of a frame's head.
    Head([u8; HEAD]),
    /// So many bytes behind the head of a frame of this type.
    Payload { kind: u8, length: usize },
}

impl Heads {
    /// The next part of these bytes, which is taken from them; `None` when they are used up.
    fn next(&mut self, bytes: &mut &[u8]) -> Option<Piece> {
        if self.skip > 0 && !bytes.is_empty() {
            let count = self.skip.min(bytes.len());
            self.skip -= count;
            *bytes = bytes.get(count..).unwrap_or_default();
            let [_, _, _, kind, ..] = self.head;
            return Some(Piece::Payload { kind, length: count });
        }
        while let Some((first, rest)) = bytes.split_first() {
            *bytes = rest;
            if let Some(place) = self.head.get_mut(self.have) {
                *place = *first;
                self.have += 1;
            }
            if self.have == HEAD {
                self.have = 0;
                self.skip = length(self.head);
                return Some(Piece::Head(self.head));
            }
        }
        None
    }
}

/// Bytes of the payload.
fn length([first, second, third, ..]: [u8; HEAD]) -> usize {
    usize::from(first) << 16 | usize::from(second) << 8 | usize::from(third)
}

/// By the types of RFC 9113, 6. What nobody knows is about nothing.
fn class(kind: u8, flags: u8, length: usize) -> Class {
    const END_STREAM: u8 = 1;
    match kind {
        DATA if length > 0 || flags & END_STREAM != 0 => Class::Work,
        0x1 => Class::Work,
        DATA | WINDOW_UPDATE | 0x9 => Class::Upkeep,
        _ => Class::Control,
    }
}
