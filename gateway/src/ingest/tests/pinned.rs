//! What a run keeps of the workflow that accepted it, whatever is served meanwhile.

use std::collections::BTreeSet;

use boathook_plan::plan::{Plan, Retry, StepKind};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::testing::{App, answer, get, json, plan, route, step};

/// A state of the workflow `hello`: it sends its number to the target, tries twice, and answers with its number.
fn state(target: &TcpListener, number: u32) -> Plan {
    let mut plan = plan("hello", "/hello");
    let StepKind::Http(mut http) = get(&format!("http://{}/", target.local_addr().unwrap())) else {
        panic!("get is an http step")
    };
    http.headers.insert("X-State".to_owned(), format!("{{{{ $vars.state }}}} of {number}"));
    let mut call = step("call", StepKind::Http(http));
    call.retry = Retry { attempts: 2, initial_ms: 1, factor: 1, max_ms: 1 };
    plan.vars = json(&format!(r#"{{"state":{number}}}"#));
    plan.program.steps = vec![call];
    plan.response.answer = answer(&format!(r#"{{"vars":"{{{{ $vars.state }}}}","answer":{number}}}"#));
    plan
}

/// Takes one request, lets `meanwhile` happen, and answers. The head of the request.
async fn answer_one(target: &TcpListener, status: &str, meanwhile: impl FnOnce()) -> String {
    let (mut stream, _) = target.accept().await.unwrap();
    let mut space = [0; 4096];
    let length = stream.read(&mut space).await.unwrap();
    meanwhile();
    let response = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    stream.write_all(response.as_bytes()).await.unwrap();
    String::from_utf8(space[..length].to_vec()).unwrap()
}

#[tokio::test]
async fn a_run_keeps_the_steps_vars_and_answer_that_it_was_accepted_with() {
    let target = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let app = App::new([route(state(&target, 1))]);
    let attempts = async {
        let edit = || assert_eq!(app.shared.routes.swap(vec![route(state(&target, 2))], BTreeSet::new()), Vec::new());
        answer_one(&target, "503 Service Unavailable", edit).await;
        answer_one(&target, "204 No Content", || {}).await
    };
    let (seen, second) = tokio::join!(app.post("/hello", "{}"), attempts);
    assert!(second.contains("x-state: 1 of 1\r\n"), "{second}");
    assert_eq!(seen.body, r#"{"vars":1,"answer":1}"#);
    let (seen, next) = tokio::join!(app.post("/hello", "{}"), answer_one(&target, "204 No Content", || {}));
    assert!(next.contains("x-state: 2 of 2\r\n"), "{next}");
    assert_eq!(seen.body, r#"{"vars":2,"answer":2}"#);
}
