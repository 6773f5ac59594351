//! What senders write reaches a terminal as text, and tools as it was sent.

use super::*;

/// Says its sender's own words.
const ECHO: &str = "
apiVersion: boathook.dev/v1alpha1
kind: WebhookWorkflow
metadata: {name: echo}
spec:
  webhook: {public: true}
  steps:
  - name: say
    set: {said: \"{{ $context.data.name }}\"}
  - name: stop
    end: {outcome: Failed, message: \"no {{ $context.data.name }}\"}
  response: {mode: Sync}
";

/// Clears the screen, sets the window's title, does it with eight-bit controls, and turns the direction of text.
const WORDS: &str = "a\x1b[2J\x1b]0;title\x07b\u{9b}31mc\u{202e}d\u{7f}e\r\nf";

#[test]
fn nothing_that_a_terminal_obeys_is_printed() {
    let desk = Desk::serving(ECHO);
    let body = serde_json::json!({"name": WORDS, WORDS: 1}).to_string();
    desk.send("default/echo?q=%1b%5b2J", &body);
    let id = &desk.ids(&[], 1)[0];
    for words in [
        &["list"][..],
        &["list", "-o", "wide"],
        &["list", "-o", "json"],
        &["list", "-o", "yaml"],
        &["get", id],
        &["get", id, "-o", "json"],
        &["get", id, "-o", "yaml"],
        &["get", id, "-o", "wide"],
        &["export"],
    ] {
        let told = desk.told(words);
        let found = told.chars().find(|character| is_obeyed(*character));
        assert_eq!(found, None, "{words:?}: {told:?}");
    }
    let followed = desk.ask(&["tail", id]);
    assert_eq!(followed.status.code(), Some(1), "it failed");
    assert!(!out(&followed).chars().any(is_obeyed), "{:?}", out(&followed));
    let refused = desk.ask(&["get", "\x1b[2J"]);
    assert!(!err(&refused).chars().any(is_obeyed), "{:?}", err(&refused));

    let record: serde_json::Value = serde_json::from_str(&desk.told(&["get", id, "-o", "json"])).unwrap();
    assert_eq!(record["status"]["steps"][0]["result"]["said"], WORDS);
    assert_eq!(record["spec"]["request"]["body"][WORDS], 1);
    let told = desk.told(&["get", id]);
    assert!(told.contains("a\\u001b[2J\\u001b]0;title\\u0007b\\u009b31mc\\u202ed\\u007fe"), "{told}");
}

fn is_obeyed(character: char) -> bool {
    (character.is_control() && character != '\n') || character == '\u{202e}'
}

#[test]
fn numbers_are_told_as_they_were_sent() {
    let desk = Desk::serving(ECHO);
    desk.send("default/echo", r#"{"name":12345678901234567890.10}"#);
    let id = &desk.ids(&[], 1)[0];
    for words in [&["get", id][..], &["get", id, "-o", "json"], &["get", id, "-o", "yaml"], &["export"]] {
        let told = desk.told(words);
        assert!(told.contains("12345678901234567890.10"), "{words:?}: {told}");
    }
}
