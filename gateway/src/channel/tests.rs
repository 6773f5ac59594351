//! The channel, in process: a gateway on loopback, and a client that speaks what an operator does.

mod keeping;
mod letting_in;
mod operator;
mod reporting;
mod serving;

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use boathook_plan::channel::{Acknowledgement, Change, Extent, Header, Packed, TableRevision};
use boathook_plan::edge::Edge;
use boathook_plan::plan::Plan;
use boathook_plan::secret::Keys;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::ChannelConfig;
use crate::clock::Clock;
use crate::config::{Config, Private};
use crate::gateway::Gateway;
use crate::testing::plan;
use operator::{Authority, Operator};

/// No test waits longer for anything.
const PATIENCE: Duration = Duration::from_secs(20);

/// A gateway with a channel, its certificates and its volumes.
struct Site {
    authority: Authority,
    folder: TempDir,
    gateway: Gateway,
}

impl Site {
    async fn start() -> Self {
        let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
        std::fs::create_dir(folder.path().join("table")).unwrap();
        authority.write_gateway(folder.path());
        let gateway = start(folder.path()).await;
        Self { authority, folder, gateway }
    }

    /// Another process after this one, with the same volumes.
    async fn restart(self) -> Self {
        let Self { authority, folder, gateway } = self;
        gateway.drain().await;
        let gateway = start(folder.path()).await;
        Self { authority, folder, gateway }
    }

    async fn operator(&self) -> Operator {
        Operator::connect(self.channel(), &self.authority, &self.authority.operator()).await.unwrap()
    }

    fn channel(&self) -> SocketAddr {
        self.gateway.addresses().channel.unwrap()
    }

    /// The status of a POST.
    async fn post(&self, path: &str) -> u16 {
        status(self.gateway.addresses().public, "POST", path).await
    }

    async fn ready(&self) -> bool {
        status(self.gateway.addresses().admin, "GET", "/readyz").await == 200
    }
}

async fn start(folder: &Path) -> Gateway {
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    let channel = ChannelConfig { listen: free, certificates: folder.to_owned(), table: Some(folder.join("table")) };
    let config =
        Config { listen: free, admin: free, private: Private::Health, channel: Some(channel), ..Config::default() };
    Gateway::start(config, Clock::system()).await.unwrap()
}

async fn status(address: SocketAddr, method: &str, path: &str) -> u16 {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request =
        format!("{method} {path} HTTP/1.1\r\nhost: gateway.example\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap().unwrap();
    String::from_utf8_lossy(&answer).split(' ').nth(1).unwrap().parse().unwrap()
}

/// A table under way: a header, and its changes.
struct Message {
    header: Header,
    lines: Vec<Vec<u8>>,
}

fn revision(text: &str) -> TableRevision {
    TableRevision(text.to_owned())
}

impl Message {
    fn new(text: &str, extent: Extent) -> Self {
        let header = Header { revision: revision(text), extent, changes: 0, edge: Edge::default(), alive: [].into() };
        Self { header, lines: Vec::new() }
    }

    fn full(text: &str) -> Self {
        Self::new(text, Extent::Full)
    }

    fn since(base: &str, text: &str) -> Self {
        Self::new(text, Extent::Since(revision(base)))
    }

    fn put(self, plan: &Plan) -> Self {
        let route = Packed::pack(plan, &Keys::default()).unwrap();
        self.line(plan, &Change::Put { revision: format!("of-{}", plan.workflow.name), route })
    }

    fn remove(self, plan: &Plan) -> Self {
        self.line(plan, &Change::Remove)
    }

    fn line(mut self, plan: &Plan, change: &Change) -> Self {
        self.lines.push(change.line(&plan.workflow).to_vec());
        self.header.changes += 1;
        self
    }

    fn bytes(&self) -> Vec<u8> {
        [self.header.line().to_vec(), self.lines.concat()].concat()
    }
}

/// A table that is served whole.
fn served(text: &str) -> Acknowledgement {
    Acknowledgement { revision: revision(text), rejected: Vec::new(), edge: None }
}

fn hello() -> Plan {
    plan("hello", "/hello")
}
