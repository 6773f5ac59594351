//! Redirects: each is judged like a first request, and credentials stay where they belong.

use std::sync::Arc;

use boathook_plan::plan::{HttpAuth, HttpBody, HttpStep};
use boathook_plan::reason::StepReason;

use super::server::{Server, response};
use super::{PUBLIC, TestNetwork, perform, step, text};

const OTHER: &str = "93.184.216.35";

fn following(url: &str) -> HttpStep {
    HttpStep { follow_redirects: 3, ..step(url) }
}

async fn redirecting(status: &str, location: &str) -> Server {
    Server::answering(response(status, &[&format!("location: {location}")], "")).await
}

fn network(first: &Server, second: &Server) -> Arc<TestNetwork> {
    let network = TestNetwork::default()
        .name("first.test", &[PUBLIC])
        .name("second.test", &[OTHER])
        .name("private.test", &["10.0.0.1"])
        .leads("93.184.216.34:80", first.address)
        .leads("93.184.216.35:80", second.address);
    Arc::new(network)
}

#[tokio::test]
async fn a_redirect_is_an_unexpected_status_unless_it_is_followed() {
    let first = redirecting("302 Found", "http://second.test/").await;
    let network = network(&first, &first);
    let failure = perform(&network, &step("http://first.test/")).await.unwrap_err();
    assert_eq!(failure.message, "GET first.test answered 302, which the step does not expect");
    assert_eq!(network.dialled(), ["93.184.216.34:80"]);
}

#[tokio::test]
async fn a_redirect_is_followed_to_another_host() {
    let first = redirecting("302 Found", "http://second.test/b#part").await;
    let second = Server::answering(response("200 OK", &[], "there")).await;
    let result = perform(&network(&first, &second), &following("http://first.test/a")).await.unwrap();
    assert_eq!(text(&result, &["text"]), "there");
    assert!(second.requests()[0].starts_with("GET /b HTTP/1.1\r\n"));
}

#[tokio::test]
async fn a_redirect_to_a_forbidden_address_is_not_dialled() {
    let targets = [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://2130706433/",
        "//10.0.0.1/",
        "http://private.test/",
        "http://second.test:25/",
        "http://[::ffff:7f00:1]/",
        "http://0x7f.1/",
    ];
    for target in targets {
        let first = redirecting("302 Found", target).await;
        let network = network(&first, &first);
        let failure = perform(&network, &following("http://first.test/")).await.unwrap_err();
        assert_eq!((failure.reason, failure.retryable), (StepReason::EgressDenied, false), "{target}");
        assert_eq!(network.dialled(), ["93.184.216.34:80"], "{target}");
    }
}

#[tokio::test]
async fn a_redirect_to_what_is_no_plain_url_is_refused() {
    let targets = [
        "file:///etc/passwd",
        "ftp://second.test/",
        "gopher://second.test/",
        "http://user@second.test/",
        "javascript:1",
        "http://second.test:0/",
        "/a\\b",
    ];
    for target in targets {
        let first = redirecting("302 Found", target).await;
        let network = network(&first, &first);
        let failure = perform(&network, &following("http://first.test/")).await.unwrap_err();
        assert_eq!(failure.reason, StepReason::EgressDenied, "{target}");
        assert_eq!(network.dialled(), ["93.184.216.34:80"], "{target}");
    }
}

#[tokio::test]
async fn redirects_end() {
    let first = redirecting("302 Found", "/again").await;
    let network = network(&first, &first);
    let failure = perform(&network, &following("http://first.test/")).await.unwrap_err();
    assert_eq!((failure.reason, failure.retryable), (StepReason::BadResponse, false));
    assert_eq!(failure.message, "GET first.test redirects more than 3 times");
    assert_eq!(first.requests().len(), 4);
}

#[tokio::test]
async fn credentials_do_not_go_to_another_host() {
    let first = redirecting("307 Temporary Redirect", "http://second.test/").await;
    let second = Server::answering(response("200 OK", &[], "")).await;
    let mut step = following("http://first.test/");
    step.method = "POST".to_owned();
    step.auth = Some(HttpAuth::Bearer("correct-horse".to_owned()));
    step.headers =
        [("Cookie", "a=b"), ("X-Plain", "stays")].map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    step.body = Some(HttpBody::Text("hello".to_owned()));
    perform(&network(&first, &second), &step).await.unwrap();
    let (sent, sent_on) = (first.requests()[0].clone(), second.requests()[0].clone());
    assert!(sent.contains("authorization: Bearer correct-horse\r\n") && sent.contains("cookie: a=b\r\n"));
    assert!(!sent_on.contains("authorization") && !sent_on.contains("cookie"), "{sent_on}");
    assert!(sent_on.contains("x-plain: stays\r\n") && sent_on.ends_with("\r\n\r\nhello"), "{sent_on}");
    assert!(sent_on.starts_with("POST / HTTP/1.1\r\n"));
}

#[tokio::test]
async fn credentials_stay_on_the_same_origin() {
    let answers = Server::start(|mut stream| async move {
        use tokio::io::AsyncWriteExt as _;
        while let Some(request) = super::server::request(&mut stream).await? {
            let authorised = request.contains("authorization: Bearer correct-horse\r\n");
            let bytes = match (request.starts_with("GET /a "), authorised) {
                (true, true) => response("302 Found", &["location: /b"], ""),
                (false, true) => response("200 OK", &[], ""),
                (true | false, false) => response("401 Unauthorized", &[], ""),
            };
            stream.write_all(&bytes).await?;
        }
        Ok(())
    })
    .await;
    let mut step = following("http://first.test/a");
    step.auth = Some(HttpAuth::Bearer("correct-horse".to_owned()));
    perform(&network(&answers, &answers), &step).await.unwrap();
}
