//! What a gateway tells of its workflows.

use boathook_plan::channel::Deliveries;
use tokio::time::Instant;

use super::*;

/// What a gateway may take for a report, with room for a slow machine's own pauses.
const SECOND: Duration = Duration::from_millis(1500);

#[tokio::test]
async fn a_delivery_is_reported_within_a_second() {
    let site = Site::start().await;
    let mut operator = site.operator().await;
    operator.put(&Message::full("a").put(&hello())).await;
    let mut reports = operator.reports().await;
    let first = reports.until(|report| !report.workflows.is_empty()).await;
    assert_eq!(first.revision, Some(revision("a")));
    assert_eq!(first.workflows[0].workflow, hello().workflow);
    assert_eq!(first.workflows[0].revision, "of-hello");
    assert_eq!(first.workflows[0].deliveries, Deliveries::default());
    assert_eq!((site.post("/hello").await, status(site.gateway.addresses().public, "PUT", "/hello").await), (200, 405));
    let since = Instant::now();
    let seen = reports.until(|report| report.workflows.iter().any(|it| it.deliveries.received == 2)).await;
    assert!(since.elapsed() < SECOND, "{:?}", since.elapsed());
    assert_eq!(seen.instance, first.instance);
    let deliveries = &seen.workflows[0].deliveries;
    assert_eq!((deliveries.accepted, deliveries.rejected, deliveries.succeeded, deliveries.failed), (1, 1, 1, 0));
    assert!(deliveries.last_received.is_some() && deliveries.last_success.is_some());
    assert_eq!(deliveries.last_rejection.as_ref().map(|it| it.reason.as_str()), Some("MethodNotAllowed"));
    assert_eq!(deliveries.last_failure, None);
}

#[tokio::test]
async fn a_table_in_force_and_a_workflow_that_is_gone_are_reported() {
    let site = Site::start().await;
    let mut operator = site.operator().await;
    let mut reports = operator.reports().await;
    assert_eq!(reports.until(|_| true).await.revision, None);
    operator.put(&Message::full("a").put(&hello())).await;
    reports.until(|report| report.revision == Some(revision("a")) && report.workflows.len() == 1).await;
    operator.put(&Message::since("a", "b").remove(&hello())).await;
    let report = reports.until(|report| !report.gone.is_empty()).await;
    assert_eq!((report.revision, report.gone), (Some(revision("b")), vec![hello().workflow]));
}

#[tokio::test]
async fn silence_is_reported_too() {
    let site = Site::start().await;
    let mut operator = site.operator().await;
    operator.put(&Message::full("a")).await;
    let mut reports = operator.reports().await;
    for _ in 0..3 {
        let since = Instant::now();
        reports.until(|report| report.workflows.is_empty()).await;
        assert!(since.elapsed() < SECOND, "{:?}", since.elapsed());
    }
}

#[tokio::test]
async fn executions_are_read_over_the_channel() {
    let site = Site::start().await;
    let mut operator = site.operator().await;
    let answer = operator.send("GET", "/v1/executions?namespace=shop", Vec::new()).await.unwrap();
    // This gateway has no store: it is asked all the same, and says so.
    assert_eq!(answer.status(), 503);
}
