//! A real Kubernetes control plane of one test: etcd and kube-apiserver on free loopback ports, gone with its handle.
//!
//! There are no nodes and no controllers: what is asked of it is what the API server itself does. It reads nothing of
//! the machine's own kubeconfig.

mod api;
pub(crate) mod certificates;
mod process;
mod programs;

use std::error::Error as _;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::boathook::free_address;
pub use api::{Answer, Api};
use certificates::{Authority, Identity, TokenKey};
use process::Process;
pub use programs::{folder, tools};

/// How long the API server may take to be ready: a loaded machine is slow, a broken one never is.
const READY: Duration = Duration::from_mins(2);

/// How often a condition is looked at again.
pub const LOOK: Duration = Duration::from_millis(50);

/// Why there is no control plane, or why it did not do as asked.
#[derive(thiserror::Error)]
pub enum ControlPlaneError {
    /// A program is missing; the message is the command that mends it.
    #[error(
        "{program} is not in {folder}: run tests/control-plane/build, or set KUBEBUILDER_ASSETS to a folder that has it"
    )]
    Missing {
        /// Its name.
        program: &'static str,
        /// Where it was looked for.
        folder: String,
    },
    /// A file or a process could not be made.
    #[error("prepare {what}")]
    Prepare {
        /// What it was.
        what: &'static str,
        /// Why not.
        source: io::Error,
    },
    /// A key or certificate could not be made.
    #[error("make a certificate")]
    Certificate(#[from] rcgen::Error),
    /// The API server could not be talked to.
    #[error("ask the API server")]
    Request(#[from] reqwest::Error),
    /// A program ended, or was not ready in time.
    #[error("{program} {how}; its log ends:\n{log}")]
    NotReady {
        /// Its name.
        program: &'static str,
        /// What happened.
        how: String,
        /// The last lines of its log.
        log: String,
    },
    /// `kubectl` said no.
    #[error("kubectl {arguments}: {message}")]
    Kubectl {
        /// What it was asked.
        arguments: String,
        /// What it said.
        message: String,
    },
}

/// A test that unwraps shows what its reader needs: the sentence, and what lies under it.
impl fmt::Debug for ControlPlaneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        let mut cause = self.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

/// A running control plane. Its fields are dropped in order: the API server, its store, the folder of both.
pub struct ControlPlane {
    api: Api,
    apiserver: Process,
    _etcd: Process,
    folder: TempDir,
}

impl ControlPlane {
    /// Starts a control plane and returns when the API server says that it is ready.
    pub async fn start() -> Result<Self, ControlPlaneError> {
        let folder = tempfile::tempdir().map_err(prepare("a folder"))?;
        let authority = Authority::new()?;
        let etcd = start_etcd(folder.path())?;
        let (apiserver, url) = start_apiserver(folder.path(), &authority, &etcd.1)?;
        let admin = authority.client("boathook-tests", "system:masters")?;
        write_kubeconfig(folder.path(), &url, &admin)?;
        let api = Api::new(&url, authority.certificate(), &admin)?;
        let mut plane = Self { api, apiserver, _etcd: etcd.0, folder };
        plane.wait_until_ready().await?;
        Ok(plane)
    }

    /// The API server, asked as a cluster's administrator.
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// The administrator's kubeconfig.
    pub fn kubeconfig(&self) -> PathBuf {
        self.folder.path().join("kubeconfig")
    }

    /// What `kubectl` prints; an error when it says no.
    pub fn kubectl(&self, arguments: &[&str]) -> Result<String, ControlPlaneError> {
        let output = Command::new(programs::find("kubectl")?)
            .arg("--kubeconfig")
            .arg(self.kubeconfig())
            .arg("--cache-dir")
            .arg(self.folder.path().join("cache"))
            .args(arguments)
            .output()
            .map_err(prepare("kubectl"))?;
        if !output.status.success() {
            let message = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(ControlPlaneError::Kubectl { arguments: arguments.join(" "), message });
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    async fn wait_until_ready(&mut self) -> Result<(), ControlPlaneError> {
        let end = tokio::time::Instant::now() + READY;
        let mut look = tokio::time::interval(LOOK);
        while !self.api.get("/readyz").await.is_ok_and(|answer| answer.status == 200) {
            self.apiserver.still_running()?;
            if tokio::time::Instant::now() > end {
                return Err(self.apiserver.not_ready(format!("is not ready after {READY:?}")));
            }
            look.tick().await;
        }
        Ok(())
    }
}

/// etcd, which loses everything with its folder and so need not wait for the disk.
fn start_etcd(folder: &Path) -> Result<(Process, String), ControlPlaneError> {
    let url = format!("http://{}", free_address());
    let peer = format!("http://{}", free_address());
    let mut command = Command::new(programs::find("etcd")?);
    command
        .arg(format!("--data-dir={}", folder.join("etcd").display()))
        .arg(format!("--listen-client-urls={url}"))
        .arg(format!("--advertise-client-urls={url}"))
        .arg(format!("--listen-peer-urls={peer}"))
        .arg("--unsafe-no-fsync");
    Ok((Process::start("etcd", command, folder)?, url))
}

/// kube-apiserver, with the admission and authorisation of a cluster. The admission of a `ServiceAccount`
/// needs its controller, which is not here.
fn start_apiserver(folder: &Path, authority: &Authority, etcd: &str) -> Result<(Process, String), ControlPlaneError> {
    let address = free_address();
    let server = authority.server(&[address.ip()])?;
    let write = |name: &str, text: &str| -> Result<String, ControlPlaneError> {
        let path = folder.join(name);
        fs::write(&path, text).map_err(prepare("a key file"))?;
        Ok(path.display().to_string())
    };
    let tokens = TokenKey::new()?;
    let mut command = Command::new(programs::find("kube-apiserver")?);
    command
        .arg(format!("--etcd-servers={etcd}"))
        .arg(format!("--bind-address={}", address.ip()))
        .arg(format!("--advertise-address={}", address.ip()))
        .arg(format!("--secure-port={}", address.port()))
        .arg(format!("--tls-cert-file={}", write("server.crt", &server.certificate)?))
        .arg(format!("--tls-private-key-file={}", write("server.key", &server.key)?))
        .arg(format!("--client-ca-file={}", write("ca.crt", authority.certificate())?))
        .arg(format!("--service-account-key-file={}", write("tokens.pub", &tokens.public)?))
        .arg(format!("--service-account-signing-key-file={}", write("tokens.key", &tokens.private)?))
        .arg("--service-account-issuer=https://kubernetes.default.svc")
        .arg("--service-cluster-ip-range=10.96.0.0/16")
        .arg("--endpoint-reconciler-type=none")
        .arg("--authorization-mode=RBAC")
        .arg("--disable-admission-plugins=ServiceAccount");
    Ok((Process::start("kube-apiserver", command, folder)?, format!("https://{address}")))
}

/// What `kubectl` and the operator read.
fn write_kubeconfig(folder: &Path, url: &str, admin: &Identity) -> Result<(), ControlPlaneError> {
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).map_err(prepare("a kubeconfig"));
    write("admin.crt", &admin.certificate)?;
    write("admin.key", &admin.key)?;
    let config = serde_json::json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{ "name": "test", "cluster": { "server": url, "certificate-authority": "ca.crt" } }],
        "users": [{ "name": "admin", "user": { "client-certificate": "admin.crt", "client-key": "admin.key" } }],
        "contexts": [{ "name": "test", "context": { "cluster": "test", "user": "admin" } }],
        "current-context": "test",
    });
    write("kubeconfig", &config.to_string())
}

/// An IO error with what was being prepared.
fn prepare(what: &'static str) -> impl FnOnce(io::Error) -> ControlPlaneError {
    move |source| ControlPlaneError::Prepare { what, source }
}
