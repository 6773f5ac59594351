//! The result of a script, as JSON that every reader takes. Pure.

/// What stands for half of a character that needs two: RFC 8259 leaves open what such text means, and strict readers
/// refuse it. A script makes one where it cuts a text.
const REPLACEMENT: &str = "\\ufffd";

/// Bytes of an escape.
const ESCAPE: usize = REPLACEMENT.len();

/// Puts the replacement character for halves that have no other half. `JSON.stringify` writes those as escapes, and no
/// others of them: <https://tc39.es/ecma262/#sec-quotejsonstring>.
pub(super) fn well_formed(json: String) -> String {
    if !json.contains("\\ud") {
        return json;
    }
    let mut made = String::with_capacity(json.len());
    let mut rest = json.as_str();
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        let is_half = escape.starts_with("\\ud") && matches!(escape.as_bytes().get(3), Some(b'8'..=b'f'));
        let size = if is_half { ESCAPE } else { 2 };
        let (escape, after) = escape.split_at_checked(size).unwrap_or((escape, ""));
        made.push_str(before);
        made.push_str(if is_half { REPLACEMENT } else { escape });
        rest = after;
    }
    made.push_str(rest);
    made
}

#[cfg(test)]
mod tests {
    use super::well_formed;

    #[test]
    fn half_a_character_is_replaced_and_nothing_else() {
        for (json, expected) in [
            (r#""123456789\ud83d""#, r#""123456789\ufffd""#),
            (r#"{"\udc4d":["\udfff","\ud800\udbff"]}"#, r#"{"\ufffd":["\ufffd","\ufffd\ufffd"]}"#),
            (r#""\\ud83d \u0001\n\\\ud83d""#, r#""\\ud83d \u0001\n\\\ufffd""#),
            (r#""👍""#, r#""👍""#),
            (r#""\u001f\\""#, r#""\u001f\\""#),
        ] {
            assert_eq!(well_formed(json.to_owned()), expected);
        }
    }
}
