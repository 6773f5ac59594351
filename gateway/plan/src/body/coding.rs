//! Content codings (RFC 9110, 8.4; RFC 7932; RFC 8878): one at most, undone within bounds.
//!
//! Nothing is written beyond the limit: a bomb ends at its first byte too many, whatever it claims of itself.

use std::io::Read;

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use flate2::bufread::{MultiGzDecoder, ZlibDecoder};
use http::{HeaderMap, header};
use zstd::stream::read::Decoder;

use super::BodyFault;
use crate::limits::{CODING_FLOOR, CODING_RATIO, ZSTD_WINDOW_LOG};

/// A coding that is undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// RFC 1952, one member or several.
    Gzip,
    /// RFC 1950: what HTTP calls deflate has zlib's head and checksum.
    Deflate,
    /// RFC 7932.
    Brotli,
    /// RFC 8878, with the window that RFC 9659 allows.
    Zstd,
}

/// Names as they stand in the field, in lower case.
const NAMES: [(&[u8], Coding); 5] = [
    (b"gzip", Coding::Gzip),
    (b"x-gzip", Coding::Gzip),
    (b"deflate", Coding::Deflate),
    (b"br", Coding::Brotli),
    (b"zstd", Coding::Zstd),
];

/// Bytes that are decoded at once.
const CHUNK: usize = 16 << 10;

impl Coding {
    /// The coding of a body; `None` where it has none. Several are refused: each could multiply the one before.
    pub(super) fn of(headers: &HeaderMap) -> Result<Option<Self>, BodyFault> {
        let fields = headers.get_all(header::CONTENT_ENCODING).iter();
        let names = fields.flat_map(|field| field.as_bytes().split(|byte| *byte == b',')).map(<[u8]>::trim_ascii);
        let mut names = names.filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case(b"identity"));
        match (names.next(), names.next()) {
            (None, _) => Ok(None),
            (Some(_), Some(_)) => Err(BodyFault::Coding),
            (Some(only), None) => {
                let known = NAMES.iter().find(|(name, _)| only.eq_ignore_ascii_case(name));
                known.map(|(_, coding)| Some(*coding)).ok_or(BodyFault::Coding)
            }
        }
    }

    /// Undoes it. The result has at most `limit` bytes, and at most [`CODING_RATIO`] times as many as `body`.
    pub(super) fn decode(self, body: &[u8], limit: u64) -> Result<Vec<u8>, BodyFault> {
        let ratio = u64::try_from(body.len()).unwrap_or(u64::MAX).saturating_mul(CODING_RATIO).max(CODING_FLOOR);
        let sink = Sink::new(limit.min(ratio));
        match self {
            Self::Gzip => sink.drain(&mut MultiGzDecoder::new(body)),
            Self::Deflate => {
                let mut decoder = ZlibDecoder::new(body);
                let bytes = sink.drain(&mut decoder)?;
                if decoder.into_inner().is_empty() { Ok(bytes) } else { Err(BodyFault::Coded) }
            }
            Self::Brotli => brotli(body, sink),
            Self::Zstd => {
                let mut decoder = Decoder::with_buffer(body).map_err(|_| BodyFault::Coded)?;
                decoder.window_log_max(ZSTD_WINDOW_LOG).map_err(|_| BodyFault::Coded)?;
                sink.drain(&mut decoder)
            }
        }
    }
}

/// What has been decoded, and how much more it may be.
struct Sink {
    bytes: Vec<u8>,
    most: usize,
}

impl Sink {
    fn new(most: u64) -> Self {
        Self { bytes: Vec::new(), most: usize::try_from(most).unwrap_or(usize::MAX) }
    }

    /// Takes the next bytes. Grows by doubling, and never beyond the bound.
    fn push(&mut self, bytes: &[u8]) -> Result<(), BodyFault> {
        let length = self.bytes.len() + bytes.len();
        if length > self.most {
            return Err(BodyFault::TooLarge);
        }
        if length > self.bytes.capacity() {
            let wanted = self.bytes.capacity().saturating_mul(2).clamp(length, self.most.max(length));
            self.bytes.reserve_exact(wanted - self.bytes.len());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn drain(mut self, from: &mut impl Read) -> Result<Vec<u8>, BodyFault> {
        let mut chunk = vec![0; CHUNK];
        loop {
            let read = from.read(&mut chunk).map_err(|_| BodyFault::Coded)?;
            if read == 0 {
                return Ok(self.bytes);
            }
            self.push(chunk.get(..read).unwrap_or_default())?;
        }
    }
}

/// The library's own reader takes windows of a gigabyte, and overlooks what stands behind the end.
fn brotli(body: &[u8], mut sink: Sink) -> Result<Vec<u8>, BodyFault> {
    let alloc = StandardAlloc::default;
    let mut state = BrotliState::new_strict(alloc(), alloc(), alloc());
    let mut chunk = vec![0; CHUNK];
    let (mut left, mut at, mut total) = (body.len(), 0, 0);
    loop {
        let (mut free, mut end) = (chunk.len(), 0);
        let result =
            BrotliDecompressStream(&mut left, &mut at, body, &mut free, &mut end, &mut chunk, &mut total, &mut state);
        sink.push(chunk.get(..end).unwrap_or_default())?;
        match result {
            BrotliResult::NeedsMoreOutput => {}
            BrotliResult::ResultSuccess if left == 0 => return Ok(sink.bytes),
            BrotliResult::ResultSuccess | BrotliResult::NeedsMoreInput | BrotliResult::ResultFailure => {
                return Err(BodyFault::Coded);
            }
        }
    }
}
