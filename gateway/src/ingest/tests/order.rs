//! Of all that is wrong with a request, the earliest stage tells.

use boathook_plan::plan::SchemeKind;

use crate::config::Limits;
use crate::testing::{App, Seen, build, json, plan, request, verified};

const TOKEN: &str = "Bearer correct-horse";

async fn send(app: &App, target: [&str; 2], fields: [&'static str; 2], body: &str) -> Seen {
    let mut request = request(target[0], target[1], body);
    request.headers_mut().insert("content-type", fields[0].parse().unwrap());
    request.headers_mut().insert("authorization", fields[1].parse().unwrap());
    app.send(request).await
}

#[tokio::test]
async fn nothing_later_runs_when_something_earlier_refuses() {
    let mut shaped = plan("hello", "/hello");
    shaped.webhook.as_mut().unwrap().schema = Some(json(r#"{"type":"object"}"#));
    let (plan, keys) = verified(shaped, SchemeKind::Bearer, Some("correct-horse"));
    let app = App::within(Limits { in_flight: 1, ..Limits::default() }, [build(plan, keys)]);
    let large = "{".repeat(1025);
    let place = app.shared.gate.enter().unwrap();
    let busy = send(&app, ["GET", "/nowhere"], ["text/plain; charset=x", ""], &large).await;
    assert_eq!((busy.status.as_u16(), busy.reason().as_str()), (503, "Overloaded"));
    drop(place);
    // Each row mends what the row before was refused for.
    for (target, fields, body, status, reason) in [
        (["GET", "/nowhere"], ["text/plain; charset=x", ""], &*large, 404, "NoRoute"),
        (["GET", "/hello"], ["text/plain; charset=x", ""], &large, 405, "MethodNotAllowed"),
        (["POST", "/hello"], ["text/plain; charset=x", ""], &large, 413, "BodyTooLarge"),
        (["POST", "/hello"], ["text/plain; charset=x", ""], "{", 401, "SignatureMissing"),
        (["POST", "/hello"], ["text/plain; charset=x", "Bearer x"], "{", 401, "CredentialsInvalid"),
        (["POST", "/hello"], ["text/plain; charset=x", TOKEN], "{", 415, "UnsupportedMediaType"),
        (["POST", "/hello"], ["application/json", TOKEN], "{", 400, "MalformedBody"),
        (["POST", "/hello"], ["application/json", TOKEN], "[]", 422, "SchemaViolation"),
    ] {
        let seen = send(&app, target, fields, body).await;
        assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (status, reason));
    }
    assert_eq!(app.executions("Succeeded"), 0);
    assert_eq!(send(&app, ["POST", "/hello"], ["application/json", TOKEN], "{}").await.status, 200);
    assert_eq!(app.executions("Succeeded"), 1);
}
