//! Signing times: strict digits, and a window on both sides of now.

use http::HeaderName;
use jiff::Timestamp;

use crate::plan::{TimestampPlace, TimestampSource, TimestampUnit};
use crate::reason::Reason;
use crate::request::RawRequest;

use super::content::Slot;
use super::extract::{self, UNVERIFIED_SIZE};
use super::fault::FormFault;
use super::field;
use super::header::Listed;

/// Digits of the longest time that is read: milliseconds until the year 33658.
const DIGITS: usize = 15;

/// The whole number that `text` writes: digits alone, without a leading zero. Anything else could be read differently
/// by somebody else.
pub(super) fn parse(text: &[u8]) -> Option<i64> {
    let leading_zero = text.len() > 1 && text.first() == Some(&b'0');
    if text.is_empty() || text.len() > DIGITS || leading_zero || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// How far a signing time may be from now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    /// The unit of the time; now is cut down to it, as senders' own libraries do.
    pub(super) unit: TimestampUnit,
    /// Milliseconds, before and after.
    pub(super) tolerance_ms: u64,
}

impl Window {
    /// Whether `time` is near enough to `now`, in the past or the future.
    pub(super) fn holds(self, time: i64, now: Timestamp) -> bool {
        let (now, unit_ms) = match self.unit {
            TimestampUnit::Seconds => (now.as_second(), 1_000),
            TimestampUnit::Milliseconds => (now.as_millisecond(), 1),
        };
        now.abs_diff(time).saturating_mul(unit_ms) <= self.tolerance_ms
    }
}

/// Where a form's signing time is, and how far off it may be.
#[derive(Clone, Debug)]
pub(super) struct SigningTime {
    place: Place,
    pub(super) window: Window,
}

#[derive(Clone, Debug)]
enum Place {
    Header(HeaderName),
    Signature,
    Body { path: Vec<String>, limit: usize },
}

/// A signing time: one number, for the age and for the signed bytes.
#[derive(Debug)]
pub(super) struct Signed {
    /// As written.
    pub(super) text: String,
    /// As read.
    pub(super) time: i64,
}

impl SigningTime {
    /// Compiles a source. `in_content`: the template holds `{timestamp}`, so it is read from a body that nobody vouches
    /// for yet, and from its first bytes alone; otherwise after the signature holds, and from all of it.
    pub(super) fn compile(source: &TimestampSource, in_content: bool) -> Result<Self, FormFault> {
        let place = match &source.place {
            TimestampPlace::Header(name) => Place::Header(
                HeaderName::from_bytes(name.as_bytes()).map_err(|_| FormFault::HeaderName("timestamp.header"))?,
            ),
            TimestampPlace::SignatureKey(_) => Place::Signature,
            TimestampPlace::BodyPointer(text) => Place::Body {
                path: extract::pointer(text).ok_or(FormFault::Pointer)?,
                limit: if in_content { UNVERIFIED_SIZE } else { usize::MAX },
            },
        };
        Ok(Self { place, window: Window { unit: source.unit, tolerance_ms: source.tolerance_ms } })
    }

    /// Whether only the body carries the time, so that it is the signature's to prove before it is read.
    pub(super) fn is_body_alone(&self) -> bool {
        matches!(self.place, Place::Body { limit: usize::MAX, .. })
    }

    /// The placeholder beside `{timestamp}` that puts this time under the signature.
    pub(super) fn covered_by(&self) -> Slot {
        match &self.place {
            Place::Header(name) => Slot::Header(name.clone()),
            Place::Signature => Slot::Timestamp,
            Place::Body { .. } => Slot::Body,
        }
    }

    /// The time that a request carries.
    pub(super) fn read(&self, request: &RawRequest, listed: &Listed<'_>) -> Result<Signed, Reason> {
        let text = match &self.place {
            Place::Header(name) => {
                let value = field::header(&request.headers, name).map_err(|_| Reason::SignatureInvalid)?;
                value.map(|value| String::from_utf8_lossy(value).into_owned())
            }
            // The signature is there, and is malformed without its time.
            Place::Signature => Some(listed.timestamp.ok_or(Reason::SignatureInvalid)?.to_owned()),
            Place::Body { path, limit } if request.body.len() <= *limit => extract::scalar(&request.body, path),
            Place::Body { .. } => None,
        };
        let text = text.ok_or(Reason::SignatureMissing)?;
        let time = parse(text.as_bytes()).ok_or(Reason::SignatureInvalid)?;
        Ok(Signed { text, time })
    }

    /// The time as a sender writes it, and the field it goes into, where it has one of its own. A time in the body is
    /// there already.
    pub(super) fn write(&self, request: &RawRequest, now: Timestamp) -> Option<(Option<HeaderName>, String)> {
        let text = match self.window.unit {
            TimestampUnit::Seconds => now.as_second().to_string(),
            TimestampUnit::Milliseconds => now.as_millisecond().to_string(),
        };
        match &self.place {
            Place::Header(name) => Some((Some(name.clone()), text)),
            Place::Signature => Some((None, text)),
            Place::Body { path, .. } => extract::scalar(&request.body, path).map(|text| (None, text)),
        }
    }
}
