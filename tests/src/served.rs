//! One workflow as a whole gateway serves it, in this process, at a moment of the test's choosing.
//!
//! The workflow is given as its YAML would be; it goes through the same compiler as in a cluster.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;

use boathook_crds::{WebhookGatewaySpec, WebhookWorkflowSpec};
use boathook_gateway::{Clock, Config, Gateway, Limits};
use boathook_operator_core::compile::{ALLOW_LABEL, compile};
use boathook_operator_core::object::{Object, ObjectKey};
use boathook_operator_core::world::{SecretObject, World};
use boathook_plan::edge::Edge;
use boathook_plan::route::Route;
use boathook_plan::secret::Secret;
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use crate::boathook::get;

/// The namespace of the workflow; its URL is `https://hooks.example.test/in<path>`.
const NAMESPACE: &str = "in";

/// A Secret of the workflow's namespace, allowed to verify senders.
#[derive(Clone, Debug)]
pub struct TestSecret {
    /// Its name.
    pub name: &'static str,
    /// Its type; empty is `Opaque`.
    pub type_: &'static str,
    /// Its content.
    pub data: Vec<(String, String)>,
}

/// A gateway with one workflow.
#[derive(Debug)]
pub struct Served {
    gateway: Gateway,
}

impl Served {
    /// Serves a workflow with this `spec.webhook`: Sync, without a step that does anything, answering `{"ran":true}`.
    pub async fn start(webhook: Value, secrets: Vec<TestSecret>, clock: Clock) -> Self {
        Self::serving(routes(&world(&ran(), &[webhook], secrets)), Limits::default(), clock).await
    }

    /// The same, within other limits.
    pub async fn within(limits: Limits, webhook: Value, secrets: Vec<TestSecret>, clock: Clock) -> Self {
        Self::serving(routes(&world(&ran(), &[webhook], secrets)), limits, clock).await
    }

    /// The same, answering with other JSON; its strings may hold templates.
    pub async fn answering(json: &Value, webhook: &Value, secrets: Vec<TestSecret>, clock: Clock) -> Self {
        Self::serving(routes(&world(json, std::slice::from_ref(webhook), secrets)), Limits::default(), clock).await
    }

    /// Serves several workflows with these `spec.webhook`, all answering `{"ran":true}`.
    pub async fn together(webhooks: &[Value], secrets: Vec<TestSecret>, clock: Clock) -> Self {
        Self::serving(routes(&world(&ran(), webhooks, secrets)), Limits::default(), clock).await
    }

    async fn serving(routes: Vec<Route>, limits: Limits, clock: Clock) -> Self {
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        let config = Config { listen: loopback, admin: loopback, limits, ..Config::default() };
        let gateway = Gateway::start(config, clock).await.expect("the gateway starts");
        gateway.apply(&Edge::default()).expect("plain HTTP");
        let routes = routes.into_iter().map(Arc::new).collect();
        assert!(gateway.swap(routes, BTreeSet::new()).is_empty(), "the routes are served");
        Self { gateway }
    }

    /// Where senders connect.
    pub fn address(&self) -> SocketAddr {
        self.gateway.addresses().public
    }

    /// How many requests ended with this outcome, of every workflow and of none; all of them without one.
    ///
    /// # Panics
    ///
    /// When the metrics cannot be read.
    pub async fn counted(&self, outcome: Option<&str>) -> u64 {
        let admin = self.gateway.addresses().admin;
        let text = spawn_blocking(move || get(admin, "/metrics")).await.ok().flatten().expect("metrics");
        let lines = text.lines().filter(|line| line.starts_with("boathook_requests_total{"));
        let label = outcome.map(|outcome| format!("outcome=\"{outcome}\""));
        let asked = lines.filter(|line| label.as_ref().is_none_or(|label| line.contains(label.as_str())));
        asked.map(|line| line.rsplit(' ').next().and_then(|count| count.parse::<u64>().ok()).expect("a count")).sum()
    }
}

fn ran() -> Value {
    json!({"ran": true})
}

/// One route for each workflow.
fn routes(world: &World) -> Vec<Route> {
    let compiled = compile(world);
    assert_eq!(compiled.routes.len(), world.workflows.len(), "no route: {:?}", compiled.workflows);
    let build = |plan, keys| Route::build(plan, keys).expect("the plan compiles");
    compiled.routes.iter().map(|route| build(Arc::clone(&route.plan), route.keys.clone())).collect()
}

fn world(answer: &Value, webhooks: &[Value], secrets: Vec<TestSecret>) -> World {
    let gateway = json!({
        "baseURL": "https://hooks.example.test",
        "routePrefix": "",
        "allowedNamespaces": {"from": "All"},
        "storage": {"embedded": {"size": "1Gi"}},
    });
    let gateway: WebhookGatewaySpec = serde_json::from_value(gateway).expect("a gateway");
    let mut world = World::default();
    let gateway = object(world.platform.default_gateway.clone(), gateway);
    world.gateways.insert(gateway.key.clone(), Arc::new(gateway));
    for (at, webhook) in webhooks.iter().enumerate() {
        let workflow = json!({
            "webhook": webhook,
            "steps": [{"name": "ran", "set": {"ran": true}}],
            "response": {"mode": "Sync", "json": answer},
        });
        let workflow: WebhookWorkflowSpec = serde_json::from_value(workflow).expect("a workflow");
        let workflow = object(ObjectKey::new(NAMESPACE, format!("hook{at}")), workflow);
        world.workflows.insert(workflow.key.clone(), Arc::new(workflow));
    }
    world.secrets = secrets.into_iter().map(secret).collect();
    world
}

fn object<T>(key: ObjectKey, spec: T) -> Object<T> {
    Object { uid: format!("uid of {key}"), key, generation: 1, created: jiff::Timestamp::UNIX_EPOCH, spec }
}

fn secret(secret: TestSecret) -> (ObjectKey, Arc<SecretObject>) {
    let labels = BTreeMap::from([(ALLOW_LABEL.to_owned(), "verification".to_owned())]);
    let data = secret.data.into_iter().map(|(key, text)| (key, Secret::new(text.into_bytes()))).collect();
    let object = SecretObject { labels, type_: secret.type_.to_owned(), data };
    (ObjectKey::new(NAMESPACE, secret.name), Arc::new(object))
}
