//! One workflow, its folder, its target and its client: what each campaign starts from.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::sender::Sender;
use super::server::{LOOK, Place, Server};
use super::sink::Sink;
use crate::boathook::free_address;

/// How long a backlog may take to be worked off.
const PATIENCE: Duration = Duration::from_mins(2);

/// The workflow: accepts, keeps a value in the journal, sends the raw body on, keeps another value.
const WORKFLOW: &str = r#"
apiVersion: boathook.dev/v1alpha1
kind: WebhookWorkflow
metadata: {name: orders}
spec:
  webhook: {path: /orders, public: true}
  deduplication: {key: "{{ $context.headers['x-delivery'] }}"}
  concurrency: {queue: 100000}
  steps:
  - name: before
    set: {id: "{{ $context.data.id }}"}
  - name: send
    retry: {attempts: 20, backoff: {initial: 10ms, factor: 1, max: 50ms}}
    http:
      method: POST
      url: http://SINK/{{ $steps.before.id }}
      base64: "{{ base64.encode($context.raw) }}"
  - name: after
    set: {status: "{{ $steps.send.status }}"}
"#;

/// A campaign's ground.
#[derive(Debug)]
pub struct Lab {
    /// Everything that is written lies below it.
    pub folder: TempDir,
    /// Where the server finds its things.
    pub place: Place,
    /// What the workflow sends to.
    pub sink: Sink,
    /// Who sends to the workflow.
    pub sender: Sender,
}

impl Lab {
    /// A ground whose store lies in `data`, or beside the workflow.
    ///
    /// # Panics
    ///
    /// When no folder or port can be had.
    pub async fn new(data: Option<&Path>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let workflows = folder.path().join("workflows");
        fs::create_dir(&workflows).expect("a folder");
        let place = Place {
            folder: workflows,
            data: data.map_or_else(|| folder.path().join("data"), Path::to_path_buf),
            listen: free_address(),
            admin: free_address(),
        };
        let sender = Sender::new(place.listen);
        let lab = Self { folder, place, sink: Sink::start().await, sender };
        lab.add("orders.yaml", WORKFLOW);
        lab
    }

    /// Writes another file of workflows; `SINK` in it is the target's address.
    ///
    /// # Panics
    ///
    /// When it cannot be written.
    pub fn add(&self, file: &str, text: &str) {
        let text = text.replace("SINK", &self.sink.address().to_string());
        fs::write(self.place.folder.join(file), text).expect("a file");
    }

    /// Starts the server, sends again what was not answered, waits until nothing is left to do, and holds everything to
    /// the ledger.
    ///
    /// # Panics
    ///
    /// When a promise is not kept.
    pub async fn settle(&self) {
        let server = Server::start(&self.place);
        self.sender.insist().await;
        let records = self.drained(&server).await;
        self.sender.ledger().hold(&records, &self.sink.seen());
    }

    /// All records, once every execution has ended.
    ///
    /// # Panics
    ///
    /// When an execution does not end in time.
    pub async fn drained(&self, server: &Server) -> Vec<Value> {
        let end = Instant::now() + PATIENCE;
        while self.is_busy().await.expect("the admin port answers") {
            assert!(Instant::now() < end, "an execution does not end: {}", server.messages());
            tokio::time::sleep(LOOK).await;
        }
        self.records().await
    }

    /// Waits until so many deliveries have their 202.
    ///
    /// # Panics
    ///
    /// When the server ends, or takes no more of them.
    pub async fn promised(&self, server: &mut Server, wanted: usize) {
        let end = Instant::now() + PATIENCE;
        while self.sender.promised() < wanted {
            assert!(server.ended().is_none(), "the server ended: {}", server.messages());
            assert!(Instant::now() < end, "{} of {wanted} are promised: {}", self.sender.promised(), server.messages());
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
    }

    /// Waits until the server has ended or has nothing left to do.
    pub async fn idle(&self, server: &mut Server) {
        // It may end between the two: then there is no answer.
        while server.ended().is_none() && self.is_busy().await != Some(false) {
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Whether an execution has not ended; `None` where nobody answers.
    async fn is_busy(&self) -> Option<bool> {
        let url = format!("http://{}/v1/executions?phase=Queued,Running,Waiting&limit=1", self.place.admin);
        let text = reqwest::get(url).await.ok()?.error_for_status().ok()?.text().await.ok()?;
        let list: Value = serde_json::from_str(&text).ok()?;
        Some(!list["items"].as_array()?.is_empty())
    }

    /// Every execution that the store has.
    ///
    /// # Panics
    ///
    /// When the server does not answer.
    pub async fn records(&self) -> Vec<Value> {
        let url = format!("http://{}/v1/executions/export", self.place.admin);
        let answer = reqwest::get(url).await.expect("the admin port answers");
        let answer = answer.error_for_status().expect("the export is given").text().await.expect("the export is whole");
        answer.lines().map(|line| serde_json::from_str(line).expect("a record is JSON")).collect()
    }
}
