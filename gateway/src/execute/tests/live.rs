//! What is never pinned: the secrets and the egress rules of a route that is replaced during a run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use boathook_plan::plan::{HttpAuth, Plan, StepKind};
use boathook_plan::route::Route;
use boathook_plan::secret::{Keys, Secret, SecretText};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::testing::{App, build, get, plan, step};

/// A workflow whose step calls `listener` with its secret, and again when that fails.
fn calling(listener: &TcpListener) -> Plan {
    let mut plan = plan("hello", "/hello");
    let mut call = step("call", get(&format!("http://{}/", listener.local_addr().unwrap())));
    call.retry.attempts = 2;
    if let StepKind::Http(http) = &mut call.kind {
        http.auth = Some(HttpAuth::Bearer("{{ $secrets.token }}".to_owned()));
    }
    plan.program.steps = vec![call];
    plan
}

fn with_secret(plan: Plan, token: &str) -> Arc<Route> {
    let token = SecretText(Secret::new(token.as_bytes().to_vec()));
    build(plan, Keys { schemes: Vec::new(), secrets: BTreeMap::from([("token".to_owned(), token)]) })
}

/// Takes one request, does something, and answers.
async fn answering(listener: &TcpListener, status: &str, meanwhile: impl FnOnce()) -> String {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut piece = [0; 1024];
        let count = stream.read(&mut piece).await.unwrap();
        request.extend_from_slice(&piece[..count]);
    }
    meanwhile();
    let response = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    stream.write_all(response.as_bytes()).await.unwrap();
    String::from_utf8(request).unwrap()
}

#[tokio::test]
async fn the_next_attempt_has_the_secret_of_now() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let app = App::new([with_secret(calling(&listener), "old-token")]);
    let rotate =
        || assert_eq!(app.shared.routes.swap(vec![with_secret(calling(&listener), "new-token")], BTreeSet::new()), []);
    let target = async {
        let first = answering(&listener, "503 Service Unavailable", rotate).await;
        (first, answering(&listener, "200 OK", || {}).await)
    };
    let (seen, (first, second)) = tokio::join!(app.post("/hello", "{}"), target);
    assert_eq!(seen.status, 200);
    assert!(first.contains("authorization: Bearer old-token\r\n"), "{first}");
    assert!(second.contains("authorization: Bearer new-token\r\n"), "{second}");
}

#[tokio::test]
async fn the_next_attempt_is_held_to_the_egress_rules_of_now() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let app = App::new([with_secret(calling(&listener), "old-token")]);
    let shut = || {
        let mut plan = calling(&listener);
        plan.egress.loopback = false;
        assert_eq!(app.shared.routes.swap(vec![with_secret(plan, "old-token")], BTreeSet::new()), []);
    };
    let target = async {
        answering(&listener, "503 Service Unavailable", shut).await;
        answering(&listener, "200 OK", || {}).await
    };
    let seen = tokio::select! {
        seen = app.post("/hello", "{}") => seen,
        request = target => panic!("it was sent again: {request}"),
    };
    assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (500, "RunFailed"));
}

#[tokio::test]
async fn a_workflow_that_is_gone_leaves_its_secrets_to_its_runs() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let app = App::new([with_secret(calling(&listener), "old-token")]);
    let delete = || assert_eq!(app.shared.routes.swap(Vec::new(), BTreeSet::new()), []);
    let target = async {
        answering(&listener, "503 Service Unavailable", delete).await;
        answering(&listener, "200 OK", || {}).await
    };
    let (seen, second) = tokio::join!(app.post("/hello", "{}"), target);
    assert_eq!(seen.status, 200);
    assert!(second.contains("authorization: Bearer old-token\r\n"), "{second}");
}
