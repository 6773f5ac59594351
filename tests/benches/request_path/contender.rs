//! A contender: a process, and where it listens.

use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use boathook_tests::boathook::free_address;
use boathook_tests::durable::server::cpu_of_process;
use boathook_tests::edge::Edge;

use super::bare;

/// What the sender signs with.
pub const SECRET: &str = "it-is-a-secret-to-everybody";

/// Where both take pushes.
pub const PATH: &str = "/api/webhooks/default/orders";

/// Reads the same two fields, and answers the same.
const WORKFLOW: &str = r#"
apiVersion: v1
kind: Secret
metadata: {name: github, labels: {boathook.dev/allow: verification}}
stringData: {secret: it-is-a-secret-to-everybody}
---
apiVersion: boathook.dev/v1alpha1
kind: WebhookWorkflow
metadata: {name: orders}
spec:
  webhook:
    path: /orders
    verification: {schemes: [{preset: GitHub, keys: [{secretKeyRef: {name: github, key: secret}}]}]}
  filter: $context.data.ref == 'refs/heads/main' && $context.data.repository.full_name != ''
  steps: []
  response: {mode: Sync, json: {seen: "{{ $context.data.ref }}"}}
"#;

/// A process that takes signed pushes.
pub enum Contender {
    /// `boathook run`, which also writes a record of each run behind its answer.
    Gateway(Box<Edge>),
    /// The bare handler.
    Bare(Bare),
}

/// A process of this program.
pub struct Bare {
    child: Child,
    address: SocketAddr,
}

impl Contender {
    pub fn gateway() -> Self {
        Self::Gateway(Box::new(Edge::serve(WORKFLOW)))
    }

    pub fn bare() -> Self {
        let address = free_address();
        let program = std::env::current_exe().expect("a program has a path");
        let mut command = Command::new(program);
        command.args([bare::COMMAND, &address.to_string()]).stdin(Stdio::null());
        let bare = Bare { child: command.spawn().expect("it starts"), address };
        let end = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(address).is_err() {
            assert!(Instant::now() < end, "the bare handler does not listen");
            std::thread::sleep(Duration::from_millis(2));
        }
        Self::Bare(bare)
    }

    pub fn address(&self) -> SocketAddr {
        match self {
            Self::Gateway(edge) => edge.place.listen,
            Self::Bare(bare) => bare.address,
        }
    }

    /// CPU that it has used.
    pub fn cpu(&self) -> Duration {
        match self {
            Self::Gateway(edge) => edge.server.cpu(),
            Self::Bare(bare) => cpu_of_process(bare.child.id()),
        }
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        // Both fail only when it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
