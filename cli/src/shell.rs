//! Words for a POSIX shell.

/// The word in quotes where it needs them (POSIX.1-2024, XCU 2.2.2).
pub fn quote(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn a_word_that_the_shell_would_change_is_quoted() {
        assert_eq!(quote("examples/quickstart"), "examples/quickstart");
        assert_eq!(quote("{\"name\": \"Ada\"}"), "'{\"name\": \"Ada\"}'");
        assert_eq!(quote("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(quote(""), "''");
    }
}
