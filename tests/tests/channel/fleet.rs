//! A fleet and gateways of this process.

use boathook_gateway::{ChannelConfig, Clock, Config, Gateway, Private};
use boathook_tests::boathook::free_address;
use bytes::Bytes;
use http::Request;
use tempfile::TempDir;

use super::*;

/// A gateway with its certificates, at addresses that it has again after a restart.
struct Pod {
    folder: TempDir,
    channel: SocketAddr,
    gateway: Gateway,
}

impl Pod {
    async fn start(trust: &Trust) -> Self {
        let folder = tempfile::tempdir().unwrap();
        trust.mount(&key(), folder.path());
        let channel = free_address();
        let gateway = start(folder.path(), channel).await;
        Self { folder, channel, gateway }
    }

    /// Another process in its place, which has kept nothing.
    async fn replace(self) -> Self {
        let Self { folder, channel, gateway } = self;
        gateway.drain().await;
        let gateway = start(folder.path(), channel).await;
        Self { folder, channel, gateway }
    }

    async fn post(&self, path: &'static str) -> u16 {
        status("POST", self.gateway.addresses().public, path).await
    }
}

async fn start(folder: &Path, channel: SocketAddr) -> Gateway {
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    let channel = ChannelConfig { listen: channel, certificates: folder.to_owned(), table: None };
    let config = Config {
        listen: free,
        admin: free,
        private: Private::Health,
        channel: Some(channel),
        data: Some(folder.join("data")),
        ..Config::default()
    };
    Gateway::start(config, Clock::system()).await.unwrap()
}

#[tokio::test]
async fn every_pod_serves_what_is_published_and_what_changes_of_it() {
    let trust = Trust::new();
    let (one, other) = (Pod::start(&trust).await, Pod::start(&trust).await);
    let fleet = Fleet::new(trust.dialer());
    let (hello, more) = (route("hello", "/hello"), route("more", "/more"));
    fleet.publish(&key(), table(&[&hello]));
    fleet.endpoints(&key(), &addresses([one.channel, other.channel]));
    let state = until(&fleet, &key(), is_programmed).await;
    assert_eq!(state.pods.len(), 2);
    assert_eq!((one.post("/hello").await, other.post("/hello").await), (200, 200));

    let first = state.published.unwrap();
    fleet.publish(&key(), table(&[&hello]));
    let same = fleet.state(&key()).published.unwrap();
    assert!(Arc::ptr_eq(&first, &same), "what is the same is not published again");

    fleet.publish(&key(), table(&[&more]));
    let state = until(&fleet, &key(), is_programmed).await;
    assert_eq!((one.post("/hello").await, one.post("/more").await), (404, 200));
    assert_eq!((other.post("/hello").await, other.post("/more").await), (404, 200));
    let acknowledged = state.pods[&one.channel].acknowledged.clone().unwrap();
    assert!(Arc::ptr_eq(acknowledged.route(&more.plan.workflow).unwrap(), &more));
    assert!(acknowledged.route(&hello.plan.workflow).is_none());
}

#[tokio::test]
async fn a_pod_that_comes_and_one_that_has_lost_its_routes_are_given_all_of_them() {
    let trust = Trust::new();
    let pod = Pod::start(&trust).await;
    let fleet = Fleet::new(trust.dialer());
    fleet.publish(&key(), table(&[&route("hello", "/hello")]));
    fleet.endpoints(&key(), &addresses([pod.channel]));
    let before = until(&fleet, &key(), is_programmed).await.pods[&pod.channel].instance;
    let pod = pod.replace().await;
    let is_again = |state: &GatewayState| is_programmed(state) && state.pods[&pod.channel].instance != before;
    until(&fleet, &key(), is_again).await;
    assert_eq!(pod.post("/hello").await, 200);

    let late = Pod::start(&trust).await;
    fleet.endpoints(&key(), &addresses([pod.channel, late.channel]));
    until(&fleet, &key(), |state| state.pods.len() == 2 && is_programmed(state)).await;
    assert_eq!(late.post("/hello").await, 200);
    fleet.endpoints(&key(), &addresses([late.channel]));
    assert_eq!(fleet.state(&key()).pods.len(), 1);
    assert_eq!(pod.post("/hello").await, 200, "a pod that is let go serves on");
}

#[tokio::test]
async fn what_another_operator_has_published_meanwhile_is_replaced() {
    let trust = Trust::new();
    let pod = Pod::start(&trust).await;
    let newest = Fleet::new(trust.dialer());
    newest.publish(&key(), table(&[&route("hello", "/hello")]));
    newest.endpoints(&key(), &addresses([pod.channel]));
    until(&newest, &key(), is_programmed).await;
    let stale = Fleet::new(trust.dialer());
    stale.publish(&key(), table(&[&route("old", "/old")]));
    stale.endpoints(&key(), &addresses([pod.channel]));
    until(&stale, &key(), is_programmed).await;
    drop(stale);
    let replaced = async { while pod.post("/hello").await != 200 {} };
    timeout(PATIENCE, replaced).await.expect("the newest table is served again");
    assert_eq!(pod.post("/old").await, 404);
}

#[tokio::test]
async fn a_pod_of_another_gateway_or_authority_is_given_nothing() {
    let trust = Trust::new();
    let pod = Pod::start(&trust).await;
    let other = ObjectKey::new("boathook", "other");
    let fleet = Fleet::new(trust.dialer());
    fleet.publish(&other, table(&[&route("hello", "/hello")]));
    fleet.endpoints(&other, &addresses([pod.channel]));
    let state = until(&fleet, &other, |state| state.pods[&pod.channel].error.is_some()).await;
    let told = state.pods[&pod.channel].error.clone().unwrap();
    assert!(told.contains("not valid for name"), "{told}");

    let stranger = Fleet::new(Trust::new().dialer());
    stranger.publish(&key(), table(&[&route("hello", "/hello")]));
    stranger.endpoints(&key(), &addresses([pod.channel]));
    let state = until(&stranger, &key(), |state| state.pods[&pod.channel].error.is_some()).await;
    let told = state.pods[&pod.channel].error.clone().unwrap();
    assert!(told.contains("invalid peer certificate"), "{told}");
    let admin = pod.gateway.addresses().admin;
    assert_eq!(status("GET", admin, "/readyz").await, 503, "it has no routes");
}

#[tokio::test]
async fn certificates_are_replaced_while_everything_goes_on() {
    let (before, after) = (Trust::new(), Trust::new());
    let pod = Pod::start(&before).await;
    let fleet = Fleet::new(before.dialer());
    fleet.publish(&key(), table(&[&route("hello", "/hello")]));
    fleet.endpoints(&key(), &addresses([pod.channel]));
    until(&fleet, &key(), is_programmed).await;
    after.mount(&key(), pod.folder.path());
    fleet.renew(after.dialer());
    fleet.publish(&key(), table(&[&route("more", "/more")]));
    until(&fleet, &key(), is_programmed).await;
    assert_eq!(pod.post("/more").await, 200);
}

#[tokio::test]
async fn reports_and_rejections_come_back_and_executions_can_be_asked_for() {
    let trust = Trust::new();
    let pod = Pod::start(&trust).await;
    let fleet = Fleet::new(trust.dialer());
    let (hello, loser) = (route("hello", "/hello"), route("loser", "/hello"));
    fleet.publish(&key(), table(&[&hello, &loser]));
    fleet.endpoints(&key(), &addresses([pod.channel]));
    let state = until(&fleet, &key(), is_programmed).await;
    let rejected = &state.pods[&pod.channel].rejected;
    assert_eq!(rejected.len(), 1);
    assert_eq!(
        (&rejected[0].workflow, &rejected[0].winner),
        (&loser.plan.workflow, &Some(hello.plan.workflow.clone()))
    );

    assert_eq!(pod.post("/hello").await, 200);
    let received = |state: &GatewayState| {
        let reported = state.pods[&pod.channel].report.get(&hello.plan.workflow);
        reported.is_some_and(|reported| reported.deliveries.received == 1 && reported.deliveries.succeeded == 1)
    };
    until(&fleet, &key(), received).await;

    let (_, mut connection) = fleet.connections(&key()).pop().unwrap();
    let request = Request::get("https://gateway/v1/executions?namespace=shop").body(Bytes::new()).unwrap();
    assert_eq!(connection.send(request).await.unwrap().status(), 200);
}
