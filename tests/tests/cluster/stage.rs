//! The one cluster of these tests, with a release on it, one test at a time.

use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use boathook_tests::cluster::Cluster;
use boathook_tests::helm::chart;
use serde_json::Value;

/// What is applied.
pub const WORKFLOW: &str = include_str!("../../data/github-push/workflow.yaml");

/// Of the release, where only pods may be that are restricted, and of a team.
const NAMESPACES: &str = "
apiVersion: v1
kind: Namespace
metadata: {name: boathook-system, labels: {pod-security.kubernetes.io/enforce: restricted}}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
";

/// What it is signed with.
const SECRET: &str = "It's a Secret to Everybody";

/// Where it is sent to.
const PATH: &str = "/api/webhooks/shop/github-push";

/// The cluster, and nobody else's meanwhile.
pub struct Stage(MutexGuard<'static, Cluster>);

impl std::ops::Deref for Stage {
    type Target = Cluster;

    fn deref(&self) -> &Cluster {
        &self.0
    }
}

impl Stage {
    /// Waits for its turn. The cluster is started by the first.
    pub fn enter() -> Self {
        static CLUSTER: OnceLock<Mutex<Cluster>> = OnceLock::new();
        let cluster = CLUSTER.get_or_init(|| {
            let cluster = Cluster::start();
            cluster.volume("first");
            cluster.apply(NAMESPACES);
            Mutex::new(cluster)
        });
        // A test that failed leaves a cluster as good as any.
        Self(cluster.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Installs the chart, or upgrades to these values, and waits for the operator.
    pub fn release(&self, values: &[&str]) {
        let chart = chart();
        let mut arguments = vec!["upgrade", "--install", "boathook", &chart, "--namespace", "boathook-system"];
        arguments.extend(["--set", "image.registry=boathook.test", "--set", "image.tag=test"]);
        arguments.extend(["--wait", "--timeout", "3m"]);
        arguments.extend(values.iter().flat_map(|value| ["--set", value]));
        self.helm(&arguments).unwrap_or_else(|error| panic!("helm: {error}\n{}", self.story()));
    }

    /// A release with the workflow on it, all ready.
    pub fn with_workflow() -> Self {
        let stage = Self::enter();
        stage.release(&[]);
        stage.apply(WORKFLOW);
        // What the status says may be of the release before.
        stage.leader("");
        stage.until("the workflow to be ready", || stage.condition("whw/github-push -n shop", "Ready"));
        stage
    }

    /// The operator's pod that leads, once it is another than before. A release that goes takes its right to the lease along
    /// before it can let go of it.
    pub fn leader(&self, before: &str) -> String {
        let holder = || {
            let lease = self.get(&["lease/boathook-operator", "-n", "boathook-system"]);
            lease["spec"]["holderIdentity"].as_str().unwrap_or_default().to_owned()
        };
        self.until("an operator to lead", || {
            let holder = holder();
            holder != before && self.condition(&format!("pod/{holder} -n boathook-system"), "Ready")
        });
        holder()
    }

    /// The gateway's Service, as an address inside of the cluster.
    pub fn service(&self) -> String {
        let service = self.get(&["service/boathook-default", "-n", "boathook-gateway"]);
        format!("{}:{}", service["spec"]["clusterIP"].as_str().unwrap(), service["spec"]["ports"][0]["port"])
    }

    /// Sends so many deliveries and waits for all answers.
    pub fn send(&self, count: usize) -> Vec<Value> {
        let mut sending = self.sending(count);
        drop(sending.0.stdin.take());
        sending.end()
    }

    /// Begins to send, until it is told to end.
    pub fn sending(&self, count: usize) -> Sending {
        let mut probe = self.probe();
        probe.args(["send", &self.service(), PATH, SECRET, &count.to_string()]);
        Sending(probe.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the probe starts"))
    }

    /// The records of the gateway's pod.
    pub fn records(&self) -> Vec<Value> {
        let authority = tempfile::NamedTempFile::new().unwrap();
        let secret = self.get(&["secret/boathook-channel-authority", "-n", "boathook-system"]);
        std::fs::write(authority.path(), secret.to_string()).unwrap();
        let pod = self.gateway_pod();
        let address = format!("{}:8444", pod["status"]["podIP"].as_str().unwrap());
        let output = self.probe().arg("records").arg(address).arg(authority.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        lines(&String::from_utf8(output.stdout).unwrap())
    }

    /// The gateway's pod that is not on its way out.
    pub fn gateway_pod(&self) -> Value {
        let pods = self.get(&["pods", "-n", "boathook-gateway"]);
        let pods = pods["items"].as_array().unwrap().iter();
        let here: Vec<_> = pods.filter(|pod| pod["metadata"]["deletionTimestamp"].is_null()).collect();
        let [pod] = here[..] else { panic!("one pod of the gateway: {here:#?}") };
        pod.clone()
    }

    fn probe(&self) -> Command {
        self.command(env!("CARGO_BIN_EXE_probe").as_ref())
    }
}

/// A process that sends.
pub struct Sending(Child);

impl Sending {
    /// Ends it: what became of each delivery.
    pub fn end(mut self) -> Vec<Value> {
        drop(self.0.stdin.take());
        let mut text = String::new();
        self.0.stdout.take().unwrap().read_to_string(&mut text).unwrap();
        assert!(self.0.wait().unwrap().success(), "the probe fails");
        lines(&text)
    }
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
