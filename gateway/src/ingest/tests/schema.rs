//! Stage 11.

use boathook_plan::plan::{Answer, ConfigMapKey};

use crate::testing::{App, answer, json, plan, request, route};

fn app(schema: &str) -> App {
    let mut plan = plan("hello", "/hello");
    plan.webhook.as_mut().unwrap().schema = Some(json(schema));
    plan.response.answer = answer(r#""{{ $context.data.id }}""#);
    App::new([route(plan)])
}

#[tokio::test]
async fn a_body_of_the_required_shape_is_let_through() {
    let app = app(r#"{"type":"object","required":["id"]}"#);
    assert_eq!(app.post("/hello", r#"{"id":7,"x":{}}"#).await.body, "7");
}

#[tokio::test]
async fn a_body_of_another_shape_is_422_with_paths_and_keywords_and_no_values() {
    let app = app(
        r#"{"type":"object","required":["id"],"properties":{"mail":{"format":"email"},"n":{"items":{"maximum":3}}}}"#,
    );
    let seen = app.post("/hello", r#"{"mail":"SECRET","n":[1,9]}"#).await;
    assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (422, "SchemaViolation"));
    assert_eq!(
        seen.json()["violations"],
        serde_json::json!([
            {"path": "", "keyword": "required"},
            {"path": "/mail", "keyword": "format"},
            {"path": "/n/1", "keyword": "maximum"},
        ])
    );
    assert!(!seen.body.contains("SECRET"), "{}", seen.body);
    assert_eq!(app.requests("SchemaViolation"), 1);
    assert_eq!(app.executions("Succeeded"), 0);
}

#[tokio::test]
async fn the_first_twenty_violations_are_told() {
    let app = app(r#"{"items":{"type":"string"}}"#);
    let seen = app.post("/hello", &format!("[{}0]", "0,".repeat(99))).await;
    assert_eq!(seen.json()["violations"].as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn the_schema_is_of_the_data_whatever_kind_of_body_it_came_in() {
    let app = app(r#"{"type":"object","properties":{"id":{"pattern":"^[0-9]+$"}}}"#);
    for (media, body, status) in [
        ("application/x-www-form-urlencoded", "id=7", 200),
        ("application/x-www-form-urlencoded", "id=x", 422),
        ("application/xml", "<a><id>7</id></a>", 200),
        ("application/xml", "<a><id>x</id></a>", 422),
        ("text/plain", "7", 422),
    ] {
        let mut request = request("POST", "/hello", body);
        request.headers_mut().insert("content-type", media.parse().unwrap());
        assert_eq!(app.send(request).await.status, status, "{media} {body}");
    }
    assert_eq!(app.post("/hello", "").await.status, 422, "an empty body is null, and no object");
}

#[tokio::test]
async fn a_body_that_is_not_what_its_type_says_is_400_before_its_shape_is_judged() {
    assert_eq!(app("false").post("/hello", "{").await.reason(), "MalformedBody");
    assert_eq!(app("false").post("/hello", "{}").await.reason(), "SchemaViolation");
}

#[tokio::test]
async fn a_schema_that_is_not_there_lets_nothing_through_and_the_sender_keeps_its_event() {
    let mut plan = plan("hello", "/hello");
    let entry = ConfigMapKey { name: "schemas".to_owned(), key: "order.json".to_owned() };
    plan.webhook.as_mut().unwrap().schema_from = Some(entry);
    let missing = App::new([route(plan.clone())]);
    let seen = missing.post("/hello", "{}").await;
    assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (500, "FilterFailed"));
    plan.schemas.insert("schemas/order.json".to_owned(), json(r#"{"required":["id"]}"#));
    let app = App::new([route(plan)]);
    assert_eq!(app.post("/hello", "{}").await.status, 422);
    assert_eq!(app.post("/hello", r#"{"id":1}"#).await.status, 200);
}

#[tokio::test]
async fn people_are_sent_elsewhere_by_response_rejected() {
    let mut plan = plan("hello", "/hello");
    plan.webhook.as_mut().unwrap().schema = Some(json(r#"{"required":["id"]}"#));
    let headers = [("Location".to_owned(), "https://www.example.com/again".to_owned())].into();
    plan.response.rejected = Some(Answer { status: Some(303), headers, body: None });
    let app = App::new([route(plan)]);
    let seen = app.post("/hello", "{}").await;
    assert_eq!((seen.status.as_u16(), seen.header("location")), (303, "https://www.example.com/again"));
    assert_eq!(seen.body, "");
    assert_eq!(app.requests("SchemaViolation"), 1);
}
