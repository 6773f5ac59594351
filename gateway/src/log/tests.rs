//! What a log line says, and what it never does.

use std::io;
use std::sync::{Arc, Mutex};

use boathook_plan::plan::{SchemeKind, StepKind};
use serde_json::Value;
use tracing_subscriber::fmt::MakeWriter;

use super::*;
use crate::testing::{App, build, json, plan, request, route, step, verified};

/// What is written while it is the thread's log.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Lines {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// The fields of the only line.
    fn only(&self) -> Value {
        let text = self.text();
        let [line] = text.lines().collect::<Vec<_>>()[..] else { panic!("not one line: {text}") };
        serde_json::from_str::<Value>(line).unwrap()["fields"].take()
    }
}

/// Takes the log of this thread over.
fn listen() -> (Lines, tracing::subscriber::DefaultGuard) {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt().json().with_writer(lines.clone()).finish();
    (lines, tracing::subscriber::set_default(subscriber))
}

#[tokio::test]
async fn a_run_is_one_line_with_its_ids() {
    let (lines, _guard) = listen();
    let seen = App::new([route(plan("hello", "/hello"))]).post("/hello", r#"{"card":"4111"}"#).await;
    let line = lines.only();
    assert_eq!(line["request_id"], seen.header("boathook-request-id"));
    assert_eq!(line["execution_id"], seen.header("boathook-execution-id"));
    assert_eq!((&line["namespace"], &line["workflow"]), (&"shop".into(), &"hello".into()));
    assert_eq!((&line["message"], &line["outcome"]), (&"execution".into(), &"Succeeded".into()));
}

#[tokio::test]
async fn a_failed_run_names_the_step_and_why_and_shows_no_payload() {
    let (lines, _guard) = listen();
    let mut plan = plan("hello", "/hello");
    plan.program.steps = vec![step("greet", StepKind::Set(json(r#"{"text":"{{ $context.data.name }}"}"#)))];
    App::new([route(plan)]).post("/hello", r#"{"card":"4111"}"#).await;
    let line = lines.only();
    assert_eq!((&line["outcome"], &line["step"]), (&"Failed".into(), &"greet".into()));
    assert_eq!(line["reason"], "PathMissing");
    assert!(line["error"].as_str().unwrap().contains("$context.data.name"), "{line}");
    assert!(!lines.text().contains("4111"));
}

#[tokio::test]
async fn a_refused_request_is_one_line_with_its_reason_and_no_secret() {
    let (lines, _guard) = listen();
    let (plan, keys) = verified(plan("hello", "/hello"), SchemeKind::Bearer, Some("correct-horse"));
    let mut request = request("POST", "/hello?token=in-the-query", "{}");
    request.headers_mut().insert("authorization", "Bearer battery-staple".parse().unwrap());
    App::new([build(plan, keys)]).send(request).await;
    let line = lines.only();
    assert_eq!((&line["reason"], &line["status"]), (&"CredentialsInvalid".into(), &401.into()));
    assert_eq!((&line["workflow"], &line["method"]), (&"hello".into(), &"POST".into()));
    for secret in ["correct", "battery", "in-the-query"] {
        assert!(!lines.text().contains(secret), "{}", lines.text());
    }
}

#[tokio::test]
async fn a_malformed_body_is_told_its_owner_by_place_alone() {
    let (lines, _guard) = listen();
    App::new([route(plan("hello", "/hello"))]).post("/hello", r#"{"card":4111,}"#).await;
    let line = lines.only();
    assert_eq!(line["reason"], "MalformedBody");
    assert!(line["detail"].as_str().unwrap().contains("byte 13"), "{line}");
    assert!(!lines.text().contains("4111"));
}

#[tokio::test]
async fn a_path_that_leads_nowhere_is_shown() {
    let (lines, _guard) = listen();
    App::new([]).post("/nowhere?token=in-the-query", "{}").await;
    let line = lines.only();
    assert_eq!((&line["reason"], &line["path"]), (&"NoRoute".into(), &"/nowhere".into()));
    assert!(!lines.text().contains("in-the-query"));
}

#[test]
fn what_came_from_outside_is_escaped_and_cut() {
    assert_eq!(Safe("a\u{1b}[31m\r\nb\u{0}é\u{9b}").to_string(), "a\\u{1b}[31m\\r\\nb\\u{0}é\\u{9b}");
    assert_eq!(Safe(&"é".repeat(1000)).to_string().chars().count(), 512);
}
