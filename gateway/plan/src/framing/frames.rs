//! How much of what an HTTP/2 client sends carries nothing: frames that cost us work and ask for none (RFC 9113, 10.5).
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

/// Bytes of a frame's head (RFC 9113, 4.1).
const HEAD: usize = 9;

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
    /// Bytes that are no head: of the preface, then of payloads.
    skip: usize,
    head: [u8; HEAD],
    /// Bytes of the head that have come.
    have: usize,
    upkeep: u32,
    control: u32,
    /// Up to when forgiveness was given.
    since_ms: u64,
}

impl Frames {
    /// A connection that begins now.
    pub fn new(now_ms: u64) -> Self {
        Self { skip: PREFACE.len(), head: [0; HEAD], have: 0, upkeep: BURST, control: BURST, since_ms: now_ms }
    }

    /// Follows the next bytes.
    ///
    /// # Errors
    ///
    /// [`Flood`] when there were too many frames that carry nothing. The connection is not worth going on with.
    pub fn read(&mut self, mut bytes: &[u8], now_ms: u64) -> Result<(), Flood> {
        self.forgive(now_ms);
        while let Some((first, rest)) = bytes.split_first() {
            if self.skip > 0 {
                let count = self.skip.min(bytes.len());
                self.skip -= count;
                bytes = bytes.get(count..).unwrap_or_default();
                continue;
            }
            if let Some(place) = self.head.get_mut(self.have) {
                *place = *first;
                self.have += 1;
            }
            if self.have == HEAD {
                self.have = 0;
                self.frame()?;
            }
            bytes = rest;
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

    fn frame(&mut self) -> Result<(), Flood> {
        let [first, second, third, kind, flags, ..] = self.head;
        let length = usize::from(first) << 16 | usize::from(second) << 8 | usize::from(third);
        self.skip = length;
        let left = match class(kind, flags, length) {
            Class::Work => {
                self.upkeep = self.upkeep.saturating_add(WITH_WORK).min(BURST);
                return Ok(());
            }
            Class::Upkeep => &mut self.upkeep,
            Class::Control => &mut self.control,
        };
        *left = left.checked_sub(1).ok_or(Flood)?;
        Ok(())
    }
}

/// By the types of RFC 9113, 6. What nobody knows is about nothing.
fn class(kind: u8, flags: u8, length: usize) -> Class {
    const END_STREAM: u8 = 1;
    match kind {
        0x0 if length > 0 || flags & END_STREAM != 0 => Class::Work,
        0x1 => Class::Work,
        0x0 | 0x8 | 0x9 => Class::Upkeep,
        _ => Class::Control,
    }
}
