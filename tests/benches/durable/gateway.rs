//! The contender: a `boathook run` of its own with one workflow that GitHub would send to.

use std::fs;

use boathook_tests::boathook::free_address;
use boathook_tests::durable::server::{Place, Server};
use tempfile::TempDir;

/// What the sender signs with.
pub const SECRET: &str = "it-is-a-secret-to-everybody";

/// What the workflow does with its deliveries.
#[derive(Clone, Copy, Debug)]
pub enum Work {
    /// It keeps them.
    Suspended,
    /// It runs so many `set` steps.
    Steps(usize),
}

/// A running gateway.
pub struct Served {
    /// The process.
    pub server: Server,
    /// Where it is.
    pub place: Place,
    _folder: TempDir,
}

impl Served {
    /// Serves a workflow.
    pub fn start(work: Work) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let workflows = folder.path().join("workflows");
        fs::create_dir(&workflows).expect("a folder");
        let place = Place {
            folder: workflows,
            data: folder.path().join("data"),
            listen: free_address(),
            admin: free_address(),
        };
        write(&place, work);
        let server = Server::start(&place);
        Self { server, place, _folder: folder }
    }

    /// Writes the workflow anew, which the gateway takes up by itself.
    pub fn change(&self, work: Work) {
        write(&self.place, work);
    }
}

fn write(place: &Place, work: Work) {
    let (suspend, steps) = match work {
        Work::Suspended => ("  suspend: Execution\n", 1),
        Work::Steps(steps) => ("", steps),
    };
    let steps: Vec<_> = (0..steps).map(|step| format!("  - {{name: s{step}, set: {{number: {step}}}}}\n")).collect();
    let steps = steps.concat();
    let text = format!(
        "apiVersion: boathook.dev/v1alpha1
kind: WebhookGateway
metadata: {{name: default, namespace: boathook}}
spec:
  allowedNamespaces: {{from: All}}
  storage: {{embedded: {{size: 20Gi}}}}
  quotas: {{perNamespace: {{queued: 1000000, storage: 20Gi}}}}
---
apiVersion: v1
kind: Secret
metadata: {{name: github, labels: {{boathook.dev/allow: verification}}}}
stringData: {{secret: {SECRET}}}
---
apiVersion: boathook.dev/v1alpha1
kind: WebhookWorkflow
metadata: {{name: orders}}
spec:
{suspend}  webhook:
    path: /orders
    verification: {{schemes: [{{preset: GitHub, keys: [{{secretKeyRef: {{name: github, key: secret}}}}]}}]}}
  concurrency: {{queue: 1000000}}
  steps:
{steps}"
    );
    fs::write(place.folder.join("orders.yaml"), text).expect("a file");
}
