//! The gate before the parser: bounds on size, tokens and brackets, and names that the parser can read.
//!
//! CEL knows no `$`. Each `$name` becomes `_name`, of the same length, so that every column stays what it was; the gate
//! says which names those are. Nothing that is let through can overflow the parser's stack.

use std::collections::BTreeSet;

use super::ExprError;
use super::lexer::{Lexer, TokenKind};
use crate::limits::{EXPRESSION_BRACKETS, EXPRESSION_SIZE, EXPRESSION_TOKENS};

/// What the parser is given.
#[derive(Debug)]
pub(super) struct Gated {
    /// The source with `_` for `$`.
    pub(super) text: String,
    /// The names that had a `$`, with `_` for it.
    pub(super) roots: BTreeSet<String>,
}

/// Lets an expression through, or says what is too much about it. Columns count characters of `source` from 1.
pub(super) fn admit(source: &str) -> Result<Gated, ExprError> {
    if source.len() > EXPRESSION_SIZE {
        return Err(ExprError::new(format!("an expression of more than {EXPRESSION_SIZE} bytes"), 1));
    }
    let mut gate = Gate::default();
    let mut text = source.to_owned();
    for token in Lexer::new(source, 0) {
        let token = token.map_err(|error| ExprError::new(error.message, column(source, error.at)))?;
        let word = source.get(token.start..token.end).unwrap_or_default();
        gate.pass(token.kind, word).map_err(|message| ExprError::new(message, column(source, token.start)))?;
        if token.kind == TokenKind::Root {
            text.replace_range(token.start..=token.start, "_");
        }
    }
    Ok(Gated { text, roots: gate.roots })
}

/// What has passed so far.
#[derive(Default)]
struct Gate {
    tokens: usize,
    brackets: usize,
    after_dot: bool,
    roots: BTreeSet<String>,
    names: BTreeSet<String>,
}

impl Gate {
    fn pass(&mut self, kind: TokenKind, word: &str) -> Result<(), String> {
        self.tokens += 1;
        if self.tokens > EXPRESSION_TOKENS {
            return Err(format!("an expression of more than {EXPRESSION_TOKENS} tokens"));
        }
        match kind {
            TokenKind::Open => self.brackets += 1,
            TokenKind::Close => self.brackets = self.brackets.saturating_sub(1),
            TokenKind::Root => self.root(word)?,
            TokenKind::Name => self.name(word)?,
            TokenKind::Literal | TokenKind::Dot | TokenKind::Sign => {}
        }
        if self.brackets > EXPRESSION_BRACKETS {
            return Err(format!("brackets deeper than {EXPRESSION_BRACKETS}"));
        }
        // `.?` selects a member too.
        self.after_dot = kind == TokenKind::Dot || (self.after_dot && word == "?");
        Ok(())
    }

    fn root(&mut self, word: &str) -> Result<(), String> {
        if self.after_dot {
            return Err(format!("`{word}` is the name of a variable and cannot be a member; write ['{word}']"));
        }
        let name = word.replacen('$', "_", 1);
        if self.names.contains(&name) {
            return Err(format!("`{name}` and `{word}` cannot both be used in one expression"));
        }
        self.roots.insert(name);
        Ok(())
    }

    fn name(&mut self, word: &str) -> Result<(), String> {
        if self.after_dot || !word.starts_with('_') {
            return Ok(());
        }
        if self.roots.contains(word) {
            let root = word.replacen('_', "$", 1);
            return Err(format!("`{root}` and `{word}` cannot both be used in one expression"));
        }
        self.names.insert(word.to_owned());
        Ok(())
    }
}

/// The character, counted from 1, that begins at a byte.
pub(crate) fn column(source: &str, byte: usize) -> usize {
    source.get(..byte).map_or(1, |before| before.chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_is_renamed_outside_of_literals_and_keeps_its_column() {
        let gated = admit("$context.data['$x'] == b\"$y\" // $z").unwrap();
        assert_eq!(gated.text, "_context.data['$x'] == b\"$y\" // $z");
        assert_eq!(gated.roots, BTreeSet::from(["_context".to_owned()]));
    }

    #[test]
    fn a_name_cannot_pass_for_a_root() {
        assert_eq!(admit("_a + $a").unwrap_err().column, 6);
        assert_eq!(admit("$a + _a").unwrap_err().column, 6);
        assert!(admit("$a.b._a + $b").is_ok());
        assert!(admit("$a.?_a + $b").is_ok());
        assert_eq!(admit("$a.?$b").unwrap_err().column, 5);
        let error = admit("é.$a").unwrap_err();
        assert_eq!(error, ExprError::new("`$a` is the name of a variable and cannot be a member; write ['$a']", 3));
    }

    #[test]
    fn size_tokens_and_brackets_are_bounded() {
        assert!(admit(&"a".repeat(4_096)).is_ok());
        assert_eq!(admit(&"a".repeat(4_097)).unwrap_err().message, "an expression of more than 4096 bytes");
        assert!(admit(&"a ".repeat(1_000)).is_ok());
        assert_eq!(
            admit(&"a ".repeat(1_001)).unwrap_err(),
            ExprError::new("an expression of more than 1000 tokens", 2_001)
        );
        assert!(admit(&"({".repeat(32)).is_ok());
        assert_eq!(admit(&"({".repeat(33)).unwrap_err(), ExprError::new("brackets deeper than 64", 65));
    }
}
