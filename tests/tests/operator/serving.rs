//! The whole way: a workflow that is applied is served by a gateway's process, and what becomes of its requests comes back.

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use base64::Engine as _;
use boathook_tests::boathook::free_address;
use boathook_tests::operator::binary;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use tempfile::TempDir;

use crate::stage::{DEFAULT_GATEWAY, GATEWAY, Stage, WAIT, workflow};
use crate::statuses::SIGNED;

/// An address that is no loopback one, which an `EndpointSlice` refuses: that of a bridge, gone with its handle.
struct Bridge {
    name: String,
    address: IpAddr,
}

impl Bridge {
    fn new() -> Self {
        let id = std::process::id();
        let name = format!("bh{id}");
        let address = IpAddr::from([10, 77, u8::try_from(id % 250).unwrap(), 1]);
        let ip = |arguments: &[&str]| {
            let done = Command::new("ip").args(arguments).output().expect("ip runs (Debian: iproute2)");
            assert!(done.status.success(), "ip {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        };
        ip(&["link", "add", &name, "type", "bridge"]);
        let bridge = Self { name, address };
        ip(&["address", "add", &format!("{address}/24"), "dev", &bridge.name]);
        ip(&["link", "set", &bridge.name, "up"]);
        bridge
    }

    fn socket(&self) -> SocketAddr {
        SocketAddr::new(self.address, free_address().port())
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        let _ = Command::new("ip").args(["link", "delete", &self.name]).status();
    }
}

/// A gateway's process, as its pod would run it.
struct Pod {
    child: Child,
    public: SocketAddr,
    channel: SocketAddr,
    _folder: TempDir,
}

impl Pod {
    async fn start(stage: &Stage, bridge: &Bridge) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let secret = "/api/v1/namespaces/boathook/secrets/boathook-default-channel";
        let secret = stage.until(secret, |secret| secret["data"]["tls.crt"].is_string()).await;
        mount(&secret, &folder.path().join("certs"));
        for name in ["data", "table"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let (public, channel) = (bridge.socket(), bridge.socket());
        let path = |name: &str| folder.path().join(name).display().to_string();
        let child = Command::new(binary("boathook-gateway"))
            .args(["--listen", &public.to_string(), "--admin", &free_address().to_string()])
            .args(["--channel", &channel.to_string(), "--channel-certs", &path("certs")])
            .args(["--data", &path("data"), "--table", &path("table")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the gateway starts");
        Self { child, public, channel, _folder: folder }
    }

    /// What the control plane's controllers would write of it.
    fn slice(&self) -> String {
        json!({
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {
                "name": "boathook-default-channel-1",
                "namespace": "boathook",
                "labels": {
                    "kubernetes.io/service-name": "boathook-default-channel",
                    "app.kubernetes.io/managed-by": "boathook-operator",
                },
            },
            "addressType": "IPv4",
            "endpoints": [{
                "addresses": [self.channel.ip().to_string()],
                "conditions": {"ready": true, "serving": true, "terminating": false},
            }],
            "ports": [{"name": "channel", "port": self.channel.port(), "protocol": "TCP"}],
        })
        .to_string()
    }

    /// The status of a delivery that is signed with `key`.
    async fn deliver(&self, key: &str) -> u16 {
        let body = r#"{"zen":"Keep it logically awesome."}"#;
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(body.as_bytes());
        let hex = mac.finalize().into_bytes().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.post(format!("http://{}/api/webhooks/shop/signed", self.public));
        let request = request.header("x-hub-signature-256", format!("sha256={hex}"));
        let request = request.header("x-github-event", "push").header("x-github-delivery", uuid()).body(body);
        let answer = request.header("content-type", "application/json").send().await.unwrap();
        answer.status().as_u16()
    }
}

/// Another one for each delivery.
fn uuid() -> String {
    format!("00000000-0000-4000-8000-{:012x}", fastrand::u64(..1 << 48))
}

impl Drop for Pod {
    fn drop(&mut self) {
        // Both fail only when the process is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Writes a Secret's files, as the kubelet does.
fn mount(secret: &Value, folder: &Path) {
    fs::create_dir(folder).unwrap();
    for (name, data) in secret["data"].as_object().unwrap() {
        let bytes = base64::engine::general_purpose::STANDARD.decode(data.as_str().unwrap()).unwrap();
        fs::write(folder.join(name), bytes).unwrap();
    }
}

#[tokio::test]
async fn an_applied_workflow_is_served_and_its_counts_come_back() {
    let stage = Stage::start().await;
    let bridge = Bridge::new();
    stage.apply(DEFAULT_GATEWAY);
    let key = |key: &str| {
        let metadata = json!({"name": "github", "namespace": "shop", "labels": {"boathook.dev/allow": "verification"}});
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": {"secret": key}}).to_string()
    };
    stage.apply(&key("first"));
    stage.apply(SIGNED);
    let pod = Pod::start(&stage, &bridge).await;
    stage.apply(&pod.slice());
    let signed = workflow("shop", "signed");
    stage.condition(&signed, ("Programmed", "True", "Programmed")).await;
    stage.condition(&signed, ("Ready", "True", "Ready")).await;
    stage.condition(GATEWAY, ("Ready", "True", "Ready")).await;
    let revision = stage.get(&signed).await["status"]["revision"].clone();
    assert!(revision.as_str().is_some_and(|revision| revision.len() == 64), "{revision}");
    assert_eq!(pod.deliver("first").await, 200);
    assert_eq!(pod.deliver("second").await, 401);
    let counts = |object: &Value| {
        let deliveries = &object["status"]["deliveries"];
        deliveries["received"] == 2 && deliveries["succeeded"] == 1 && deliveries["rejected"] == 1
    };
    stage.until(&signed, counts).await;
    // A key that changes is in force without a word to the gateway from anybody else.
    stage.apply(&key("second"));
    let end = tokio::time::Instant::now() + WAIT;
    while pod.deliver("second").await != 200 {
        assert!(tokio::time::Instant::now() < end, "the new key is not in force");
    }
    assert_eq!(pod.deliver("first").await, 401);
    // A workflow that goes takes its route along.
    stage.plane.kubectl(&["delete", "whw", "signed", "-n", "shop"]).unwrap();
    let end = tokio::time::Instant::now() + WAIT;
    while pod.deliver("second").await != 404 {
        assert!(tokio::time::Instant::now() < end, "the route is still there");
    }
}
