//! Workflows as their users write them, served by the binary, and what their senders are told.

use std::fs;

use serde_json::Value;

use crate::process::{PATIENCE, Run, boathook, out};

/// A folder of workflows under a running `boathook run`.
pub struct Served {
    pub folder: tempfile::TempDir,
    pub run: Run,
}

/// What a sender was told.
#[derive(Debug)]
pub struct Told {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
}

impl Served {
    /// Serves `workflows`, one document of `WebhookWorkflow`s each: a name and the text below `spec:`.
    pub fn start(workflows: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, spec) in workflows {
            fs::write(folder.path().join(format!("{name}.yaml")), workflow(name, spec)).unwrap();
        }
        fs::write(folder.path().join("keys.yaml"), KEYS).unwrap();
        let run = Run::start(folder.path());
        Self { folder, run }
    }

    /// Posts JSON to a workflow that is public.
    pub async fn post(&self, name: &str, body: &str) -> Told {
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        let url = self.run.url(&format!("/api/webhooks/default/{name}"));
        let sent = client.post(url).header("content-type", "application/json").body(body.to_owned()).send();
        let answer = sent.await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Told { status, headers, body: answer.text().await.unwrap() }
    }

    /// Sends a signed delivery with this id: the answer's body.
    pub async fn send(&self, name: &str, id: &str, body: &str) -> String {
        let folder = self.folder.path().to_str().unwrap().to_owned();
        let url = format!("http://{}", self.run.public);
        let (name, id, body) = (name.to_owned(), id.to_owned(), body.to_owned());
        let sent = tokio::task::spawn_blocking(move || {
            boathook(&["send", &folder, "--workflow", &name, "--id", &id, "--data", &body, "--url", &url])
        });
        out(&sent.await.unwrap())
    }
}

impl Told {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The execution that the sender was told.
    pub fn execution(&self) -> &str {
        self.header("boathook-execution-id")
    }
}

/// The file of a workflow.
pub fn workflow(name: &str, spec: &str) -> String {
    let spec = spec.trim_matches('\n').replace('\n', "\n  ");
    format!("apiVersion: boathook.dev/v1alpha1\nkind: WebhookWorkflow\nmetadata: {{name: {name}}}\nspec:\n  {spec}\n")
}

const KEYS: &str = "apiVersion: v1
kind: Secret
metadata: {name: keys, labels: {boathook.dev/allow: verification}}
stringData: {key: a secret of the tests}
";
