//! A chunked body: sizes, data and trailers (RFC 9112, 7.1). Trailers are checked and dropped, so that none is taken for a
//! field of the head.

use super::{FIELDS, Flaw, Step, line};

/// Digits of a chunk's size that fit 64 bits whatever they are.
const SIZE_DIGITS: usize = 16;

/// Bytes of the line of one chunk's size: nobody needs extensions, and a few are let through.
const LINE_SIZE: usize = 256;

/// Bytes of the extensions of all chunks of a body.
const EXTENSIONS_SIZE: usize = 8 << 10;

/// Bytes of all trailers.
const TRAILERS_SIZE: usize = 8 << 10;

/// Where in a chunked body we are.
#[derive(Debug, Default)]
pub(super) struct Chunks {
    place: Place,
    extensions: usize,
    trailers: usize,
    trailer_fields: usize,
}

/// What comes next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// The line of a chunk's size.
    #[default]
    Size,
    /// So many bytes of data.
    Data(u64),
    /// The CR LF behind the data.
    DataEnd,
    /// A trailer, or the empty line that ends the body.
    Trailer,
    /// Nothing.
    End,
}

impl Chunks {
    /// Bytes that are data whatever they are.
    pub(super) fn open(&self) -> u64 {
        match self.place {
            Place::Data(left) => left,
            Place::Size | Place::DataEnd | Place::Trailer | Place::End => 0,
        }
    }

    /// Notes that so many bytes of data have passed.
    pub(super) fn passed(&mut self, count: u64) {
        let left = self.open().saturating_sub(count);
        self.place = if left == 0 { Place::DataEnd } else { Place::Data(left) };
    }

    /// Whether the body has ended.
    pub(super) fn is_over(&self) -> bool {
        self.place == Place::End
    }

    /// What to do with the bytes that are there, outside of data.
    pub(super) fn next(&mut self, bytes: &[u8]) -> Result<Step, Flaw> {
        match self.place {
            Place::Size => self.size(bytes),
            Place::DataEnd => self.data_end(bytes),
            Place::Trailer => self.trailer(bytes),
            Place::Data(_) | Place::End => Ok(Step::More),
        }
    }

    fn size(&mut self, bytes: &[u8]) -> Result<Step, Flaw> {
        let Some(length) = line::length(bytes, 0, LINE_SIZE, Flaw::ChunkExtension)? else { return Ok(Step::More) };
        let text = bytes.get(..length).unwrap_or_default();
        let digits = text.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let (size, extension) = text.split_at_checked(digits).unwrap_or_default();
        let size = number(size).ok_or(Flaw::ChunkSize)?;
        match extension {
            [] | [b';', ..] => self.extensions += extension.len(),
            _ => return Err(Flaw::ChunkSize),
        }
        if self.extensions > EXTENSIONS_SIZE {
            return Err(Flaw::ChunkExtension);
        }
        self.place = if size == 0 { Place::Trailer } else { Place::Data(size) };
        Ok(Step::Pass(length + 2))
    }

    fn data_end(&mut self, bytes: &[u8]) -> Result<Step, Flaw> {
        match bytes {
            [] | [b'\r'] => Ok(Step::More),
            [b'\r', b'\n', ..] => {
                self.place = Place::Size;
                Ok(Step::Pass(2))
            }
            _ => Err(Flaw::ChunkEnd),
        }
    }

    fn trailer(&mut self, bytes: &[u8]) -> Result<Step, Flaw> {
        let left = TRAILERS_SIZE.saturating_sub(self.trailers);
        match line::length(bytes, 0, left, Flaw::Trailer)? {
            None => Ok(Step::More),
            Some(0) => {
                self.place = Place::End;
                Ok(Step::Pass(2))
            }
            Some(length) => {
                line::field(bytes.get(..length).unwrap_or_default()).map_err(|_| Flaw::Trailer)?;
                self.trailers += length + 2;
                self.trailer_fields += 1;
                if self.trailer_fields > FIELDS { Err(Flaw::Trailer) } else { Ok(Step::Drop(length + 2)) }
            }
        }
    }
}

/// One to sixteen hexadecimal digits; what they say is at most 2⁶³, so that adding to it overflows nowhere.
fn number(digits: &[u8]) -> Option<u64> {
    if digits.len() > SIZE_DIGITS {
        return None;
    }
    let size = u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    (size <= u64::MAX >> 1).then_some(size)
}
