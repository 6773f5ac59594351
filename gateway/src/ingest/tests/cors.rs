//! What browsers are told, in stage 4 and on every answer.

use bytes::Bytes;
use http::Request;
use http_body_util::Full;

use crate::testing::{App, Seen, plan, request, route};

const PAGE: &str = "https://www.example.com";

fn app() -> App {
    let mut plan = plan("hello", "/hello");
    let webhook = plan.webhook.as_mut().unwrap();
    webhook.policy.origins = vec![PAGE.to_owned(), "http://localhost:3000".to_owned()];
    webhook.methods = vec!["POST".to_owned(), "PUT".to_owned()];
    plan.response.answer.headers.insert("Vary".to_owned(), "Accept".to_owned());
    App::new([route(plan)])
}

fn asking(method: &str, body: &str, fields: &[(&'static str, &str)]) -> Request<Full<Bytes>> {
    let mut request = request(method, "/hello", body);
    for (name, value) in fields {
        request.headers_mut().append(*name, value.parse().unwrap());
    }
    request
}

fn allowed(seen: &Seen) -> [&str; 3] {
    ["access-control-allow-origin", "access-control-allow-methods", "access-control-allow-headers"]
        .map(|name| seen.header(name))
}

#[tokio::test]
async fn a_preflight_of_a_named_page_says_what_it_may_send_and_runs_nothing() {
    let app = app();
    let fields =
        [("origin", PAGE), ("access-control-request-method", "PUT"), ("access-control-request-headers", "x-evil")];
    let seen = app.send(asking("OPTIONS", "", &fields)).await;
    assert_eq!((seen.status.as_u16(), seen.body.as_str()), (204, ""));
    assert_eq!(allowed(&seen), [PAGE, "POST, PUT", "*, Authorization"]);
    assert_eq!((seen.header("access-control-max-age"), seen.header("allow")), ("600", "POST, PUT, HEAD, OPTIONS"));
    assert_eq!(seen.header("vary"), "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
    assert_eq!(seen.headers.get_all("vary").iter().count(), 1);
    assert_eq!(seen.header("access-control-allow-credentials"), "");
    assert_eq!((app.requests("Handshake"), app.executions("Succeeded")), (1, 0));
}

#[tokio::test]
async fn a_page_that_is_not_named_is_told_nothing() {
    let app = app();
    for origin in [
        "https://evil.example",
        "https://www.example.com.evil.example",
        "https://WWW.example.com",
        "null",
        "*",
        "",
        "https://www.example.com:443",
    ] {
        let fields = [("origin", origin), ("access-control-request-method", "POST")];
        let preflight = app.send(asking("OPTIONS", "", &fields)).await;
        assert_eq!((preflight.status.as_u16(), allowed(&preflight)), (204, ["", "", ""]), "{origin}");
        assert_eq!((preflight.header("allow"), preflight.header("vary")), ("POST, PUT, HEAD, OPTIONS", "Origin"));
        let seen = app.send(asking("POST", "{}", &fields[..1])).await;
        assert_eq!((seen.status.as_u16(), seen.header("access-control-allow-origin")), (200, ""), "{origin}");
    }
    let two = [("origin", PAGE), ("origin", PAGE)];
    assert_eq!(app.send(asking("POST", "{}", &two)).await.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn a_named_page_may_read_every_answer_of_the_workflow() {
    let app = app();
    for (method, body, status) in [("POST", "{}", 200), ("GET", "{}", 405), ("POST", "{", 400), ("HEAD", "", 200)] {
        let seen = app.send(asking(method, body, &[("origin", PAGE)])).await;
        assert_eq!(
            (seen.status.as_u16(), seen.header("access-control-allow-origin")),
            (status, PAGE),
            "{method} {body}"
        );
        assert_eq!(
            seen.header("access-control-expose-headers"),
            "Boathook-Request-Id, Boathook-Execution-Id, Retry-After"
        );
        assert!(seen.headers.get_all("vary").iter().any(|value| value == "Origin"), "{method} {body}");
    }
    let seen = app.send(asking("POST", "{}", &[])).await;
    let varies: Vec<_> = seen.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
    assert_eq!((varies, seen.header("access-control-allow-origin")), (vec!["Accept", "Origin"], ""));
}

#[tokio::test]
async fn a_workflow_that_names_no_page_tells_browsers_nothing() {
    let app = App::new([route(plan("hello", "/hello"))]);
    let fields = [("origin", PAGE), ("access-control-request-method", "POST")];
    for method in ["OPTIONS", "POST"] {
        let seen = app.send(asking(method, "{}", &fields)).await;
        assert_eq!((allowed(&seen), seen.header("vary")), (["", "", ""], ""), "{method}");
    }
}
