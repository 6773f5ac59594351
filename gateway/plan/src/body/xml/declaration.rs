//! The XML declaration (XML 1.0, 2.8, 2.9 and 4.3.3): version, then encoding, then standalone. Pure.

const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// Whether this may stand between `<?` and `?>` at the beginning of a document.
pub(super) fn is_legal(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("xml") else { return false };
    let Some(mut fields) = fields(rest) else { return false };
    fields.reverse();
    let is_version = fields.pop().is_some_and(|(name, value)| name == "version" && is_version(value));
    let mut take = |wanted: &str, is_value: fn(&str) -> bool| {
        let Some((_, value)) = fields.pop_if(|(name, _)| *name == wanted) else { return true };
        is_value(value)
    };
    is_version && take("encoding", is_encoding) && take("standalone", is_answer) && fields.is_empty()
}

/// `name="value"` with space before each.
fn fields(text: &str) -> Option<Vec<(&str, &str)>> {
    let mut fields = Vec::new();
    let mut rest = text;
    loop {
        let next = rest.trim_start_matches(SPACE);
        if next.is_empty() {
            return Some(fields);
        }
        let (name, after) = next.split_once('=')?;
        let after = after.trim_start_matches(SPACE);
        let quote = after.chars().next().filter(|quote| ['"', '\''].contains(quote))?;
        let (value, after) = after.get(1..)?.split_once(quote)?;
        if next.len() == rest.len() {
            return None;
        }
        fields.push((name.trim_end_matches(SPACE), value));
        rest = after;
    }
}

/// `1.` and digits.
fn is_version(value: &str) -> bool {
    value.strip_prefix("1.").is_some_and(|minor| !minor.is_empty() && minor.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_encoding(value: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    value.starts_with(|first: char| first.is_ascii_alphabetic()) && value.bytes().all(legal)
}

fn is_answer(value: &str) -> bool {
    ["yes", "no"].contains(&value)
}
