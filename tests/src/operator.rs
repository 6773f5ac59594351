//! The `boathook-operator` binary under test: a child process with the rights that the chart gives it, and no others.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::boathook::free_address;
use crate::control_plane::ControlPlane;
use crate::helm::{chart, helm, printed};

/// Who the operator is.
const ACCOUNT: &str = "/api/v1/namespaces/boathook/serviceaccounts/boathook-operator/token";

/// A running operator, killed when dropped.
pub struct Operator {
    child: Child,
    /// Where health and metrics are.
    pub admin: SocketAddr,
    log: PathBuf,
}

/// What of the chart gives the operator its rights.
fn manifests() -> String {
    let (serviceaccount, rbac) = ("templates/operator-serviceaccount.yaml", "templates/operator-rbac.yaml");
    let arguments = ["template", "boathook", &chart(), "--namespace", "boathook", "-s", serviceaccount, "-s", rbac];
    printed(&helm(&arguments), "the operator's rights")
}

/// A binary, built beside the running test.
///
/// # Panics
///
/// When it is not there, with the command that builds it.
pub fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test has a path");
    let folder = test.parent().and_then(Path::parent).expect("tests run from target/<profile>/deps");
    let path = folder.join(name);
    assert!(path.exists(), "no {}: run `cargo build --release --bin {name}`", path.display());
    path
}

/// Makes the operator's namespace, its account and its rights, and a kubeconfig of them.
///
/// # Panics
///
/// When the control plane does not take them.
pub async fn install(plane: &ControlPlane) {
    plane.kubectl(&["create", "namespace", "boathook"]).expect("a namespace");
    let rights = plane.kubeconfig().with_file_name("rights.yaml");
    fs::write(&rights, manifests()).expect("a file");
    plane.kubectl(&["apply", "-f", &rights.display().to_string()]).expect("the operator's rights");
    let request = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}});
    let answer = plane.api().create(ACCOUNT, request.to_string()).await.expect("an answer");
    let token = answer.json.pointer("/status/token").and_then(Value::as_str).expect("a token");
    let admin: Value = serde_json::from_str(&fs::read_to_string(plane.kubeconfig()).expect("a file")).expect("JSON");
    let config = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": admin["clusters"],
        "users": [{"name": "operator", "user": {"token": token}}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "operator"}}],
        "current-context": "test",
    });
    fs::write(kubeconfig(plane), config.to_string()).expect("a file");
}

fn kubeconfig(plane: &ControlPlane) -> PathBuf {
    plane.kubeconfig().with_file_name("operator.kubeconfig")
}

impl Operator {
    /// Starts a replica of this name.
    ///
    /// # Panics
    ///
    /// When it cannot be started.
    pub fn start(plane: &ControlPlane, identity: &str) -> Self {
        let admin = free_address();
        let log = plane.kubeconfig().with_file_name(format!("{identity}.log"));
        let output = File::create(&log).expect("a log file");
        let child = Command::new(binary("boathook-operator"))
            .env("KUBECONFIG", kubeconfig(plane))
            .args(["--namespace", "boathook", "--identity", identity, "--admin", &admin.to_string()])
            .args(["--log-format", "text", "--gateway-image", "registry.example.com/boathook-gateway:test"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(output)
            .spawn()
            .expect("the operator starts");
        Self { child, admin, log }
    }

    /// What it has logged.
    ///
    /// # Panics
    ///
    /// When its log is gone.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).expect("a log")
    }

    /// Sends it a signal, such as `STOP`.
    ///
    /// # Panics
    ///
    /// When it is gone.
    pub fn signal(&self, signal: &str) {
        let sent = Command::new("kill").arg(format!("-{signal}")).arg(self.child.id().to_string()).status();
        assert!(sent.expect("kill runs").success(), "the operator is gone");
    }

    /// Waits for its end: its exit code.
    ///
    /// # Panics
    ///
    /// When it cannot be waited for.
    pub fn wait(&mut self) -> Option<i32> {
        self.child.wait().expect("a child can be waited for").code()
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        // Both fail only when the process is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
