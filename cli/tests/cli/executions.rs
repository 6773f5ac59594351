//! `boathook executions` against a running `boathook run`.

mod bulk;
mod forms;
mod hostile;
mod refused;
mod tailing;

use std::fs;
use std::net::TcpListener;
use std::process::Output;
use std::sync::LazyLock;
use std::time::Instant;

use regex::Regex;

use crate::process::{PATIENCE, Run, boathook, err, out, shell};

/// Greets, asks a target where nobody is, and waits for an hour.
const WORKFLOWS: &str = "
apiVersion: boathook.dev/v1alpha1
kind: WebhookWorkflow
metadata: {name: hello}
spec:
  webhook: {public: true}
  steps:
  - name: greet
    set: {greeting: \"Hello, {{ $context.data.name }}!\"}
  response: {mode: Sync, json: \"{{ $steps.greet }}\"}
---
apiVersion: boathook.dev/v1alpha1
kind: WebhookWorkflow
metadata: {name: broken, namespace: shop}
spec:
  webhook: {public: true}
  retry: {attempts: 1}
  steps:
  - name: note
    set: {total: 3}
  - name: ask
    http: {method: GET, url: \"http://127.0.0.1:PORT/\", hosts: [127.0.0.1]}
  response: {mode: Sync}
---
apiVersion: boathook.dev/v1alpha1
kind: WebhookWorkflow
metadata: {name: patient, namespace: shop}
spec:
  webhook: {public: true}
  timeout: 2h
  steps:
  - name: rest
    wait: {for: 1h}
  response: {mode: Async}
";

/// A `boathook run`, and how its executions are asked for.
struct Desk {
    run: Run,
    _folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        // Nobody listens there: it was free a moment ago, and no test binds a port that it did not ask for.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self::serving(&WORKFLOWS.replace("PORT", &port.to_string()))
    }

    fn serving(workflows: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("workflows.yaml"), workflows).unwrap();
        Self { run: Run::start(folder.path()), _folder: folder }
    }

    /// Sends a body to a workflow, as `shop/broken`.
    fn send(&self, workflow: &str, body: &str) {
        let url = self.run.url(&format!("/api/webhooks/{workflow}"));
        let line = format!("curl -sS -H 'content-type: application/json' -H 'user-agent: test' --data-binary @- {url}");
        let sent = shell(&format!("{line} <<'END'\n{body}\nEND"));
        assert!(sent.status.success(), "{}", err(&sent));
    }

    fn ask(&self, words: &[&str]) -> Output {
        let admin = format!("http://{}", self.run.admin);
        boathook(&[&["executions"], words, &["--admin", &admin]].concat())
    }

    /// What a command prints that must succeed.
    fn told(&self, words: &[&str]) -> String {
        let ended = self.ask(words);
        assert_eq!(ended.status.code(), Some(0), "{words:?}: {}", err(&ended));
        out(&ended)
    }

    /// The ids of what flags mean, newest first, once there are so many: a Sync run is recorded after its answer.
    fn ids(&self, words: &[&str], number: usize) -> Vec<String> {
        let end = Instant::now() + PATIENCE;
        loop {
            let told = self.told(&[&["list", "-o", "name"], words].concat());
            let ids: Vec<_> = told.lines().map(str::to_owned).collect();
            if ids.len() == number {
                return ids;
            }
            assert!(Instant::now() < end, "{words:?}: {ids:?}");
        }
    }
}

/// The text with its ids, times, addresses and hashes replaced by what stands for them, as wide as they are where that shows.
fn normal(text: &str) -> String {
    static PATTERNS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        let patterns = [
            (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"),
            (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME"),
            (r"(?m)  ([0-9a-f]{64}|[0-9a-f]{12})$", "  HASH"),
            (r"127\.0\.0\.1:\d+", "ADDRESS"),
            (r"\b\d+s ago", "AGE ago"),
            (r"(?m)\b\d+s$", "AGE"),
            (r"\b(\d+ms|\d+\.\d\ds)\b", "TOOK"),
        ];
        patterns.map(|(pattern, word)| (Regex::new(pattern).unwrap(), word)).into()
    });
    PATTERNS.iter().fold(text.to_owned(), |text, (pattern, word)| pattern.replace_all(&text, *word).into_owned())
}
