//! Secrets: put in for one attempt, and nowhere afterwards.

use std::collections::BTreeMap;
use std::sync::Arc;

use boathook_plan::json::Json;
use boathook_plan::plan::{HttpAuth, HttpStep};
use boathook_plan::reason::{StepFailure, StepReason};

use super::server::{Server, response};
use super::{PUBLIC, TestNetwork, attempt, executor, secret, step};

fn authorised() -> HttpStep {
    HttpStep { auth: Some(HttpAuth::Bearer("{{ $secrets.token }}".to_owned())), ..step("http://target.test/") }
}

async fn perform(server: &Server, step: &HttpStep, secrets: &[(&str, &str)]) -> Result<Json, StepFailure> {
    let network = TestNetwork::default().name("target.test", &[PUBLIC]).leads("93.184.216.34:80", server.address);
    let secrets = secrets.iter().map(|(name, value)| ((*name).to_owned(), secret(value))).collect::<BTreeMap<_, _>>();
    executor(&Arc::new(network)).perform(&attempt(step), &secrets).await
}

#[tokio::test]
async fn a_secret_is_sent() {
    let server = Server::answering(response("200 OK", &[], "")).await;
    perform(&server, &authorised(), &[("token", "correct-horse")]).await.unwrap();
    assert!(server.requests()[0].contains("authorization: Bearer correct-horse\r\n"));
}

#[tokio::test]
async fn a_missing_secret_fails_the_attempt_and_sends_nothing() {
    let server = Server::answering(response("200 OK", &[], "")).await;
    for secrets in [&[][..], &[("other", "correct-horse")], &[("token", "")]] {
        let failure = perform(&server, &authorised(), secrets).await.unwrap_err();
        assert_eq!((failure.reason, failure.retryable), (StepReason::SecretUnavailable, true));
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_secret_that_the_target_echoes_is_not_in_the_result() {
    let echo = r#"{"authorization":"Bearer correct-horse","nested":["x correct-horse y"],"correct-horse":1}"#;
    let fields = ["content-type: application/json", "x-echo: Bearer correct-horse"];
    let server = Server::answering(response("200 OK", &fields, echo)).await;
    let result = perform(&server, &authorised(), &[("token", "correct-horse")]).await.unwrap();
    assert!(!result.to_string().contains("correct-horse"), "{result}");
    assert_eq!(
        result.get(["data"]).unwrap().to_string(),
        r#"{"authorization":"Bearer REDACTED","nested":["x REDACTED y"],"REDACTED":1}"#
    );
}

#[tokio::test]
async fn a_password_that_the_target_echoes_in_base64_is_not_in_the_result() {
    // base64("robot:correct-horse")
    let server = Server::answering(response("200 OK", &[], "you sent cm9ib3Q6Y29ycmVjdC1ob3JzZQ== to us")).await;
    let auth = HttpAuth::Basic { username: "robot".to_owned(), password: "{{ $secrets.password }}".to_owned() };
    let step = HttpStep { auth: Some(auth), ..step("http://target.test/") };
    let result = perform(&server, &step, &[("password", "correct-horse")]).await.unwrap();
    assert_eq!(super::text(&result, &["text"]), "you sent REDACTED to us");
}

#[tokio::test]
async fn no_failure_holds_a_secret() {
    let secrets = [("token", "correct-horse")];
    let url = HttpStep { hosts: vec!["target.test".to_owned()], ..step("{{ $secrets.token }}") };
    let header = HttpStep {
        headers: [("X-Token".to_owned(), "{{ $secrets.token }}\n".to_owned())].into(),
        ..step("http://target.test/")
    };
    let answered = HttpStep { ..authorised() };
    let server = Server::answering(response("500 Internal Server Error", &[], "Bearer correct-horse")).await;
    for step in [url, header, answered] {
        let failure = perform(&server, &step, &secrets).await.unwrap_err();
        assert!(!failure.message.contains("correct-horse"), "{}", failure.message);
    }
}
