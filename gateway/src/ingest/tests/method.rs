//! Stage 4.

use crate::testing::{App, plan, request, route};

fn app() -> App {
    let mut plan = plan("hello", "/hello");
    plan.webhook.as_mut().unwrap().methods = vec!["POST".to_owned(), "PUT".to_owned()];
    App::new([route(plan)])
}

#[tokio::test]
async fn another_method_is_405_and_told_which_are_allowed() {
    let app = app();
    for method in ["GET", "DELETE", "PATCH", "TRACE", "BREW", "post"] {
        let seen = app.send(request(method, "/hello", "{}")).await;
        assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (405, "MethodNotAllowed"), "{method}");
        assert_eq!(seen.header("allow"), "POST, PUT, HEAD, OPTIONS");
    }
    assert_eq!(app.requests("MethodNotAllowed"), 6);
    assert_eq!(app.send(request("PUT", "/hello", "{}")).await.status, 200);
}

#[tokio::test]
async fn head_and_options_are_answered_and_run_nothing() {
    let app = app();
    let head = app.send(request("HEAD", "/hello", "")).await;
    assert_eq!((head.status.as_u16(), head.body.as_str()), (200, ""));
    let options = app.send(request("OPTIONS", "/hello", "")).await;
    assert_eq!((options.status.as_u16(), options.body.as_str()), (204, ""));
    assert_eq!(options.header("allow"), "POST, PUT, HEAD, OPTIONS");
    assert_eq!(app.requests("Handshake"), 2);
    assert_eq!(app.executions("Succeeded"), 0);
}

#[tokio::test]
async fn head_of_a_path_without_a_workflow_is_404_without_a_body() {
    let seen = app().send(request("HEAD", "/nowhere", "")).await;
    assert_eq!((seen.status.as_u16(), seen.body.as_str()), (404, ""));
}
