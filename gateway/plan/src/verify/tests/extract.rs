//! The bounded extractor: scalars at a pointer, and nothing where two readers could differ.

use proptest::prelude::*;

use crate::verify::extract::{pointer, scalar};

fn at(body: &str, path: &str) -> Option<String> {
    scalar(body.as_bytes(), &pointer(path).unwrap())
}

#[test]
fn a_scalar_is_found_wherever_it_is() {
    for (body, path, expected) in [
        (r#"{"a":"x"}"#, "/a", Some("x")),
        (r#" { "b" : [ 1 , {} ] , "a" : "x" } "#, "/a", Some("x")),
        (r#"{"a":{"b":{"c":12}}}"#, "/a/b/c", Some("12")),
        (r#"{"a":-3}"#, "/a", Some("-3")),
        (r#"{"a":18446744073709551615}"#, "/a", Some("18446744073709551615")),
        (r#"{"a":["x","y"]}"#, "/a/1", Some("y")),
        (r#"{"a~/b":"x"}"#, "/a~0~1b", Some("x")),
        (r#"{"\u0061":"\u00e9\ud83d\ude80"}"#, "/a", Some("é🚀")),
        (r#"{"":"x"}"#, "/", Some("x")),
        (r#"{"a":""}"#, "/a", Some("")),
        (r#"{"a":1.5}"#, "/a", None),
        (r#"{"a":1e3}"#, "/a", None),
        (r#"{"a":18446744073709551616}"#, "/a", None),
        (r#"{"a":true}"#, "/a", None),
        (r#"{"a":null}"#, "/a", None),
        (r#"{"a":{}}"#, "/a", None),
        (r#"{"a":[]}"#, "/a", None),
        (r#"{"a":"x"}"#, "/b", None),
        (r#"{"a":"x"}"#, "/a/b", None),
        (r#"["x"]"#, "/a", None),
        (r#"["x"]"#, "/00", None),
        (r#"["x"]"#, "/+0", None),
        (r#"["x"]"#, "/1", None),
        (r#""x""#, "/a", None),
    ] {
        assert_eq!(at(body, path).as_deref(), expected, "{path} of {body}");
    }
}

#[test]
fn a_text_that_is_not_json_yields_nothing() {
    for body in [
        "",
        "{",
        r#"{"a":"x""#,
        r#"{"a":"x"} x"#,
        r#"{"a":"x",}"#,
        "\u{feff}{\"a\":\"x\"}",
        r"{'a':'x'}",
        r#"{"a":"x"}{"a":"x"}"#,
    ] {
        assert_eq!(at(body, "/a"), None, "{body}");
    }
}

#[test]
fn a_name_that_is_there_twice_yields_nothing() {
    for body in [r#"{"a":"x","a":"x"}"#, r#"{"a":"x","\u0061":"y"}"#, r#"{"a":{},"a":"x"}"#, r#"{"a":null,"a":"x"}"#] {
        assert_eq!(at(body, "/a"), None, "{body}");
    }
    assert_eq!(at(r#"{"b":1,"b":2,"a":"x"}"#, "/a").as_deref(), Some("x"));
    assert_eq!(at(r#"{"c":{"a":1,"a":2},"a":"x"}"#, "/a").as_deref(), Some("x"));
}

#[test]
fn nesting_is_bounded() {
    let deep = |depth: usize| format!(r#"{{"b":{}1{},"a":"x"}}"#, "[".repeat(depth), "]".repeat(depth));
    assert_eq!(at(&deep(64), "/a").as_deref(), Some("x"));
    let path = "/b".to_owned() + &"/0".repeat(200);
    assert_eq!(at(&deep(200), &path), None);
}

#[test]
fn a_pointer_starts_with_a_slash() {
    assert_eq!(pointer("/a/b"), Some(vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!(pointer(""), None);
    assert_eq!(pointer("a"), None);
    assert_eq!(pointer("#/a"), None);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        scalar(&body, &["a", "0"]);
    }

    #[test]
    fn it_reads_what_a_full_parser_reads(text in "[a-z\"\\\\\\u{1}-\\u{ff}]{0,8}", number in any::<i64>()) {
        let body = serde_json::json!({"x": [number], "a": {"b": text}});
        let body = body.to_string();
        prop_assert_eq!(scalar(body.as_bytes(), &["a", "b"]), Some(text));
        prop_assert_eq!(scalar(body.as_bytes(), &["x", "0"]), Some(number.to_string()));
    }
}
