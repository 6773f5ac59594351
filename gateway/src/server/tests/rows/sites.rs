//! The gateways and workflows that the rows are sent to.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use boathook_plan::edge::Edge;
use boathook_plan::plan::{Answer, Concurrency, Mode, Overflow, Plan, Rate, RateKey, Response, SchemeKind, Suspend};
use boathook_plan::route::Route;
use boathook_plan::secret::Keys;
use tempfile::TempDir;

use crate::clock::Clock;
use crate::config::{Config, Limits, Pace};
use crate::gateway::Gateway;
use crate::testing::{build, json, once, plan, route, verified};

/// Which gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Which {
    /// With a store.
    Whole,
    /// Without one.
    Storeless,
    /// Without a place for a request.
    Full,
}

/// One of each.
pub(super) struct Sites {
    whole: Gateway,
    storeless: Gateway,
    full: Gateway,
    _data: TempDir,
}

impl Sites {
    pub(super) async fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let pace = Pace { body_idle: Duration::from_millis(50), ..Pace::default() };
        let limits = Limits { pace, ..Limits::default() };
        let none = Limits { in_flight: 0, ..limits };
        let at = |limits, data: Option<&TempDir>| {
            let free = SocketAddr::from(([127, 0, 0, 1], 0));
            let data = data.map(|data| data.path().to_owned());
            Config { listen: free, admin: free, limits, data, ..Config::default() }
        };
        let start = async |config| {
            let gateway = Gateway::start(config, Clock::system()).await.unwrap();
            gateway.apply(&Edge::default()).unwrap();
            assert_eq!(gateway.swap(workflows(), std::collections::BTreeSet::new()), Vec::new());
            gateway
        };
        Self {
            whole: start(at(limits, Some(&data))).await,
            storeless: start(at(limits, None)).await,
            full: start(at(none, None)).await,
            _data: data,
        }
    }

    pub(super) fn at(&self, which: Which) -> &Gateway {
        match which {
            Which::Whole => &self.whole,
            Which::Storeless => &self.storeless,
            Which::Full => &self.full,
        }
    }
}

/// A public Sync workflow, but for what its name says.
fn named(name: &str, edit: impl FnOnce(&mut Plan)) -> Arc<Route> {
    let mut plan = plan(name, &format!("/{name}"));
    edit(&mut plan);
    route(plan)
}

/// The same, verified with the key `correct-horse`.
fn locked(name: &str, kind: SchemeKind, key: Option<&str>, edit: impl FnOnce(&mut Plan)) -> Arc<Route> {
    let (mut plan, keys): (Plan, Keys) = verified(plan(name, &format!("/{name}")), kind, key);
    edit(&mut plan);
    build(plan, keys)
}

fn preset(name: &str) -> SchemeKind {
    SchemeKind::Preset(name.to_owned())
}

fn asynchronous(plan: &mut Plan) {
    let response = plan.response.clone();
    plan.response = Response { mode: Mode::Async, answer: Answer::default(), ..response };
}

fn rated(key: RateKey) -> impl FnOnce(&mut Plan) {
    move |plan| {
        plan.webhook.as_mut().unwrap().policy.rates = vec![Rate { key, requests: 1, per_ms: 3_600_000, burst: 1 }];
    }
}

pub(super) fn workflows() -> Vec<Arc<Route>> {
    const KEY: Option<&str> = Some("correct-horse");
    vec![
        named("hello", |_| {}),
        named("suspended", |plan| plan.suspend = Suspend::Intake),
        named("walled", |plan| {
            plan.webhook.as_mut().unwrap().policy.access = Some(vec!["10.0.0.0/8".parse().unwrap()]);
        }),
        named("slow", rated(RateKey::ClientIP)),
        locked("bearer", SchemeKind::Bearer, KEY, |_| {}),
        locked("keyless", SchemeKind::Bearer, None, |_| {}),
        locked("github", preset("GitHub"), KEY, |_| {}),
        locked("slack", preset("Slack"), KEY, |_| {}),
        locked("metered", SchemeKind::Bearer, KEY, rated(RateKey::Workflow)),
        named("typed", |plan| {
            plan.webhook.as_mut().unwrap().policy.content_types = vec!["application/json".to_owned()];
        }),
        named("shaped", |plan| plan.webhook.as_mut().unwrap().schema = Some(json(r#"{"required":["id"]}"#))),
        named("choosy", |plan| plan.filter = Some("$context.data.total > 5".to_owned())),
        named("queued", asynchronous),
        named("once", |plan| {
            asynchronous(plan);
            *plan = once(plan.clone());
        }),
        named("crammed", |plan| {
            asynchronous(plan);
            plan.suspend = Suspend::Execution;
            plan.concurrency = Concurrency { max: 1, key: None, queue: 0, overflow: Overflow::Queue };
        }),
    ]
}
