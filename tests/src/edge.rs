//! What tests of the edge share: a gateway of its own process, and connections from as many addresses as they need.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::{TcpSocket, TcpStream};

use crate::boathook::free_address;
use crate::durable::server::{Place, Server};

/// Connections from one address: half of what the gateway lets one have, since one that is closed is counted for a moment.
const OF_ONE_ADDRESS: usize = 100;

/// Where its workflow is.
pub const PATH: &str = "/api/webhooks/default/hook";

/// The workflow: answers at once.
const WORKFLOW: &str = r"
apiVersion: boathook.dev/v1alpha1
kind: WebhookWorkflow
metadata: {name: hook}
spec:
  webhook: {path: /hook, public: true, methods: [GET, POST]}
  steps:
  - name: ran
    set: {ran: true}
  response: {mode: Sync, json: {ran: true}}
";

/// A `boathook run` with one workflow; gone with its handle.
#[derive(Debug)]
pub struct Edge {
    _folder: TempDir,
    /// Where it is.
    pub place: Place,
    /// The process.
    pub server: Server,
}

impl Edge {
    /// Serves a workflow that answers at once.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn start() -> Self {
        Self::serve(WORKFLOW)
    }

    /// Serves these workflows.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn serve(workflows: &str) -> Self {
        let (folder, place) = prepare(workflows);
        let server = Server::start(&place);
        Self { _folder: folder, place, server }
    }
}

/// A folder with these workflows, and where they will be served.
///
/// # Panics
///
/// When no folder or port can be had.
pub fn prepare(workflows: &str) -> (TempDir, Place) {
    let folder = tempfile::tempdir().expect("a folder");
    let place = Place {
        folder: folder.path().join("workflows"),
        data: folder.path().join("data"),
        listen: free_address(),
        admin: free_address(),
    };
    fs::create_dir(&place.folder).expect("a folder");
    fs::write(place.folder.join("hook.yaml"), workflows).expect("a file");
    (folder, place)
}

/// The connection of a number, from an address that has not too many.
///
/// # Errors
///
/// When it is not taken.
///
/// # Panics
///
/// With more than 25,500 connections.
pub async fn connect(to: SocketAddr, number: usize) -> io::Result<TcpStream> {
    let host = u8::try_from(number / OF_ONE_ADDRESS).expect("so many addresses there are");
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::from((Ipv4Addr::new(127, 0, 1, host), 0)))?;
    socket.connect(to).await
}

/// The value below which so many of a hundred are.
///
/// # Panics
///
/// When there are none.
pub fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    let place = (times.len() * percent / 100).min(times.len().saturating_sub(1));
    times.get(place).copied().expect("something was measured")
}
