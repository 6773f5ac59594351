//! What an answer means.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::json;

use super::{now, program, render, scope, step};
use crate::http_step::Answer;
use crate::plan::{HttpBody, HttpStep};
use crate::reason::{StepFailure, StepReason};

fn checked(expect: &[&str], status: u16, fields: &[(&str, &str)]) -> Result<(), StepFailure> {
    let step =
        HttpStep { expect: expect.iter().map(ToString::to_string).collect(), ..step("https://a.test:8443/secret?k=v") };
    let call = render(&step, json!({})).unwrap();
    program(&step).terms().check(&call, StatusCode::from_u16(status).unwrap(), &headers(fields), now())
}

fn headers(fields: &[(&str, &str)]) -> HeaderMap {
    fields.iter().map(|(name, value)| (name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap())).collect()
}

fn result(fields: &[(&str, &str)], body: &[u8]) -> Result<serde_json::Value, StepFailure> {
    let step = step("https://a.test/");
    let mask = program(&step).mask(&scope(json!({})), &render(&step, json!({})).unwrap());
    let answer = Answer { status: StatusCode::OK, headers: headers(fields), body: Bytes::copy_from_slice(body) };
    answer.result(&mask).map(|value| serde_json::to_value(value).unwrap())
}

#[test]
fn expected_statuses_are_codes_and_classes() {
    for (expect, status, holds) in [
        (&["2xx"][..], 200, true),
        (&["2xx"], 299, true),
        (&["2xx"], 300, false),
        (&["2xx"], 199, false),
        (&["200", "404"], 404, true),
        (&["200", "404"], 201, false),
        (&["3XX"], 304, true),
        (&["5xx"], 503, true),
        (&[], 204, true),
        (&[], 304, false),
    ] {
        assert_eq!(checked(expect, status, &[]).is_ok(), holds, "{expect:?} {status}");
    }
}

#[test]
fn only_what_may_pass_is_retryable() {
    let passing = [408, 425, 429, 500, 501, 502, 503, 504, 599];
    for status in [100, 300, 301, 304, 400, 401, 403, 404, 405, 409, 410, 413, 422, 426, 451].into_iter().chain(passing)
    {
        let failure = checked(&["200"], status, &[]).unwrap_err();
        assert_eq!(failure.reason, StepReason::UnexpectedStatus);
        assert_eq!(failure.retryable, passing.contains(&status), "{status}");
        assert_eq!(failure.message, format!("GET a.test:8443 answered {status}, which the step does not expect"));
    }
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    // It is 10:00:00 on Tuesday.
    let cases = [
        ("120", Some(120_000)),
        ("0", Some(0)),
        ("Tue, 24 Nov 2026 10:00:30 GMT", Some(30_000)),
        ("Tue, 24 Nov 2026 09:00:00 GMT", Some(0)),
        ("Tuesday, 24-Nov-26 10:00:30 GMT", Some(30_000)),
        ("Tue Nov 24 10:00:30 2026", Some(30_000)),
        ("Sun Nov  6 08:49:37 1994", Some(0)),
        ("99999999999999999999999", Some(u64::MAX)),
        ("18446744073709551615", Some(u64::MAX)),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
    ];
    for (value, expected) in cases {
        let failure = checked(&["200"], 503, &[("retry-after", value)]).unwrap_err();
        assert_eq!(failure.retry_after_ms, expected, "{value}");
    }
    assert_eq!(checked(&["200"], 404, &[("retry-after", "120")]).unwrap_err().retry_after_ms, None);
}

#[test]
fn json_is_data_whatever_its_type_is_called() {
    for content_type in ["application/json", "Application/JSON; charset=utf-8", "application/problem+json", "text/json"]
    {
        let result = result(&[("content-type", content_type)], b"\xef\xbb\xbf [1, 1.10]").unwrap();
        assert_eq!((&result["data"], &result["text"]), (&json!([1, 1.10]), &json!(null)), "{content_type}");
    }
}

#[test]
fn what_calls_itself_json_and_is_not_is_text() {
    for body in ["ok", "{", "{\"a\":1}x"] {
        let result = result(&[("content-type", "application/json")], body.as_bytes()).unwrap();
        assert_eq!((&result["data"], &result["text"]), (&json!(null), &json!(body)));
    }
    let empty = result(&[("content-type", "application/json")], b"").unwrap();
    assert_eq!((&empty["data"], &empty["text"]), (&json!(null), &json!("")));
}

#[test]
fn json_that_is_too_deep_or_too_much_is_refused() {
    let deep = "[".repeat(100) + &"]".repeat(100);
    let wide = format!("[{}1]", "1,".repeat(200_000));
    for body in [deep, wide] {
        let failure = result(&[("content-type", "application/json")], body.as_bytes()).unwrap_err();
        assert_eq!((failure.reason, failure.retryable), (StepReason::BadResponse, false));
    }
}

#[test]
fn text_is_read_in_its_charset_and_bytes_are_base64() {
    let cases = [
        ("text/plain", "grün".as_bytes(), json!(null), json!("grün")),
        ("text/plain; charset=iso-8859-1", b"gr\xfcn", json!(null), json!("grün")),
        ("text/csv; charset=\"windows-1252\"; header=present", b"\x80", json!(null), json!("€")),
        ("text/html; charset=Shift_JIS", b"\x93\xfa\x96\x7b", json!(null), json!("日本")),
        ("text/plain; charset=ISO-2022-JP", b"\x1b$BF|K\\\x1b(B", json!(null), json!("日本")),
        ("text/plain; charset=UTF-16LE", b"h\0i\0", json!(null), json!("hi")),
        ("text/plain; charset=utf-16", b"\xfe\xff\0h\0i", json!(null), json!("hi")),
        ("text/plain; charset=iso-8859-1", "grün".as_bytes(), json!(null), json!("grün")),
        ("text/plain", b"gr\xfcn", json!({"base64": "Z3L8bg=="}), json!(null)),
        ("text/plain; charset=nonsense", b"\xff", json!({"base64": "/w=="}), json!(null)),
        ("image/png", b"\x89PNG\r\n", json!({"base64": "iVBORw0K"}), json!(null)),
    ];
    for (content_type, body, data, text) in cases {
        let result = result(&[("content-type", content_type)], body).unwrap();
        assert_eq!((&result["data"], &result["text"]), (&data, &text), "{content_type}");
    }
}

#[test]
fn fields_are_lower_case_and_repeated_ones_joined() {
    let mut fields = headers(&[("X-A", "1"), ("set-cookie", "a=b")]);
    fields.append("x-a", "2".parse().unwrap());
    let answer = Answer { status: StatusCode::CREATED, headers: fields, body: Bytes::new() };
    let step = step("https://a.test/");
    let mask = program(&step).mask(&scope(json!({})), &render(&step, json!({})).unwrap());
    assert_eq!(
        serde_json::to_value(answer.result(&mask).unwrap()).unwrap(),
        json!({"status": 201, "headers": {"x-a": "1, 2", "set-cookie": "a=b"}, "data": null, "text": ""})
    );
}

#[test]
fn secrets_are_masked_in_every_form_that_a_target_may_echo() {
    let step = HttpStep { body: Some(HttpBody::Text("{{ $secrets.token }}".to_owned())), ..step("https://a.test/") };
    let secrets = crate::json::Json::object([("token", crate::json::Json::text("s3cr/t+\"é\""))]);
    let scope = scope(json!({})).with("$secrets", secrets);
    let mask = program(&step).mask(&scope, &program(&step).render(&scope, &super::facts()).unwrap());
    let masked = |text: &str| mask.json(crate::json::Json::text(text)).to_string();
    assert_eq!(masked("a s3cr/t+\"é\" b"), "\"a REDACTED b\"");
    assert_eq!(masked("czNjci90KyLDqSI="), "\"REDACTED\"");
    assert_eq!(masked("q=s3cr%2Ft%2B%22%C3%A9%22&r"), "\"q=REDACTED&r\"");
    assert_eq!(masked("nothing"), "\"nothing\"");
}

#[test]
fn a_secret_that_could_be_any_word_is_not_looked_for() {
    let step = HttpStep { body: Some(HttpBody::Text("{{ $secrets.token }}".to_owned())), ..step("https://a.test/") };
    let scope =
        scope(json!({})).with("$secrets", crate::json::Json::object([("token", crate::json::Json::text("deploy"))]));
    let mask = program(&step).mask(&scope, &program(&step).render(&scope, &super::facts()).unwrap());
    assert_eq!(mask.json(crate::json::Json::text("deployed")).to_string(), "\"deployed\"");
}
