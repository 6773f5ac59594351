//! The tokens of a JSON text (RFC 8259, sections 2, 3, 6 and 7). Knows nothing of values that nest.

use std::borrow::Cow;

use super::ReadFault;
use crate::json::Json;

/// A place in a text.
pub(super) struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scanner<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// The byte that comes next, counted from 0.
    pub(super) const fn offset(&self) -> usize {
        self.at
    }

    pub(super) const fn at_end(&self) -> bool {
        self.at == self.text.len()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// What is left.
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn skip_byte_order_mark(&mut self) {
        if self.rest().starts_with('\u{feff}') {
            self.at += '\u{feff}'.len_utf8();
        }
    }

    pub(super) fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    pub(super) fn require(&mut self, byte: u8) -> Result<(), ReadFault> {
        if self.eat(byte) { Ok(()) } else { Err(ReadFault::Malformed) }
    }

    /// `null`, `true` or `false`.
    pub(super) fn literal(&mut self) -> Result<Json, ReadFault> {
        let literals = [("null", Json::Null), ("true", Json::Bool(true)), ("false", Json::Bool(false))];
        let rest = self.rest();
        let (name, value) =
            literals.into_iter().find(|(name, _)| rest.starts_with(name)).ok_or(ReadFault::Malformed)?;
        self.at += name.len();
        Ok(value)
    }

    /// The text of a number.
    pub(super) fn number(&mut self) -> Result<&'t str, ReadFault> {
        let start = self.at;
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _signed = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        self.text.get(start..self.at).ok_or(ReadFault::Malformed)
    }

    fn digits(&mut self) -> Result<(), ReadFault> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err(ReadFault::Malformed) } else { Ok(()) }
    }

    /// A string's text; borrowed unless it has escapes.
    pub(super) fn string(&mut self) -> Result<Cow<'t, str>, ReadFault> {
        self.require(b'"')?;
        let mut text = Cow::Borrowed(self.plain());
        while !self.eat(b'"') {
            let character = self.escape()?;
            let text = text.to_mut();
            text.push(character);
            text.push_str(self.plain());
        }
        Ok(text)
    }

    /// A string of which nobody wants the text.
    pub(super) fn skip_string(&mut self) -> Result<(), ReadFault> {
        self.require(b'"')?;
        self.plain();
        while !self.eat(b'"') {
            self.escape()?;
            self.plain();
        }
        Ok(())
    }

    /// The characters up to a quote, an escape or a control character.
    fn plain(&mut self) -> &'t str {
        let rest = self.rest();
        let length = rest.bytes().position(|byte| byte < 0x20 || byte == b'"' || byte == b'\\').unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn escape(&mut self) -> Result<char, ReadFault> {
        self.require(b'\\')?;
        let kind = self.peek().ok_or(ReadFault::Malformed)?;
        self.at += 1;
        match kind {
            b'"' | b'\\' | b'/' => Ok(char::from(kind)),
            b'b' => Ok('\u{8}'),
            b'f' => Ok('\u{c}'),
            b'n' => Ok('\n'),
            b'r' => Ok('\r'),
            b't' => Ok('\t'),
            b'u' => self.unicode(),
            _ => Err(ReadFault::Malformed),
        }
    }

    /// The character of `\uXXXX`, or of a surrogate pair of them.
    fn unicode(&mut self) -> Result<char, ReadFault> {
        let first = self.hex()?;
        let mut units = vec![first];
        if (0xD800..0xDC00).contains(&first) {
            self.require(b'\\')?;
            self.require(b'u')?;
            units.push(self.hex()?);
        }
        char::decode_utf16(units).next().and_then(Result::ok).ok_or(ReadFault::Malformed)
    }

    fn hex(&mut self) -> Result<u16, ReadFault> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(ReadFault::Malformed)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(ReadFault::Malformed);
        }
        self.at += 4;
        u16::from_str_radix(digits, 16).map_err(|_| ReadFault::Malformed)
    }
}
