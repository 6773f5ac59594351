//! Path patterns as a workflow writes them: `/github/{repo}`, `/files/{*rest}`.
//!
//! Decides whether a pattern is one; matches nothing.

use std::fmt;

/// Bytes of a pattern, prefix and namespace included: a request's whole target is at most 8 KiB, and a path that people
/// read is far shorter.
pub const PATTERN_SIZE: usize = 1024;

/// Names of one pattern: more cannot be told apart by reading it.
pub const PATTERN_NAMES: usize = 16;

/// A whole path pattern that requests can be matched against.
///
/// Literal segments hold what RFC 3986 allows in a segment without percent-encoding, so that exactly one spelling of a
/// request's path matches.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pattern {
    text: String,
    names: Vec<String>,
}

impl Pattern {
    /// Reads a pattern.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        if text.len() > PATTERN_SIZE {
            return Err(PatternError::TooLong);
        }
        let path = text.strip_prefix('/').ok_or(PatternError::NotAbsolute)?;
        let mut names = Vec::new();
        let mut segments = path.split('/').peekable();
        while let Some(segment) = segments.next() {
            let last = segments.peek().is_none();
            match Segment::parse(segment, last)? {
                Segment::Literal => {}
                Segment::Name(name) => add_name(&mut names, name)?,
            }
        }
        Ok(Self { text: text.to_owned(), names })
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The names of its parameters, in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

enum Segment<'a> {
    Literal,
    Name(&'a str),
}

impl<'a> Segment<'a> {
    fn parse(text: &'a str, last: bool) -> Result<Self, PatternError> {
        match text {
            "" if last => return Ok(Self::Literal),
            "" => return Err(PatternError::EmptySegment),
            "." | ".." => return Err(PatternError::DotSegment),
            _ => {}
        }
        let Some(inner) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
            return literal(text).map(|()| Self::Literal);
        };
        let name = match inner.strip_prefix('*') {
            Some(_) if !last => return Err(PatternError::RestNotLast),
            Some(rest) => rest,
            None => inner,
        };
        if is_name(name) { Ok(Self::Name(name)) } else { Err(PatternError::BadName { name: name.to_owned() }) }
    }
}

fn literal(segment: &str) -> Result<(), PatternError> {
    match segment.chars().find(|&found| !is_literal(found)) {
        None => Ok(()),
        Some('{' | '}') => Err(PatternError::PartialSegment { segment: segment.to_owned() }),
        Some(found) => Err(PatternError::BadCharacter { found }),
    }
}

/// `pchar` of RFC 3986 without percent-encoding.
fn is_literal(found: char) -> bool {
    found.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@".contains(found)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|found| found.is_ascii_alphanumeric() || found == '_')
}

fn add_name(names: &mut Vec<String>, name: &str) -> Result<(), PatternError> {
    if names.iter().any(|known| known == name) {
        return Err(PatternError::RepeatedName { name: name.to_owned() });
    }
    if names.len() == PATTERN_NAMES {
        return Err(PatternError::TooManyNames);
    }
    names.push(name.to_owned());
    Ok(())
}

/// Why a text is not a path pattern; each message says what the pattern must be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Longer than [`PATTERN_SIZE`].
    #[error("must be at most {PATTERN_SIZE} bytes long")]
    TooLong,
    /// Empty, or without the leading slash.
    #[error("must start with /")]
    NotAbsolute,
    /// Two slashes in a row.
    #[error("must not hold an empty segment (//)")]
    EmptySegment,
    /// A segment that clients resolve before they send.
    #[error("must not hold a segment . or ..")]
    DotSegment,
    /// A character that has no unencoded place in a path segment.
    #[error("must not hold {found:?}: a literal segment is letters, digits and -._~!$&'()*+,;=:@")]
    BadCharacter {
        /// The first such character.
        found: char,
    },
    /// A parameter beside other text.
    #[error("must give a parameter a whole segment, unlike {segment:?}")]
    PartialSegment {
        /// The segment.
        segment: String,
    },
    /// A parameter's name that expressions could not write.
    #[error("must name a parameter [a-z][A-Za-z0-9_]*, unlike {name:?}")]
    BadName {
        /// The name.
        name: String,
    },
    /// A name that stands twice.
    #[error("must use a parameter's name once: {name}")]
    RepeatedName {
        /// The name.
        name: String,
    },
    /// `{*rest}` before the end.
    #[error("must have {{*name}} as its last segment only")]
    RestNotLast,
    /// More than [`PATTERN_NAMES`].
    #[error("must hold at most {PATTERN_NAMES} parameters")]
    TooManyNames,
}
