//! Tests of `answer`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::plan::Delimiters;
use crate::reason::Reason;

fn answer(headers: &[(&str, &str)], body: Option<AnswerBody>) -> Answer {
    let headers: BTreeMap<_, _> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Answer { status: None, headers, body }
}

fn compiled(answer: &Answer) -> AnswerProgram {
    AnswerProgram::compile(answer, Delimiters::Braces).unwrap()
}

fn scope(payload: &str) -> Scope {
    Scope::new(Timestamp::UNIX_EPOCH, Uuid::nil()).with("$context", Json::object([("data", Json::text(payload))]))
}

#[test]
fn a_status_outside_200_to_599_is_refused() {
    for status in [0, 100, 101, 199, 600, 1_000] {
        let answer = Answer { status: Some(status), ..Answer::default() };
        let error = AnswerProgram::compile(&answer, Delimiters::Braces).unwrap_err();
        assert_eq!(error.to_string(), "status: must be from 200 to 599", "{status}");
    }
}

#[test]
fn a_name_that_is_no_field_name_is_refused() {
    for name in ["", "a b", "a:b", "a\r\nb", "é"] {
        let error = AnswerProgram::compile(&answer(&[(name, "x")], None), Delimiters::Braces).unwrap_err();
        assert_eq!(error.message, "must be a header field's name", "{name:?}");
    }
}

#[test]
fn fields_that_frame_the_message_are_refused_in_any_case() {
    for name in ["Content-Length", "TRANSFER-ENCODING", "connection", "Upgrade", "Trailer", "Boathook-Request-Id"] {
        let error = AnswerProgram::compile(&answer(&[(name, "x")], None), Delimiters::Braces).unwrap_err();
        assert_eq!(error.to_string(), format!("headers.{name}: must not be set: it is the server's"));
    }
}

#[test]
fn a_value_longer_than_a_field_may_be_is_refused() {
    let program = compiled(&answer(&[("X-A", "{{ $context.data }}")], None));
    assert!(program.render(&scope(&"x".repeat(8_192)), Unsaid::Empty).is_ok());
    let failure = program.render(&scope(&"x".repeat(8_193)), Unsaid::Empty).unwrap_err();
    assert_eq!(failure.message, "headers.x-a: the value is longer than 8 KiB");
}

#[test]
fn a_problem_stands_where_the_answer_says_nothing() {
    let problem = Problem::of(Reason::KeyUnavailable).unwrap();
    let unsaid = || Unsaid::Problem { problem, request_id: "req".into() };
    let plain = compiled(&Answer::default()).render(&scope(""), unsaid()).unwrap();
    assert_eq!(plain, problem.reply("req"));
    let good = compiled(&Answer { status: Some(202), ..Answer::default() }).render(&scope(""), unsaid()).unwrap();
    assert_eq!(good, Reply::empty(StatusCode::ACCEPTED));
}

#[test]
fn what_an_answer_reads_is_known() {
    let body = AnswerBody::Json(Json::object([("a", Json::text("{{ $context.data.id }}"))]));
    let program = compiled(&answer(&[("X-A", "{{ $steps.save.n }}")], Some(body)));
    let read: Vec<_> = program.references().map(ToString::to_string).collect();
    assert_eq!(read, ["$steps.save.n", "$context.data.id"]);
}

/// Any text, with what could break out of a field or a document more often than chance has it.
fn payload() -> impl Strategy<Value = String> {
    let piece = prop_oneof!["[\\r\\n\\x00\\t\"\\\\{}$:,<>]{0,3}", "\\PC{0,8}", any::<char>().prop_map(String::from)];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_payload_breaks_out_of_a_header_field(payload in payload()) {
        let program = compiled(&answer(&[("X-Before", "1"), ("X-Name", "<{{ $context.data }}>")], None));
        match program.render(&scope(&payload), Unsaid::Empty) {
            Ok(reply) => {
                prop_assert_eq!(reply.headers.len(), 2);
                let value = format!("<{payload}>");
                prop_assert_eq!(reply.headers["x-name"].as_bytes(), value.as_bytes());
                prop_assert!(!payload.contains(['\r', '\n', '\0']));
            }
            Err(failure) => {
                prop_assert_eq!(failure.reason, StepReason::InvalidRequest);
                prop_assert!(payload.chars().any(|c| c.is_ascii_control() && c != '\t'), "{:?}", payload);
            }
        }
    }

    #[test]
    fn no_payload_breaks_out_of_a_json_body(payload in payload()) {
        let value = Json::object([("whole", Json::text("{{ $context.data }}")), ("part", Json::text("<{{ $context.data }}>"))]);
        let reply = compiled(&answer(&[], Some(AnswerBody::Json(value)))).render(&scope(&payload), Unsaid::Empty).unwrap();
        let read: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
        prop_assert_eq!(read, serde_json::json!({ "whole": payload, "part": format!("<{payload}>") }));
    }
}
