//! Keeps what senders wrote from acting on a terminal: control characters and those that turn the direction of text are
//! shown as escapes. (<https://nvd.nist.gov/vuln/detail/CVE-2021-42574> is what the latter are used for.)

use std::fmt::Write as _;

/// Text of one line.
pub fn line(text: &str) -> String {
    escaped(text, |character| is_unsafe(character) || matches!(character, '\n' | '\t' | '\r'))
}

/// Text of many lines.
pub fn lines(text: &str) -> String {
    escaped(text, |character| is_unsafe(character) && !matches!(character, '\n' | '\t'))
}

/// JSON, whose strings may hold anything: it stays the same JSON.
pub fn json(text: &str) -> String {
    escaped(text, |character| is_unsafe(character) && character != '\n')
}

fn escaped(text: &str, is_shown: impl Fn(char) -> bool) -> String {
    let mut clean = String::with_capacity(text.len());
    for character in text.chars() {
        if is_shown(character) {
            // The form that JSON, YAML in quotes, and people read.
            let _cannot_fail = write!(clean, "\\u{:04x}", u32::from(character));
        } else {
            clean.push(character);
        }
    }
    clean
}

fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        assert_eq!(
            line("a\x1b[31mb\x07\u{9b}2J\u{202e}c\r\n\tü"),
            "a\\u001b[31mb\\u0007\\u009b2J\\u202ec\\u000d\\u000a\\u0009ü"
        );
        assert_eq!(lines("a\n\tb\x1bc\r"), "a\n\tb\\u001bc\\u000d");
    }

    #[test]
    fn json_stays_the_same_json() {
        let value = serde_json::json!({"a\u{9b}": "x\x1b\u{7f}\u{202e}\n"});
        let text = json(&serde_json::to_string_pretty(&value).unwrap());
        assert!(text.chars().all(|character| character == '\n' || !is_unsafe(character)), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
