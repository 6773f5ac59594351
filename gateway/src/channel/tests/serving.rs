//! Tables come, and are served.

use boathook_plan::channel::Rejection;

use super::*;

#[tokio::test]
async fn a_table_is_served_once_it_is_acknowledged_and_the_gateway_is_ready_then() {
    let site = Site::start().await;
    assert!(!site.ready().await, "before the first table");
    let mut operator = site.operator().await;
    assert_eq!(operator.put(&Message::full("a").put(&hello())).await, served("a"));
    assert_eq!(site.post("/hello").await, 200);
    assert!(site.ready().await);
    site.gateway.leave();
    assert!(!site.ready().await, "while it leaves");
    assert_eq!(site.post("/hello").await, 200, "it serves on while it leaves");
}

#[tokio::test]
async fn changes_are_made_to_the_table_that_they_are_about() {
    let site = Site::start().await;
    let mut operator = site.operator().await;
    let (hello, other) = (hello(), plan("other", "/other"));
    operator.put(&Message::full("a").put(&hello)).await;
    assert_eq!(operator.put(&Message::since("a", "b").put(&other)).await, served("b"));
    assert_eq!((site.post("/hello").await, site.post("/other").await), (200, 200));
    assert_eq!(operator.put(&Message::since("b", "c").remove(&hello)).await, served("c"));
    assert_eq!((site.post("/hello").await, site.post("/other").await), (404, 200));
    let moved = plan("other", "/moved");
    assert_eq!(operator.put(&Message::since("c", "d").put(&moved)).await, served("d"));
    assert_eq!((site.post("/other").await, site.post("/moved").await), (404, 200));
}

#[tokio::test]
async fn changes_of_another_table_are_refused_and_all_of_it_is_taken() {
    let site = Site::start().await;
    let mut operator = site.operator().await;
    let changes = Message::since("a", "b").put(&hello());
    let (status, refusal) = operator.refused(changes.bytes()).await;
    assert_eq!((status, refusal.reason.as_str()), (409, "OtherBase"));
    assert_eq!(refusal.detail, "the changes are since table a, and none is held: send the whole table");
    assert!(!site.ready().await);
    operator.put(&Message::full("c")).await;
    let (status, refusal) = operator.refused(changes.bytes()).await;
    assert_eq!((status, refusal.reason.as_str()), (409, "OtherBase"));
    assert_eq!(site.post("/hello").await, 404);
    assert_eq!(operator.put(&Message::full("b").put(&hello())).await, served("b"));
    assert_eq!(site.post("/hello").await, 200);
}

#[tokio::test]
async fn a_route_that_cannot_be_served_is_rejected_alone() {
    let site = Site::start().await;
    let mut operator = site.operator().await;
    let (mut broken, loser) = (plan("broken", "/broken"), plan("loser", "/hello"));
    broken.webhook.as_mut().unwrap().methods = vec!["BREW".to_owned()];
    let acknowledgement = operator.put(&Message::full("a").put(&broken).put(&hello()).put(&loser)).await;
    let rejected = vec![
        Rejection {
            workflow: broken.workflow.clone(),
            winner: None,
            reason: "webhook.methods must be of GET, POST, PUT, PATCH, DELETE, unlike \"BREW\"".to_owned(),
        },
        Rejection {
            workflow: loser.workflow.clone(),
            winner: Some(hello().workflow),
            reason: "shop/hello has its path".to_owned(),
        },
    ];
    assert_eq!(acknowledgement, Acknowledgement { rejected, ..served("a") });
    assert_eq!((site.post("/hello").await, site.post("/broken").await), (200, 404));
    let mended = plan("broken", "/broken");
    let acknowledgement = operator.put(&Message::since("a", "b").put(&mended).remove(&loser)).await;
    assert_eq!(acknowledgement, served("b"));
    assert_eq!(site.post("/broken").await, 200);
}

#[tokio::test]
async fn a_plan_of_a_later_version_is_rejected_alone() {
    let site = Site::start().await;
    let mut operator = site.operator().await;
    let later = serde_json::to_string(&plan("later", "/later")).unwrap().replace(r#""Braces""#, r#""Quotes""#);
    let json = format!(r#"{{"plan":{later},"keys":{{"schemes":[],"secrets":{{}}}}}}"#);
    let frame = zstd::bulk::compress(json.as_bytes(), 3).unwrap();
    let route: Packed =
        serde_json::from_value(base64::Engine::encode(&base64::engine::general_purpose::STANDARD, frame).into())
            .unwrap();
    let change = Change::Put { revision: "r".to_owned(), route };
    let message = Message::full("a").line(&plan("later", "/later"), &change).put(&hello());
    let acknowledgement = operator.put(&message).await;
    assert_eq!(acknowledgement.rejected.len(), 1);
    let reason = &acknowledgement.rejected[0].reason;
    assert!(reason.starts_with("the plan is of another version of Boathook: unknown variant `Quotes`"), "{reason}");
    assert_eq!(site.post("/hello").await, 200);
}

#[tokio::test]
async fn what_is_no_table_is_refused_and_changes_nothing() {
    let site = Site::start().await;
    let mut operator = site.operator().await;
    operator.put(&Message::full("a").put(&hello())).await;
    let mut short = Message::full("b").put(&hello());
    short.header.changes = 2;
    for (bytes, status, reason) in [
        (short.bytes(), 400, "Malformed"),
        (b"nonsense".to_vec(), 400, "Malformed"),
        (br#"{"version":7}"#.to_vec(), 400, "UnknownVersion"),
        (vec![b'x'; (24 << 20) + 1], 413, "TooLarge"),
    ] {
        let (told, refusal) = operator.refused(bytes).await;
        assert_eq!((told, refusal.reason.as_str()), (status, reason));
    }
    assert_eq!(site.post("/hello").await, 200);
    assert_eq!(operator.put(&Message::since("a", "b")).await, served("b"));
}

#[tokio::test]
async fn the_probes_port_shows_health_and_nothing_of_what_was_sent() {
    let site = Site::start().await;
    site.operator().await.put(&Message::full("a").put(&hello())).await;
    let admin = site.gateway.addresses().admin;
    for (path, expected) in
        [("/livez", 200), ("/readyz", 200), ("/metrics", 200), ("/v1/executions", 404), ("/v1/routes", 404)]
    {
        assert_eq!(status(admin, "GET", path).await, expected, "{path}");
    }
}
