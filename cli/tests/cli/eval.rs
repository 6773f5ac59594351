//! `boathook eval`, as `docs` show it.

use std::fs;

use boathook_cli::Exit;

use crate::support::boathook;

fn file(text: &str) -> (tempfile::NamedTempFile, String) {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), text).unwrap();
    let path = file.path().to_str().unwrap().to_owned();
    (file, path)
}

#[tokio::test]
async fn a_value_is_printed_as_text_or_with_its_type() {
    for (source, text, json) in [
        ("1 + 2", "3\n", r#"{"type":"int","value":3}"#),
        ("'Ada'", "Ada\n", r#"{"type":"string","value":"Ada"}"#),
        ("{{ {'a': [1u, 2.5]} }}", "{\"a\":[1,2.5]}\n", r#"{"type":"map","value":{"a":[1,2.5]}}"#),
        ("-1", "-1\n", r#"{"type":"int","value":-1}"#),
        ("b'abc'", "YWJj\n", r#"{"type":"bytes","value":"YWJj"}"#),
        ("1.0 / 0.0", "Infinity\n", r#"{"type":"double","value":"Infinity"}"#),
        ("duration('90s')", "90s\n", r#"{"type":"google.protobuf.Duration","value":"90s"}"#),
        (
            "timestamp('2026-01-02T03:04:05Z')",
            "2026-01-02T03:04:05Z\n",
            r#"{"type":"google.protobuf.Timestamp","value":"2026-01-02T03:04:05Z"}"#,
        ),
        ("sum: {{ 1 + 2 }}", "sum: 3\n", r#"{"type":"string","value":"sum: 3"}"#),
    ] {
        let printed = boathook(&["eval", source]).await;
        assert_eq!((printed.exit, printed.out.as_str()), (Exit::Done, text), "{source}: {}", printed.err);
        let printed = boathook(&["eval", source, "-o", "json"]).await;
        assert_eq!(printed.out, format!("{json}\n"), "{source}");
    }
}

#[tokio::test]
async fn context_and_vars_are_seen_under_their_names() {
    let (_context, context) = file(r#"{"data": {"name": "Ada"}}"#);
    let (_vars, vars) = file(r#"{"greeting": "Hello", "$vars": {"mark": "!"}}"#);
    let source = "{{ greeting }}, {{ $context.data.name }}{{ $vars.mark }}";
    let printed = boathook(&["eval", source, "--context", &context, "--vars", &vars]).await;
    assert_eq!(printed.out, "Hello, Ada!\n", "{}", printed.err);
}

#[tokio::test]
async fn what_yields_no_value_is_exit_1_and_shows_where() {
    let refused = boathook(&["eval", "nobody + 1"]).await;
    assert_eq!(refused.exit, Exit::No);
    assert_eq!(refused.out, "");
    let in_template = boathook(&["eval", "size: {{ 1 + }}"]).await;
    assert_eq!(in_template.exit, Exit::No);
    assert!(in_template.err.contains("1 | size: {{ 1 + }}\n  |"), "{}", in_template.err);
    let missing = boathook(&["eval", "$context.data.name"]).await;
    assert_eq!(missing.exit, Exit::No);
    assert!(missing.err.contains("PathMissing"), "{}", missing.err);
}

#[tokio::test]
async fn a_batch_yields_one_line_for_each() {
    let (_batch, batch) = file(
        r#"{"expr": "x + 1", "bindings": {"x": {"v": "41", "t": "int"}}}

{"expr": "{'a': 1u}"}
{"expr": "1 / 0", "bindings": {}}
"#,
    );
    let printed = boathook(&["eval", "--batch", &batch]).await;
    let lines: Vec<_> = printed.out.lines().collect();
    assert_eq!(printed.exit, Exit::Done);
    assert_eq!(lines.len(), 3, "{}", printed.out);
    assert_eq!(lines[0], r#"{"value":{"v":"42","t":"int"}}"#);
    assert_eq!(lines[1], r#"{"value":{"v":[[{"v":"a"},{"v":"1","t":"uint"}]],"t":"map"}}"#);
    assert!(lines[2].starts_with(r#"{"error":"#), "{}", lines[2]);
}

#[tokio::test]
async fn a_line_that_is_not_of_the_form_is_named() {
    let (_batch, batch) = file("{\"expr\": \"1\"}\n{\"expr\": \"x\", \"bindings\": {\"x\": 1}}\n");
    let printed = boathook(&["eval", "--batch", &batch]).await;
    assert_eq!(printed.exit, Exit::Usage);
    assert!(printed.err.contains("read line 2 of "), "{}", printed.err);
}
