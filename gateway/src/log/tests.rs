//! What a log line says, and what it never does.

use std::io;
use std::sync::{Arc, Mutex};

use boathook_plan::edge::Edge;
use boathook_plan::plan::{SchemeKind, StepKind};
use serde_json::Value;
use tracing_subscriber::fmt::MakeWriter;

use super::*;
use crate::config::Limits;
use crate::testing::{App, Never, build, json, plan, request, route, step, verified};

/// What is written while it is the thread's log.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<u8>>>);

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

    /// The fields of the only line with this message.
    pub(crate) fn only(&self, message: &str) -> Value {
        let mut lines = self.all(message);
        assert_eq!(lines.len(), 1, "not one line of {message}: {}", self.text());
        lines.remove(0)
    }

    /// The fields of every line with this message.
    fn all(&self, message: &str) -> Vec<Value> {
        let text = self.text();
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["fields"].take());
        lines.filter(|fields| fields["message"] == message).collect()
    }
}

/// Takes the log of this thread over.
pub(crate) fn listen() -> (Lines, tracing::subscriber::DefaultGuard) {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt().json().with_writer(lines.clone()).finish();
    (lines, tracing::subscriber::set_default(subscriber))
}

#[tokio::test]
async fn a_run_is_one_line_with_its_ids() {
    let (lines, _guard) = listen();
    let seen = App::new([route(plan("hello", "/hello"))]).post("/hello", r#"{"card":"4111"}"#).await;
    let line = lines.only("execution");
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
    let line = lines.only("execution");
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
    let line = lines.only("request");
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
    let line = lines.only("request");
    assert_eq!(line["reason"], "MalformedBody");
    assert!(line["detail"].as_str().unwrap().contains("byte 13"), "{line}");
    assert!(!lines.text().contains("4111"));
}

#[tokio::test]
async fn a_path_that_leads_nowhere_is_shown() {
    let (lines, _guard) = listen();
    App::new([]).post("/nowhere?token=in-the-query", "{}").await;
    let line = lines.only("request");
    assert_eq!((&line["reason"], &line["path"]), (&"NoRoute".into(), &"/nowhere".into()));
    assert!(!lines.text().contains("in-the-query"));
}

#[tokio::test]
async fn a_path_that_leads_somewhere_is_never_shown() {
    let (lines, _guard) = listen();
    let limits = Limits { in_flight: 2, ..Limits::default() };
    let app = App::within(limits, [route(plan("hello", "/9f8ec1"))]);
    let two = request("POST", &format!("/9f8ec1?{}", "a".repeat(9_000)), "{}");
    assert_eq!(app.send(two).await.status, 414);
    let _places = [(); 2].map(|()| app.shared.gate.enter().unwrap());
    assert_eq!(app.post("/9f8ec1", "{}").await.status, 503);
    let reasons: Vec<_> = lines.all("request").iter().map(|line| line["reason"].clone()).collect();
    assert_eq!(reasons, ["HeadersTooLarge", "Overloaded"]);
    assert!(!lines.text().contains("9f8ec1"), "{}", lines.text());
}

#[tokio::test]
async fn a_workflow_with_its_share_of_the_places_has_its_line() {
    let (lines, _guard) = listen();
    let app = App::within(Limits { in_flight: 2, ..Limits::default() }, [route(plan("hello", "/hello"))]);
    let found = app.shared.routes.find("hooks.example.test", "/hello").unwrap();
    let held = app.shared.gate.assign(app.shared.gate.enter().unwrap(), &found.served.counts.in_flight);
    assert_eq!(app.post("/hello", "{}").await.status, 503);
    let line = lines.only("request");
    assert_eq!((&line["reason"], &line["workflow"]), (&"Overloaded".into(), &"hello".into()));
    assert!(held.is_some() && line["path"].is_null(), "{line}");
}

#[test]
fn what_came_from_outside_is_escaped_and_cut() {
    assert_eq!(Safe("a\u{1b}[31m\r\nb\u{0}é\u{9b}").to_string(), "a\\u{1b}[31m\\r\\nb\\u{0}é\\u{9b}");
    assert_eq!(Safe(&"é".repeat(1000)).to_string().chars().count(), 512);
}

/// The reasons of the requests that were logged: one that runs, one that is refused and one that leads nowhere.
async fn logged(routed: AccessLog, unrouted: AccessLog) -> Vec<String> {
    let (lines, _guard) = listen();
    let mut plan = plan("hello", "/hello");
    plan.webhook.as_mut().unwrap().policy.access_log = routed;
    let app = App::new([route(plan)]);
    app.shared.edge.apply(&Edge { access_log: unrouted, ..Edge::default() }).unwrap();
    for (path, body) in [("/hello", "{}"), ("/hello", "{"), ("/nowhere", "{}")] {
        app.post(path, body).await;
    }
    lines.all("request").iter().map(|line| line["reason"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn every_request_has_a_line_unless_the_gateway_wants_fewer() {
    let (all, errors, none) = (AccessLog::All, AccessLog::Errors, AccessLog::None);
    assert_eq!(logged(all, all).await, ["Accepted", "MalformedBody", "NoRoute"]);
    assert_eq!(logged(errors, errors).await, ["MalformedBody", "NoRoute"]);
    assert_eq!(logged(none, errors).await, ["NoRoute"]);
    assert_eq!(logged(all, none).await, ["Accepted", "MalformedBody"]);
    assert_eq!(logged(none, none).await, [""; 0]);
}

#[tokio::test]
async fn the_line_of_a_request_says_who_asked_and_what_became_of_it() {
    let (lines, _guard) = listen();
    let app = App::new([route(plan("hello", "/hello"))]);
    let seen = app.send_from("::ffff:203.0.113.9".parse().unwrap(), request("POST", "/hello?token=x", "{}")).await;
    let line = lines.only("request");
    assert_eq!((&line["client"], &line["method"]), (&"203.0.113.9".into(), &"POST".into()));
    assert_eq!((&line["reason"], &line["status"]), (&"Accepted".into(), &200.into()));
    assert_eq!(line["execution_id"], seen.header("boathook-execution-id"));
    assert!(line["duration_ms"].is_u64() && line["path"].is_null(), "{line}");
}

#[tokio::test]
async fn a_sender_that_is_gone_has_its_line_all_the_same() {
    let (lines, _guard) = listen();
    let app = App::new([route(plan("hello", "/hello"))]);
    let answer = app.send(request("POST", "/hello", "").map(|_| Never));
    assert!(tokio::time::timeout(std::time::Duration::ZERO, answer).await.is_err());
    let line = lines.only("request");
    assert_eq!((&line["reason"], line["status"].is_null()), (&"BadFraming".into(), true));
    assert_eq!(app.requests("BadFraming"), 1);
}
