//! Stage 2.

use crate::config::Limits;
use crate::testing::{App, plan, route};

#[tokio::test]
async fn a_request_too_many_is_503_and_told_to_come_back() {
    let app = App::within(Limits { in_flight: 1, ..Limits::default() }, [route(plan("hello", "/hello"))]);
    let place = app.shared.gate.enter().unwrap();
    let seen = app.post("/hello", "{}").await;
    assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (503, "Overloaded"));
    assert_eq!(seen.header("retry-after"), "1");
    assert_eq!(app.count(r#"boathook_requests_total{namespace="",workflow="",outcome="Overloaded"}"#), 1);
    drop(place);
    assert_eq!(app.post("/hello", "{}").await.status, 200);
}

#[tokio::test]
async fn every_end_of_a_request_gives_its_place_back() {
    let app = App::within(Limits { in_flight: 1, ..Limits::default() }, [route(plan("hello", "/hello"))]);
    for (path, body, status) in
        [("/nowhere", "{}", 404), ("/hello", "{", 400), ("/hello", "{}", 200), ("/hello", "{}", 200)]
    {
        assert_eq!(app.post(path, body).await.status, status);
        app.shared.gate.empty().await;
    }
}
