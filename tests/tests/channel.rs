//! The control channel with its real ends: a fleet as an operator has it, and gateways as processes and in this one.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking; the lints' own exemption covers `#[test]` functions alone"
)]

#[path = "channel/fleet.rs"]
mod fleet;
#[path = "channel/process.rs"]
mod process;

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use boathook_operator::channel::certificates::{Authority, Issued};
use boathook_operator::channel::{Dialer, Fleet, GatewayState, PodState, Table};
use boathook_operator_core::compile::CompiledRoute;
use boathook_operator_core::object::ObjectKey;
use boathook_plan::edge::Edge;
use boathook_plan::plan::Plan;
use boathook_plan::secret::Keys;
use jiff::Timestamp;
use tokio::time::timeout;

/// No test waits longer for anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// The gateway of these tests.
fn key() -> ObjectKey {
    ObjectKey::new("boathook", "default")
}

/// An installation's authority, and what it was made of.
struct Trust {
    authority: Authority,
    kept: Issued,
}

impl Trust {
    fn new() -> Self {
        let (authority, kept) = Authority::generate(Timestamp::now()).unwrap();
        Self { authority, kept }
    }

    /// The operator's dialer.
    fn dialer(&self) -> Dialer {
        Dialer::new(&self.kept.certificate, &self.authority.operator(Timestamp::now()).unwrap()).unwrap()
    }

    /// What a gateway's Secret is mounted as.
    fn mount(&self, gateway: &ObjectKey, folder: &Path) {
        let own = self.authority.gateway(gateway, Timestamp::now()).unwrap();
        std::fs::create_dir_all(folder).unwrap();
        for (name, text) in [
            ("tls.crt", own.certificate.as_bytes()),
            ("tls.key", own.key.expose()),
            ("ca.crt", self.kept.certificate.as_bytes()),
        ] {
            std::fs::write(folder.join(name), text).unwrap();
        }
    }
}

/// A compiled Sync workflow that answers 200.
fn route(name: &str, path: &str) -> Arc<CompiledRoute> {
    let plan: Plan = serde_json::from_value(serde_json::json!({
        "workflow": {"namespace": "shop", "name": name, "uid": format!("uid-{name}")},
        "generation": 1,
        "webhook": {
            "host": null, "path": path, "baseUrl": "https://hooks.example.test", "methods": ["POST"],
            "maxBodySize": 1024, "verification": null,
        },
        "vars": null, "secrets": [], "timeoutMs": 30000, "delimiters": "Braces",
        "program": {"steps": [], "blocks": [], "onFailure": null},
        "deduplication": null,
        "concurrency": {"max": 10, "key": null, "overflow": "Queue", "queue": 10},
        "batch": null,
        "history": {"keepMs": 1, "keepFailedMs": 1, "body": "Full", "redact": []},
        "suspend": "No",
        "response": {
            "mode": "Sync", "deadlineMs": 10000, "answer": {"status": null, "headers": {}, "body": {"json": {"ok": true}}},
            "late": null, "cancel": true, "failed": null,
        },
        "egress": {"internet": false, "allowAddresses": [], "allowHosts": [], "loopback": false},
    }))
    .unwrap();
    Arc::new(CompiledRoute { gateway: key(), plan: Arc::new(plan), keys: Keys::default() })
}

fn table(routes: &[&Arc<CompiledRoute>]) -> Table {
    let routes: Vec<_> = routes.iter().map(|route| Arc::clone(route)).collect();
    let alive = routes.iter().map(|route| route.plan.workflow.uid.clone()).collect();
    Table { routes, edge: Edge::default(), alive }
}

/// The gateway's state, once this holds of it.
async fn until(fleet: &Fleet, gateway: &ObjectKey, holds: impl Fn(&GatewayState) -> bool) -> GatewayState {
    let mut changed = fleet.changed();
    let seen = async {
        loop {
            let state = fleet.state(gateway);
            if holds(&state) {
                return state;
            }
            changed.changed().await.unwrap();
        }
    };
    timeout(PATIENCE, seen).await.unwrap_or_else(|_| panic!("it never came: {:?}", fleet.state(gateway)))
}

/// Whether every pod serves what was published last.
fn is_programmed(state: &GatewayState) -> bool {
    let published = state.published.as_ref().map(|published| published.revision());
    let serves = |pod: &PodState| pod.acknowledged.as_ref().map(|table| table.revision()) == published;
    published.is_some() && !state.pods.is_empty() && state.pods.values().all(serves)
}

fn addresses<const N: usize>(addresses: [SocketAddr; N]) -> BTreeSet<SocketAddr> {
    addresses.into()
}

/// The status of an answer; 0 where nobody answers.
async fn status(method: &'static str, address: SocketAddr, path: &'static str) -> u16 {
    let asked = tokio::task::spawn_blocking(move || ask(method, address, path));
    asked.await.unwrap().unwrap_or_default()
}

fn ask(method: &str, address: SocketAddr, path: &str) -> Option<u16> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let head = format!("{method} {path} HTTP/1.1\r\nhost: gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.split(' ').nth(1)?.parse().ok()
}
