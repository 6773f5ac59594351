//! A real cluster of one node, in namespaces of its own on this machine: containerd, kubelet, kube-proxy and a whole control
//! plane, with Boathook's images imported. It needs root, and Debian's packages that `./test` installs.
//!
//! `tests/cluster/keeper` keeps it and cleans up, however this process ends. What is asked of it is asked by programs that
//! are started in its network, which nothing else is in.

mod identities;
pub mod image;
pub mod probe;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::control_plane::{LOOK, folder as programs, tools};
use crate::operator::binary;

/// How long what is waited for may take: a loaded machine is slow, a broken cluster never gets there.
pub const WAIT: Duration = Duration::from_mins(3);

/// How much of a log a failure shows.
const LOG_LINES: usize = 8;

/// Where a cluster's folder is made: outside of what the cluster hides of the machine.
const PARENT: &str = "/tmp";

/// A running cluster. It ends with its handle, and with this process.
pub struct Cluster {
    folder: PathBuf,
    /// Its first process, as seen from here.
    node: String,
    keeper: Child,
    /// The cluster is there as long as this is open.
    _life: ChildStdin,
}

impl Cluster {
    /// Starts a cluster and returns when its node is ready.
    ///
    /// # Panics
    ///
    /// When it does not get there, with the ends of all logs.
    pub fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("boathook-cluster.").tempdir_in(PARENT).expect("a folder").keep();
        identities::write(&folder);
        let images = folder.join("images");
        fs::create_dir(&images).expect("a folder");
        image::write(&programs().join("pause"), "pause", &images);
        for name in ["boathook-operator", "boathook-gateway"] {
            image::write(&binary(name), &format!("boathook/{name}"), &images);
        }
        let mut keeper = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("cluster/keeper"))
            .arg(&folder)
            .arg(programs())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // What a terminal sends to this process is not for the cluster.
            .process_group(0)
            .spawn()
            .expect("the keeper starts");
        let life = keeper.stdin.take().expect("a pipe");
        let mut node = String::new();
        BufReader::new(keeper.stdout.take().expect("a pipe")).read_line(&mut node).expect("the node says who it is");
        let cluster = Self { folder, node: node.trim().to_owned(), keeper, _life: life };
        cluster.until("the node to be ready", || cluster.condition("node/node", "Ready"));
        cluster
    }

    /// A program in the cluster's network.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("nsenter");
        command.arg(format!("--target={}", self.node)).arg("--net").arg("--").arg(program);
        command
    }

    /// What `kubectl` prints, or what it says when it fails.
    ///
    /// # Errors
    ///
    /// When it says no.
    pub fn kubectl(&self, arguments: &[&str]) -> Result<String, String> {
        let mut command = self.command(&programs().join("kubectl"));
        command.arg("--kubeconfig").arg(self.kubeconfig()).arg("--cache-dir").arg(self.folder.join("cache"));
        printed(command.args(arguments))
    }

    /// `kubectl get -o json`; null when there is none.
    pub fn get(&self, arguments: &[&str]) -> Value {
        let asked = [&["get", "-o", "json"], arguments].concat();
        self.kubectl(&asked).ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    /// `kubectl apply` of YAML.
    ///
    /// # Panics
    ///
    /// When it is refused.
    pub fn apply(&self, yaml: &str) {
        let file = tempfile::NamedTempFile::new().expect("a file");
        fs::write(file.path(), yaml).expect("a file");
        self.kubectl(&["apply", "-f", &file.path().display().to_string()]).expect("what is applied is taken");
    }

    /// Runs `helm`.
    ///
    /// # Errors
    ///
    /// When it fails, with what it says.
    pub fn helm(&self, arguments: &[&str]) -> Result<String, String> {
        let mut command = self.command(&tools().join("helm"));
        command.arg("--kubeconfig").arg(self.kubeconfig()).args(arguments);
        printed(command.env("HELM_CACHE_HOME", self.folder.join("helm")))
    }

    /// Waits until something holds.
    ///
    /// # Panics
    ///
    /// When it does not get there, with the ends of all logs.
    pub fn until(&self, what: &str, holds: impl Fn() -> bool) {
        let end = Instant::now() + WAIT;
        while !holds() {
            assert!(Instant::now() < end, "waiting for {what}:\n{}", self.story());
            sleep(LOOK);
        }
    }

    /// Whether a condition of an object is True; `object` is kubectl's own words.
    pub fn condition(&self, object: &str, kind: &str) -> bool {
        let words: Vec<_> = object.split_whitespace().collect();
        conditions(&self.get(&words)).any(|said| said["type"] == kind && said["status"] == "True")
    }

    /// A volume of the node for whoever claims one.
    ///
    /// # Panics
    ///
    /// When it cannot be made.
    pub fn volume(&self, name: &str) {
        let path = self.folder.join("volumes").join(name);
        fs::create_dir(&path).expect("a folder");
        let node = json!({"key": "kubernetes.io/hostname", "operator": "In", "values": ["node"]});
        let volume = json!({
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": name},
            "spec": {
                "capacity": {"storage": "10Gi"},
                "accessModes": ["ReadWriteOnce"],
                "persistentVolumeReclaimPolicy": "Retain",
                "local": {"path": path},
                "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [node]}]}},
            },
        });
        self.apply(&volume.to_string());
    }

    /// What there is, what happened, and the ends of all logs: what a failure is understood by.
    pub fn story(&self) -> String {
        let look = |arguments: &[&str]| self.kubectl(arguments).unwrap_or_else(|error| error);
        let mut story = look(&["get", "pods,pvc,whg,whw", "-A", "-o", "wide"]);
        story += &look(&["get", "events", "-A", "--sort-by=.lastTimestamp"]);
        let all = "jsonpath={range .items[*]}{.metadata.namespace} {.metadata.name}{\"\\n\"}{end}";
        for pod in look(&["get", "pods", "-A", "-o", all]).lines() {
            let Some((namespace, name)) = pod.split_once(' ') else { continue };
            let log = look(&["logs", "-n", namespace, name, "--all-containers", "--tail=30"]);
            story.extend(["--- ", pod, "\n", &log]);
        }
        for log in fs::read_dir(self.folder.join("log")).into_iter().flatten().flatten() {
            let text = fs::read_to_string(log.path()).unwrap_or_default();
            let last = text.lines().count().saturating_sub(LOG_LINES);
            story.extend(["--- ", &log.path().display().to_string(), "\n"]);
            story.extend(text.lines().skip(last).flat_map(|line| [line, "\n"]));
        }
        story
    }

    fn kubeconfig(&self) -> PathBuf {
        self.folder.join("kubeconfig/admin")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Its pipe is closed with it, and that ends the cluster: nothing is waited for.
        let _ = self.keeper.try_wait();
    }
}

/// The conditions of an object.
pub fn conditions(object: &Value) -> impl Iterator<Item = &Value> {
    object["status"]["conditions"].as_array().into_iter().flatten()
}

fn printed(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().expect("nsenter runs (Debian: util-linux)");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}
