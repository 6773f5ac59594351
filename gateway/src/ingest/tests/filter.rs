//! Stages 10 and 12: which deliveries a workflow takes and wants, and what the others are told.

use std::collections::BTreeMap;

use boathook_plan::plan::{Answer, AnswerBody, Plan};

use crate::store::RequestPhase;
use crate::testing::{App, json, plan, request, route};

fn filtering(filter: &str) -> Plan {
    let mut plan = plan("hello", "/hello");
    plan.filter = Some(filter.to_owned());
    plan
}

/// To where people are sent who filled in a form wrongly.
fn elsewhere(status: u16, body: Option<AnswerBody>) -> Answer {
    let headers = BTreeMap::from([("Location".to_owned(), "/sorry?of={{ $context.data.of }}".to_owned())]);
    Answer { status: Some(status), headers, body }
}

#[tokio::test]
async fn what_the_filter_does_not_want_is_answered_well_and_runs_nothing() {
    let app = App::new([route(filtering("$context.data.ref == 'refs/heads/main'"))]);
    let seen = app.post("/hello", r#"{"ref":"refs/heads/other"}"#).await;
    assert_eq!((seen.status.as_u16(), seen.body.as_str()), (200, r#"{"status":"filtered"}"#));
    assert_eq!(seen.header("content-type"), "application/json");
    assert_eq!((seen.header("boathook-request-id").len(), seen.header("boathook-execution-id")), (36, ""));
    assert_eq!((app.requests("Filtered"), app.executions("Succeeded")), (1, 0));
    assert_eq!(app.post("/hello", r#"{"ref":"refs/heads/main"}"#).await.body, r#"{"ok":true}"#);
    assert_eq!((app.requests("Accepted"), app.executions("Succeeded")), (1, 1));
}

#[tokio::test]
async fn a_path_that_is_not_there_filters_and_is_counted() {
    let app = App::new([route(filtering("$context.data.ref == 'x' && $context.headers['x-kind'] == 'y'"))]);
    for body in ["{}", "", "[]", "null", r#"{"ref":"x"}"#] {
        assert_eq!(app.post("/hello", body).await.body, r#"{"status":"filtered"}"#, "{body}");
    }
    assert_eq!(app.requests("Filtered"), 5);
    assert_eq!(app.count(r#"boathook_missing_paths_total{namespace="shop",workflow="hello"}"#), 5);
}

#[tokio::test]
async fn a_filter_that_cannot_be_decided_is_our_fault_and_lets_nothing_through() {
    let app = App::new([route(filtering("$context.data.total > 5"))]);
    for body in [r#"{"total":"many"}"#, r#"{"total":{}}"#, r#"{"total":null}"#] {
        let seen = app.post("/hello", body).await;
        assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (500, "FilterFailed"), "{body}");
        assert!(!seen.body.contains("total"), "{}", seen.body);
    }
    assert_eq!((app.requests("FilterFailed"), app.executions("Succeeded")), (3, 0));
    assert_eq!(app.post("/hello", r#"{"total":6}"#).await.status, 200);
}

#[tokio::test]
async fn a_filter_that_is_neither_true_nor_false_or_does_not_end_lets_nothing_through() {
    let endless = "[1,2,3,4,5,6,7,8,9].all(a, [1,2,3,4,5,6,7,8,9].all(b, [1,2,3,4,5,6,7,8,9].all(c, \
                   [1,2,3,4,5,6,7,8,9].all(d, [1,2,3,4,5,6,7,8,9].all(e, a + b + c + d + e > 0)))))";
    for filter in ["$context.data.flag", endless] {
        let app = App::new([route(filtering(filter))]);
        let seen = app.post("/hello", r#"{"flag":"true"}"#).await;
        assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (500, "FilterFailed"), "{filter}");
        assert_eq!(app.executions("Succeeded"), 0);
    }
}

#[tokio::test]
async fn a_filter_sees_vars_and_the_time_of_arrival() {
    let mut plan = filtering("$vars.on && now() == timestamp('2026-11-24T12:00:00Z') && $workflow.name == 'hello'");
    plan.vars = json(r#"{"on":true}"#);
    assert_eq!(App::new([route(plan)]).post("/hello", "{}").await.body, r#"{"ok":true}"#);
}

#[tokio::test]
async fn people_are_sent_elsewhere_by_response_rejected() {
    let mut plan = filtering("$context.data.email != ''");
    plan.response.rejected = Some(elsewhere(303, None));
    let app = App::new([route(plan.clone())]);
    let seen = app.post("/hello", r#"{"email":"","of":"form 1"}"#).await;
    assert_eq!((seen.status.as_u16(), seen.header("location"), seen.body.as_str()), (303, "/sorry?of=form 1", ""));
    assert_eq!(app.requests("Filtered"), 1);
    plan.response.rejected = Some(elsewhere(202, Some(AnswerBody::Text("no {{ $context.data.of }}".to_owned()))));
    let seen = App::new([route(plan)]).post("/hello", r#"{"email":"","of":"x"}"#).await;
    assert_eq!((seen.status.as_u16(), seen.body.as_str()), (202, "no x"));
}

#[tokio::test]
async fn an_answer_of_rejected_that_cannot_be_rendered_is_the_plain_one() {
    let mut plan = filtering("false");
    plan.response.rejected = Some(elsewhere(303, None));
    let app = App::new([route(plan)]);
    for body in ["{}", r#"{"of":"a\r\nSet-Cookie: b"}"#] {
        let seen = app.post("/hello", body).await;
        assert_eq!((seen.status.as_u16(), seen.body.as_str()), (200, r#"{"status":"filtered"}"#), "{body}");
        assert_eq!((seen.header("location"), seen.header("set-cookie")), ("", ""));
    }
}

#[tokio::test]
async fn no_other_refusal_is_worded_by_response_rejected() {
    let mut plan = filtering("$context.data.total > 5");
    plan.response.rejected = Some(elsewhere(303, None));
    plan.webhook.as_mut().unwrap().policy.content_types = vec!["application/json".to_owned()];
    let app = App::new([route(plan)]);
    for (method, content_type, body, status) in [
        ("GET", "application/json", "{}", 405),
        ("POST", "text/plain", "{}", 415),
        ("POST", "application/json", "{", 400),
        ("POST", "application/json", r#"{"total":"x"}"#, 500),
    ] {
        let mut request = request(method, "/hello", body);
        request.headers_mut().insert("content-type", content_type.parse().unwrap());
        let seen = app.send(request).await;
        assert_eq!((seen.status.as_u16(), seen.header("location")), (status, ""), "{method} {content_type} {body}");
    }
}

#[tokio::test]
async fn a_type_that_the_workflow_does_not_name_is_415() {
    let mut plan = plan("hello", "/hello");
    plan.webhook.as_mut().unwrap().policy.content_types = vec!["application/vnd.a+json".to_owned()];
    let app = App::new([route(plan)]);
    let seen = app.post("/hello", "{}").await;
    assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (415, "UnsupportedMediaType"));
    let mut named = request("POST", "/hello", "{}");
    named.headers_mut().insert("content-type", "application/vnd.A+json; v=2".parse().unwrap());
    assert_eq!(app.send(named).await.status, 200);
    assert_eq!(app.requests("UnsupportedMediaType"), 1);
}

#[tokio::test]
async fn a_filtered_request_is_recorded_as_such() {
    let directory = tempfile::tempdir().unwrap();
    let app = App::over(directory.path(), [route(filtering("false"))]).await;
    assert_eq!(app.post("/hello", "{}").await.body, r#"{"status":"filtered"}"#);
    let [row] = app.refused(1).await.try_into().unwrap();
    assert_eq!((row.phase, row.reason.as_str()), (RequestPhase::Filtered, "Filtered"));
    assert!(row.execution.is_none() && row.body_sha256.is_some());
}
