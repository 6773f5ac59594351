//! A request as records show it.

use serde_json::json;

use super::{facts, program, scope, step, texts};
use crate::plan::{HttpAuth, HttpBody, HttpStep};
use crate::scope::Scope;

fn described(step: &HttpStep, scope: &Scope) -> serde_json::Value {
    serde_json::to_value(program(step).describe(scope, &facts()).unwrap()).unwrap()
}

#[test]
fn a_description_has_a_word_for_each_secret() {
    let step = HttpStep {
        method: "POST".to_owned(),
        headers: texts([("X-Key", "k {{ $secrets.token }}"), ("X-Plain", "{{ $vars.v }}")]),
        body: Some(HttpBody::Json(json!({"token": "{{ $secrets.token }}", "v": "{{ $vars.v }}"}).into())),
        auth: Some(HttpAuth::Basic { username: "u".to_owned(), password: "{{ $secrets.token }}".to_owned() }),
        sign_standard_webhooks: Some("{{ $secrets.token }}".to_owned()),
        ..step("https://a.test/{{ $vars.v }}?k={{ $secrets.token }}")
    };
    let shown = described(&step, &scope(json!({"v": 7})));
    assert_eq!(shown["method"], "POST");
    assert_eq!(shown["url"], "https://a.test/7?k=REDACTED");
    for name in ["x-key", "authorization", "webhook-signature"] {
        assert_eq!(shown["headers"][name], "REDACTED", "{name}");
    }
    assert_eq!(shown["headers"]["x-plain"], "7");
    assert_eq!(shown["data"], json!({"token": "REDACTED", "v": 7}));
    assert!(!shown.to_string().contains("correct-horse"));
}

#[test]
fn a_description_needs_no_secret() {
    let step = HttpStep { hosts: vec!["hooks.slack.com".to_owned()], ..step("{{ $secrets.url }}") };
    let without = Scope::new(super::now(), uuid::Uuid::nil());
    assert_eq!(described(&step, &without)["url"], "REDACTED");
}

#[test]
fn neither_a_program_nor_a_call_nor_a_mask_shows_a_secret_when_printed() {
    let step = HttpStep {
        headers: texts([("X-Key", "{{ $secrets.token }}")]),
        body: Some(HttpBody::Text("{{ $secrets.token }}".to_owned())),
        ..step("https://a.test/{{ $secrets.token }}")
    };
    let program = program(&step);
    let scope = scope(json!({}));
    let call = program.render(&scope, &facts()).unwrap();
    let mask = program.mask(&scope, &call);
    let printed = format!("{program:?} {call:?} {mask:?}");
    assert!(!printed.contains("correct-horse"), "{printed}");
    assert!(printed.ends_with("HttpCall(GET a.test) Mask(2)"), "{printed}");
}
