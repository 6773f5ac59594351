//! CEL's tokens, just far enough to know where literals, names and brackets are.
//!
//! Reads before the parser does: for the gate, which counts, and for templates, which look for their end. What it takes
//! for a token is never longer than what CEL takes for one, so counting errs on the safe side.

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    /// The first byte.
    pub(crate) start: usize,
    /// The byte after the last one.
    pub(crate) end: usize,
}

/// The kinds that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A name or a keyword.
    Name,
    /// `$name`
    Root,
    /// A number, a text, bytes, or a name in back quotes.
    Literal,
    /// `(`, `[` or `{`
    Open,
    /// `)`, `]` or `}`
    Close,
    /// `.`
    Dot,
    /// Any other character.
    Sign,
}

/// A character that begins no token, or a literal without an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LexError {
    pub(crate) message: &'static str,
    /// The byte.
    pub(crate) at: usize,
}

/// The tokens of a text, from a byte on.
pub(crate) struct Lexer<'s> {
    text: &'s str,
    at: usize,
}

impl<'s> Lexer<'s> {
    pub(crate) const fn new(text: &'s str, from: usize) -> Self {
        Self { text, at: from }
    }

    fn rest(&self) -> &'s str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn token(&mut self) -> Result<Option<Token>, LexError> {
        self.space();
        let start = self.at;
        let Some(first) = self.rest().chars().next() else { return Ok(None) };
        let kind = match first {
            '$' => self.root()?,
            '\'' | '"' => self.text_literal(start, false)?,
            '`' => self.quoted_name()?,
            '(' | '[' | '{' => self.single(first, TokenKind::Open),
            ')' | ']' | '}' => self.single(first, TokenKind::Close),
            '.' => self.single(first, TokenKind::Dot),
            '0'..='9' => self.number(),
            _ if is_name_start(first) => self.name()?,
            _ => self.single(first, TokenKind::Sign),
        };
        Ok(Some(Token { kind, start, end: self.at }))
    }

    /// White space and comments.
    fn space(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']);
            let comment = if trimmed.starts_with("//") { trimmed.find('\n').unwrap_or(trimmed.len()) } else { 0 };
            self.at += rest.len() - trimmed.len() + comment;
            if comment == 0 {
                return;
            }
        }
    }

    fn single(&mut self, character: char, kind: TokenKind) -> TokenKind {
        self.at += character.len_utf8();
        kind
    }

    fn root(&mut self) -> Result<TokenKind, LexError> {
        let at = self.at;
        self.at += 1;
        if !self.rest().starts_with(is_name_start) {
            return Err(LexError { message: "`$` must be followed by the name of a variable", at });
        }
        self.skip(is_name);
        Ok(TokenKind::Root)
    }

    /// A name, or the prefix of a text.
    fn name(&mut self) -> Result<TokenKind, LexError> {
        let start = self.at;
        self.skip(is_name);
        let name = self.text.get(start..self.at).unwrap_or_default();
        let prefix = matches!(name, "r" | "R" | "b" | "B" | "br" | "bR" | "Br" | "BR" | "rb" | "rB" | "Rb" | "RB");
        if prefix && self.rest().starts_with(['\'', '"']) {
            return self.text_literal(start, name.contains(['r', 'R']));
        }
        Ok(TokenKind::Name)
    }

    fn number(&mut self) -> TokenKind {
        self.skip(|c| c.is_ascii_digit());
        let mut after = self.rest().chars();
        if after.next() == Some('.') && after.next().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
            self.skip(|c| c.is_ascii_digit());
        }
        let exponent = self.rest().strip_prefix(['e', 'E']).map(|rest| rest.strip_prefix(['+', '-']).unwrap_or(rest));
        if let Some(digits) = exponent.filter(|digits| digits.starts_with(|c: char| c.is_ascii_digit())) {
            self.at = self.text.len() - digits.len();
        }
        self.skip(is_name);
        TokenKind::Literal
    }

    /// A text from its quote on; the token began at `start`.
    fn text_literal(&mut self, start: usize, raw: bool) -> Result<TokenKind, LexError> {
        let unended = LexError { message: "a text without an end", at: start };
        let rest = self.rest();
        let quote = ["'''", "\"\"\"", "'", "\""].into_iter().find(|quote| rest.starts_with(quote)).ok_or(unended)?;
        self.at += quote.len();
        loop {
            let rest = self.rest();
            if rest.starts_with(quote) {
                self.at += quote.len();
                return Ok(TokenKind::Literal);
            }
            let mut characters = rest.chars();
            let first = characters.next().ok_or(unended)?;
            if quote.len() == 1 && matches!(first, '\n' | '\r') {
                return Err(unended);
            }
            self.at += first.len_utf8();
            if first == '\\' && !raw {
                self.at += characters.next().ok_or(unended)?.len_utf8();
            }
        }
    }

    fn quoted_name(&mut self) -> Result<TokenKind, LexError> {
        let at = self.at;
        let inside = self.rest().get(1..).unwrap_or_default();
        let length = inside.find('`').ok_or(LexError { message: "a name without its closing back quote", at })?;
        self.at += length + 2;
        Ok(TokenKind::Literal)
    }

    fn skip(&mut self, wanted: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(wanted).len();
    }
}

impl Iterator for Lexer<'_> {
    type Item = Result<Token, LexError>;

    fn next(&mut self) -> Option<Self::Item> {
        let token = self.token().transpose();
        if matches!(token, Some(Err(_))) {
            self.at = self.text.len();
        }
        token
    }
}

const fn is_name_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

const fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests;
