//! Records: what they tell of a run, and what they must not tell.

use boathook_plan::plan::{Block, BodyKept, ForEachStep, OnItemError, Retry, StepKind};
use serde_json::{Value, json};
use tempfile::tempdir;

use super::{ask, get, lines, queued, record, refusal};
use crate::store::Phase;
use crate::testing::{self, App, Target, calling, plan, route, step};

/// The card's number, as a sender writes it.
const CARD: &str = "4111111111111111";

fn sets(name: &str, text: &str) -> boathook_plan::plan::Step {
    step(name, StepKind::Set(testing::json(text)))
}

#[tokio::test]
async fn a_record_tells_each_step_with_its_attempts_its_input_and_its_result() {
    let directory = tempdir().unwrap();
    let mut target = Target::start().await;
    let mut plan = calling("hello", &format!("{}{{{{ $context.data.n }}}}", target.url));
    plan.program.steps[0].retry = Retry { attempts: 2, initial_ms: 1, factor: 1, max_ms: 1 };
    plan.program.steps.push(sets("sum", r#"{"n":"{{ $context.data.n + 1 }}"}"#));
    let app = App::over(directory.path(), [route(plan)]).await;
    let id = app.post("/hello", r#"{"n":1}"#).await.execution();
    target.next().await.answer(503).await;
    target.next().await.answer(200).await;
    app.phase(id, Phase::Succeeded).await;

    let record = record(&app, id).await;
    assert_eq!(record["kind"], "WebhookExecution");
    assert_eq!(record["metadata"]["name"], id.to_string());
    assert_eq!(record["spec"]["mode"], "Async");
    assert_eq!(record["spec"]["request"]["method"], "POST");
    assert_eq!(record["spec"]["request"]["body"], json!({"n": 1}));
    assert_eq!(record["status"]["phase"], "Succeeded");
    let steps = record["status"]["steps"].as_array().unwrap();
    let [call, sum] = &steps[..] else { panic!("{steps:?}") };
    assert_eq!((&call["name"], &call["kind"], &call["phase"]), (&json!("call"), &json!("http"), &json!("Succeeded")));
    let attempts = call["attempts"].as_array().unwrap();
    let reasons: Vec<_> = attempts.iter().map(|attempt| (&attempt["attempt"], &attempt["reason"])).collect();
    assert_eq!(reasons, [(&json!(1), &json!("UnexpectedStatus")), (&json!(2), &Value::Null)]);
    assert_eq!(call["input"]["url"], format!("{}1", target.url));
    assert_eq!(call["result"]["status"], 200);
    assert_eq!((&sum["input"], &sum["result"]), (&json!({"n": 2}), &json!({"n": 2})));
    assert!(sum["startedAt"].is_string() && sum["finishedAt"].is_string());
}

#[tokio::test]
async fn what_a_workflow_redacts_is_in_no_answer() {
    let directory = tempdir().unwrap();
    let mut plan = plan("hello", "/hello");
    plan.history.redact = vec!["$context.data.card".to_owned(), "$context.headers[\"X-Token\"]".to_owned()];
    plan.program.steps = vec![sets("copy", r#"{"said":"paid with {{ $context.data.card }}"}"#)];
    let app = App::over(directory.path(), [route(plan)]).await;
    let mut request = testing::request("POST", "/hello", &format!(r#"{{"card":"{CARD}","n":1}}"#));
    request.headers_mut().insert("x-token", CARD.parse().unwrap());
    let id = app.send(request).await.execution();
    app.phase(id, Phase::Succeeded).await;

    let record = record(&app, id).await;
    assert_eq!(record["spec"]["request"]["body"], json!({"card": "[redacted]", "n": 1}));
    assert_eq!(record["spec"]["request"]["headers"]["x-token"], "[redacted]");
    assert_eq!(record["status"]["steps"][0]["result"], json!({"said": "paid with [redacted]"}));
    for path in [&format!("/v1/executions/{id}"), "/v1/executions", "/v1/executions/export"] {
        let body = ask(&app, "GET", path, "").await.body;
        assert!(body.contains(&id.to_string()) && !body.contains(CARD), "{path}: {body}");
    }
}

#[tokio::test]
async fn a_sensitive_result_is_never_shown() {
    let directory = tempdir().unwrap();
    let mut plan = plan("hello", "/hello");
    plan.program.steps =
        vec![sets("token", r#"{"token":"{{ $context.data.n }}-secret"}"#), sets("after", r#"{"a":1}"#)];
    plan.program.steps[0].sensitive = true;
    let app = App::over(directory.path(), [route(plan)]).await;
    let id = app.post("/hello", r#"{"n":1}"#).await.execution();
    app.phase(id, Phase::Succeeded).await;
    let record = record(&app, id).await;
    let steps = &record["status"]["steps"];
    assert_eq!((&steps[0]["phase"], &steps[0]["result"]), (&json!("Succeeded"), &Value::Null));
    assert_eq!(steps[1]["result"], json!({"a": 1}));
    assert!(!record.to_string().contains("-secret"), "{record}");
}

#[tokio::test]
async fn a_body_that_is_kept_as_its_hash_is_shown_as_its_hash() {
    let directory = tempdir().unwrap();
    let mut plan = plan("hello", "/hello");
    plan.history.body = BodyKept::Hash;
    let app = App::over(directory.path(), [route(plan)]).await;
    let id = app.post("/hello", "{}").await.execution();
    app.phase(id, Phase::Succeeded).await;
    let request = &record(&app, id).await["spec"]["request"];
    let hash = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    assert_eq!((&request["body"], &request["bodySHA256"]), (&Value::Null, &json!(hash)));
}

#[tokio::test]
async fn without_its_body_a_record_tells_what_its_journal_does() {
    let directory = tempdir().unwrap();
    let mut plan = plan("hello", "/hello");
    plan.history.body = BodyKept::None;
    plan.program.blocks = vec![Block { name: "one".into(), steps: vec![sets("copy", r#"{"is":"{{ $item }}"}"#)] }];
    let each = ForEachStep {
        items: "$context.data.items".into(),
        run: "one".into(),
        as_: "item".into(),
        concurrency: 1,
        on_item_error: OnItemError::Fail,
        collect: None,
    };
    plan.program.steps = vec![step("all", StepKind::ForEach(each)), sets("after", r#"{"a":"{{ $context.data.a }}"}"#)];
    let app = App::over(directory.path(), [route(plan)]).await;
    let id = app.post("/hello", r#"{"items":[7,8],"a":9}"#).await.execution();
    app.phase(id, Phase::Succeeded).await;
    let record = record(&app, id).await;
    let steps = record["status"]["steps"].as_array().unwrap();
    let told: Vec<_> = steps.iter().map(|step| (step["place"].as_str().unwrap(), &step["result"])).collect();
    let counts = json!({"count": 2, "failed": 0});
    let [seven, eight, nine] = [json!({"is": 7}), json!({"is": 8}), json!({"a": 9})];
    assert_eq!(told, [("all", &counts), ("all[0]/copy", &seven), ("all[1]/copy", &eight), ("after", &nine)]);
    assert_eq!(steps[3]["input"], json!({"a": "{{ $context.data.a }}"}), "nothing is guessed");
}

#[tokio::test]
async fn what_is_hidden_stays_hidden_when_the_body_is_gone() {
    let directory = tempdir().unwrap();
    let mut plan = plan("hello", "/hello");
    plan.history.body = BodyKept::Hash;
    plan.history.redact = vec!["$context.data.card".to_owned()];
    plan.program.steps = vec![sets("copy", r#"{"said":"paid with {{ $context.data.card }}"}"#)];
    let app = App::over(directory.path(), [route(plan)]).await;
    let id = app.post("/hello", &format!(r#"{{"card":"{CARD}"}}"#)).await.execution();
    app.phase(id, Phase::Succeeded).await;
    let record = record(&app, id).await;
    assert_eq!(record["status"]["steps"][0]["result"], "[redacted]");
    assert!(!record.to_string().contains(CARD), "{record}");
}

#[tokio::test]
async fn the_beginning_of_an_id_is_enough_where_it_is_of_one() {
    let directory = tempdir().unwrap();
    let app = App::over(directory.path(), [route(queued("hello"))]).await;
    let id = app.post("/hello", "{}").await.execution();
    for length in [4, 10, 20, 35] {
        let text = id.to_string().to_uppercase();
        let found = get(&app, &format!("/v1/executions/{}", &text[..length])).await;
        assert_eq!(found["metadata"]["name"], id.to_string());
    }
    let other = app.post("/hello", "{}").await.execution();
    let seen = ask(&app, "GET", &format!("/v1/executions/{}", &id.to_string()[..4]), "").await;
    assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (409, "Ambiguous"));
    assert!(seen.body.contains(&id.to_string()) && seen.body.contains(&other.to_string()), "{}", seen.body);
}

#[tokio::test]
async fn what_is_not_there_is_404() {
    let directory = tempdir().unwrap();
    let app = App::over(directory.path(), [route(queued("hello"))]).await;
    for (method, path) in [
        ("GET", "/v1/executions/0193e0f0-0000-7000-8000-000000000000"),
        ("GET", "/v1/executions/ffff"),
        ("POST", "/v1/executions/0193e0f0-0000-7000-8000-000000000000/replay"),
        ("POST", "/v1/executions/ffff/cancel"),
    ] {
        assert_eq!(refusal(&app, method, path, "").await, (404, "NotFound".to_owned()), "{method} {path}");
    }
}

#[tokio::test]
async fn the_record_of_a_refused_request_says_why_and_has_no_credential() {
    let directory = tempdir().unwrap();
    let bearer = boathook_plan::plan::SchemeKind::Bearer;
    let (plan, keys) = testing::verified(plan("hello", "/hello"), bearer, Some("the key"));
    let app = App::over(directory.path(), [testing::build(plan, keys)]).await;
    let mut request = testing::request("POST", "/hello", r#"{"n":1}"#);
    request.headers_mut().insert("authorization", "Bearer a-wrong-key".parse().unwrap());
    assert_eq!(app.send(request).await.status, 401);
    let id = app.refused(1).await[0].id;

    assert_eq!(get(&app, "/v1/executions").await["items"], json!([]));
    let listed = get(&app, "/v1/executions?phase=Rejected,Failed").await;
    assert_eq!(listed["items"][0]["metadata"]["name"], id.to_string());
    let shown = record(&app, id).await;
    assert_eq!(
        (&shown["status"]["phase"], &shown["status"]["reason"]),
        (&json!("Rejected"), &json!("CredentialsInvalid"))
    );
    assert_eq!(shown["spec"]["request"]["headers"]["authorization"], "[redacted]");
    assert_eq!(lines(&app, "GET", "/v1/executions/export?phase=Rejected", "").await, [shown]);
    let order = format!("/v1/executions/{id}/replay");
    assert_eq!(refusal(&app, "POST", &order, "").await, (409, "NotAnExecution".to_owned()));
}
