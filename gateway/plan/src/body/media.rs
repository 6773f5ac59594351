//! Media types as a Content-Type field writes them (RFC 9110, 8.3.1 and 5.6.6). Knows none of them by name.

use http::{HeaderMap, header};

use super::BodyFault;

/// A media type with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaType {
    /// Type and subtype in lower case, with the slash between them.
    essence: String,
    /// Names in lower case, values as they mean, quotes and escapes removed. Each name once.
    parameters: Vec<(String, String)>,
}

impl MediaType {
    /// The type of a body: the one Content-Type field. Two fields, a field without a type and one that is no type are
    /// refused.
    pub fn of(headers: &HeaderMap) -> Result<Self, BodyFault> {
        let mut fields = headers.get_all(header::CONTENT_TYPE).iter();
        let (Some(only), None) = (fields.next(), fields.next()) else { return Err(BodyFault::Type) };
        Self::parse(only.to_str().map_err(|_| BodyFault::Type)?)
    }

    /// Reads `type/subtype; name=value; name="value"`.
    pub fn parse(text: &str) -> Result<Self, BodyFault> {
        let (essence, rest) = text.split_at(text.find(';').unwrap_or(text.len()));
        let essence = essence.trim_matches(BLANK);
        let is_type = essence.split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype));
        if !is_type {
            return Err(BodyFault::Type);
        }
        let parameters = parameters(rest).ok_or(BodyFault::Parameters)?;
        Ok(Self { essence: essence.to_ascii_lowercase(), parameters })
    }

    /// Type and subtype in lower case: `application/json`.
    pub fn essence(&self) -> &str {
        &self.essence
    }

    /// What stands before the slash.
    pub fn top(&self) -> &str {
        self.essence.split_once('/').map_or("", |(top, _)| top)
    }

    /// The structured syntax of the suffix: `json` of `application/problem+json` (RFC 6838, 4.2.8).
    pub fn suffix(&self) -> Option<&str> {
        self.essence.rsplit_once('+').map(|(_, suffix)| suffix)
    }

    /// A parameter, by its name in lower case.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| &**value)
    }
}

/// Space between the parts of a field.
const BLANK: [char; 2] = [' ', '\t'];

/// `; name=value` as often as it stands; `None` where it is something else, or a name stands twice. An empty parameter
/// is skipped (RFC 9110, 5.6.6).
pub(super) fn parameters(text: &str) -> Option<Vec<(String, String)>> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut rest = text.trim_matches(BLANK);
    while !rest.is_empty() {
        rest = rest.strip_prefix(';')?.trim_start_matches(BLANK);
        if rest.is_empty() || rest.starts_with(';') {
            continue;
        }
        let (name, after) = rest.split_once('=')?;
        let (value, after) = value(after)?;
        let name = name.to_ascii_lowercase();
        if !is_token(&name) || found.iter().any(|(known, _)| *known == name) {
            return None;
        }
        found.push((name, value));
        rest = after.trim_start_matches(BLANK);
    }
    Some(found)
}

/// A token or a quoted string, and what stands behind it.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ' ', '\t']).unwrap_or(text.len());
        let (token, after) = text.split_at(end);
        // Boundaries with characters that ask for quotes come without them.
        let is_value = !token.is_empty() && !token.contains('"');
        return is_value.then(|| (token.to_owned(), after));
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, quoted.get(at + 1..)?)),
            // Browsers write a backslash as it is (HTML, 4.10.21.8), others escape by it: only these two are escaped.
            '\\' if quoted.get(at + 1..)?.starts_with(['"', '\\']) => value.push(characters.next()?.1),
            other => value.push(other),
        }
    }
    None
}

/// RFC 9110, 5.6.2.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
