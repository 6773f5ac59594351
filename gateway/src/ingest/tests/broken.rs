//! Requests whose senders are gone before they are whole.

use std::time::Duration;

use tokio::time::timeout;

use crate::store::RequestPhase;
use crate::testing::{App, Never, plan, request, route};

#[tokio::test]
async fn a_request_that_is_broken_off_is_counted_and_recorded_as_what_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let app = App::over(directory.path(), [route(plan("hello", "/hello"))]).await;
    let answer = app.send(request("POST", "/hello?secret=in-the-query", "").map(|_| Never));
    assert!(timeout(Duration::ZERO, answer).await.is_err(), "it waits for its body");
    let records = app.refused(1).await;
    assert_eq!((records[0].phase, records[0].reason.as_str()), (RequestPhase::Rejected, "BadFraming"));
    assert_eq!((records[0].body_sha256, records[0].execution), (None, None));
    assert_eq!(app.requests("BadFraming"), 1);
}
