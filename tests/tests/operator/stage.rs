//! A control plane with an operator on it, and ways to wait for what it does.

use std::io::Write as _;
use std::process::Command;
use std::time::Duration;

use boathook_tests::control_plane::{ControlPlane, LOOK};
use boathook_tests::operator::{Operator, install};
use serde_json::Value;

/// How long what is waited for may take: a loaded machine is slow, a broken operator never gets there.
pub const WAIT: Duration = Duration::from_mins(1);

/// Where a workflow is.
pub fn workflow(namespace: &str, name: &str) -> String {
    format!("/apis/boathook.dev/v1alpha1/namespaces/{namespace}/webhookworkflows/{name}")
}

/// The gateway of every test.
pub const GATEWAY: &str = "/apis/boathook.dev/v1alpha1/namespaces/boathook/webhookgateways/default";

/// A gateway that admits everybody.
pub const DEFAULT_GATEWAY: &str = "
apiVersion: boathook.dev/v1alpha1
kind: WebhookGateway
metadata: {name: default, namespace: boathook}
spec:
  storage: {embedded: {}}
  allowedNamespaces: {from: All}
";

/// A control plane and the operator on it.
pub struct Stage {
    pub plane: ControlPlane,
    pub operator: Operator,
}

impl Stage {
    /// Starts both; the definitions are the operator's to install.
    pub async fn start() -> Self {
        let plane = ControlPlane::start().await.unwrap();
        install(&plane).await;
        let operator = Operator::start(&plane, "one");
        let stage = Self { plane, operator };
        stage.until("/apis/boathook.dev/v1alpha1/webhookworkflows", |list| list["kind"] == "WebhookWorkflowList").await;
        stage.until("/apis/boathook.dev/v1alpha1/webhookgateways", |list| list["kind"] == "WebhookGatewayList").await;
        stage.plane.kubectl(&["create", "namespace", "shop"]).unwrap();
        stage
    }

    /// `kubectl apply`.
    pub fn apply(&self, yaml: &str) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(yaml.as_bytes()).unwrap();
        self.plane.kubectl(&["apply", "-f", &file.path().display().to_string()]).unwrap();
    }

    /// What is there now.
    pub async fn get(&self, path: &str) -> Value {
        self.plane.api().get(path).await.unwrap().json
    }

    /// Waits until what is there is as it should be, and gives it.
    pub async fn until(&self, path: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let end = tokio::time::Instant::now() + WAIT;
        let mut look = tokio::time::interval(LOOK);
        loop {
            let object = self.get(path).await;
            if holds(&object) {
                return object;
            }
            let late = tokio::time::Instant::now() > end;
            assert!(!late, "{path} is not as it should be: {object:#}\n{}", self.operator.log());
            look.tick().await;
        }
    }

    /// Waits for a condition with this status and reason: its message.
    pub async fn condition(&self, path: &str, (kind, status, reason): (&str, &str, &str)) -> String {
        let is = |said: &Value| said["type"] == kind && said["status"] == status && said["reason"] == reason;
        let object = self.until(path, |object| conditions(object).any(is)).await;
        let said = conditions(&object).find(|said| is(said)).unwrap();
        said["message"].as_str().unwrap().to_owned()
    }
}

/// The conditions of an object.
pub fn conditions(object: &Value) -> impl Iterator<Item = &Value> {
    object["status"]["conditions"].as_array().into_iter().flatten()
}

/// Runs a shell command line that a message told its reader to run.
pub fn run_kubectl(stage: &Stage, command: &str) {
    let words: Vec<_> = command.split_whitespace().skip(1).collect();
    stage.plane.kubectl(&words).unwrap();
}

/// What is served at a path of the operator's own port.
pub fn served(stage: &Stage, path: &str) -> String {
    boathook_tests::boathook::get(stage.operator.admin, path).unwrap_or_default()
}

/// `promtool check metrics` of a text, where Debian's prometheus is installed; what it says.
pub fn promtool(text: &str) -> Option<String> {
    let mut child = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .ok()?;
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    Some(format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
}
