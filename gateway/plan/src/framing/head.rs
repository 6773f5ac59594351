//! A head in the making: line by line as they come, each judged once, and at the end what its body is (RFC 9112, 6).

use http::uri::Authority;

use super::target::{self, RequestLine, Version};
use super::{FIELDS, Flaw, HEAD_SIZE, TARGET_SIZE, line};

/// Bytes of a request line beside its target: no method that is known is as long.
const LINE_SLACK: usize = 64;

/// Digits of a length that fits 64 bits whatever they are.
const LENGTH_DIGITS: usize = 18;

/// What the lines so far said.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// Where the line begins that has not ended.
    at: usize,
    /// Where the bytes begin that nobody has looked at.
    seen: usize,
    line: Option<RequestLine>,
    fields: usize,
    host: Option<Authority>,
    length: Option<u64>,
    chunked: bool,
    upgrade: bool,
}

/// A head that has come whole.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Whole {
    /// Its bytes.
    pub(super) size: usize,
    pub(super) body: Body,
    /// Whether nothing behind the message is read.
    pub(super) last: bool,
}

/// How the end of a body is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// By its length, which may be nothing.
    Sized(u64),
    /// By its chunks.
    Chunked,
}

impl Head {
    /// Reads the lines that have ended of a head that `bytes` begin with; what was given before is given again.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Result<Option<Whole>, Flaw> {
        loop {
            let rest = bytes.get(self.at..).unwrap_or_default();
            let (most, long) = self.bound()?;
            let Some(length) = line::length(rest, self.seen - self.at, most, long)? else {
                // A CR at the end may be half of a line's end.
                self.seen = bytes.len() - usize::from(rest.ends_with(b"\r"));
                return Ok(None);
            };
            let text = rest.get(..length).unwrap_or_default();
            self.at += length + 2;
            self.seen = self.at;
            match &self.line {
                None => self.line = Some(RequestLine::read(text)?),
                Some(line) if text.is_empty() => return self.end(line).map(Some),
                Some(_) => self.field(text)?,
            }
        }
    }

    /// How long the next line may be, and what a longer one is.
    fn bound(&self) -> Result<(usize, Flaw), Flaw> {
        if self.line.is_none() {
            return Ok((TARGET_SIZE + LINE_SLACK, Flaw::TargetTooLong));
        }
        let left = HEAD_SIZE.checked_sub(self.at + 2).ok_or(Flaw::HeadTooLarge)?;
        Ok((left, Flaw::HeadTooLarge))
    }

    fn field(&mut self, text: &[u8]) -> Result<(), Flaw> {
        if let [b' ' | b'\t', ..] = text {
            return Err(Flaw::Folded);
        }
        let (name, value) = line::field(text)?;
        self.fields += 1;
        if self.fields > FIELDS {
            return Err(Flaw::TooManyFields);
        }
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        if is("host") {
            let host = target::host(value)?;
            return if self.host.replace(host).is_none() { Ok(()) } else { Err(Flaw::HostRepeated) };
        }
        if is("content-length") {
            let length = length(value)?;
            return if self.length.replace(length).is_none() { Ok(()) } else { Err(Flaw::LengthRepeated) };
        }
        if is("transfer-encoding") {
            let again = std::mem::replace(&mut self.chunked, true);
            let is_chunked = value.eq_ignore_ascii_case(b"chunked") && !again;
            return if is_chunked { Ok(()) } else { Err(Flaw::Coding) };
        }
        self.upgrade |= is("upgrade");
        if is("expect") && !value.eq_ignore_ascii_case(b"100-continue") {
            return Err(Flaw::Expectation);
        }
        Ok(())
    }

    fn end(&self, line: &RequestLine) -> Result<Whole, Flaw> {
        match (&line.authority, &self.host) {
            (_, None) if line.version == Version::Eleven => return Err(Flaw::HostMissing),
            (Some(authority), Some(host)) if authority != host => return Err(Flaw::HostDiffers),
            (Some(_) | None, Some(_) | None) => {}
        }
        if self.chunked && line.version == Version::Ten {
            return Err(Flaw::CodingTooOld);
        }
        let body = match (self.chunked, self.length) {
            (true, Some(_)) => return Err(Flaw::LengthAndCoding),
            (true, None) => Body::Chunked,
            (false, length) => Body::Sized(length.unwrap_or_default()),
        };
        Ok(Whole { size: self.at, body, last: self.upgrade })
    }
}

/// A length: digits, and no zero before another one, which some read as octal.
fn length(value: &[u8]) -> Result<u64, Flaw> {
    let is_number = match value {
        [b'0'] => true,
        [b'1'..=b'9', rest @ ..] => rest.len() < LENGTH_DIGITS && rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    let text = is_number.then(|| std::str::from_utf8(value).ok()).flatten();
    text.and_then(|text| text.parse().ok()).ok_or(Flaw::LengthInvalid)
}
