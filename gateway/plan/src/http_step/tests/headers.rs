//! Values in header fields.

use serde_json::json;

use super::{failure, field, render, step, texts};
use crate::plan::{HttpBody, HttpStep};
use crate::reason::StepReason;

fn with(name: &str, value: &str) -> HttpStep {
    HttpStep { headers: texts([(name, value)]), ..step("https://a.test/") }
}

#[test]
fn a_value_that_could_end_a_field_is_refused() {
    for value in ["a\r\nX: y", "a\nb", "a\rb", "a\0b", "\u{7f}", "a\u{1}"] {
        let (reason, message) = failure(&with("X-A", "{{ $vars.v }}"), json!({"v": value}));
        assert_eq!(reason, StepReason::InvalidRequest);
        assert_eq!(message, "headers.X-A: must not contain CR, LF, NUL or other control characters");
    }
    let (_, message) = failure(&with("X-A", "{{ $vars.v }}"), json!({"v": "a".repeat(8193)}));
    assert_eq!(message, "headers.X-A: must not be longer than 8192 bytes");
}

#[test]
fn any_other_value_is_sent_as_it_is() {
    for (value, sent) in
        [(json!("  a\tb "), "a\tb"), (json!("grün"), "grün"), (json!(1), "1"), (json!(null), ""), (json!([1]), "[1]")]
    {
        let call = render(&with("X-A", "{{ $vars.v }}"), json!({"v": value})).unwrap();
        assert_eq!(field(&call, "x-a"), Some(sent));
    }
}

#[test]
fn a_step_s_own_fields_win_over_defaults() {
    let step = HttpStep {
        headers: texts([
            ("Content-Type", "application/vnd.api+json"),
            ("User-Agent", "mine"),
            ("Idempotency-Key", "order-{{ $vars.v }}"),
        ]),
        body: Some(HttpBody::Json(json!({}).into())),
        ..step("https://a.test/")
    };
    let call = render(&step, json!({"v": 7})).unwrap();
    assert_eq!(field(&call, "content-type"), Some("application/vnd.api+json"));
    assert_eq!(field(&call, "user-agent"), Some("mine"));
    assert_eq!(field(&call, "idempotency-key"), Some("order-7"));
}
