//! The gateway's own binary: what it does from its start to its end.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use boathook_tests::boathook::{binary, free_address};
use tempfile::TempDir;
use tokio::time::sleep;

use super::*;

/// Between two looks at a condition.
const LOOK: Duration = Duration::from_millis(5);

/// A process; killed when dropped.
struct Process {
    child: Child,
    listen: SocketAddr,
    admin: SocketAddr,
    channel: SocketAddr,
    errors: PathBuf,
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Process {
    /// Starts it over a folder that holds its certificates and volumes.
    fn start(folder: &Path) -> Self {
        Self::start_with(folder, &[])
    }

    /// The same, with more of a command line.
    fn start_with(folder: &Path, more: &[&str]) -> Self {
        let program = binary().with_file_name("boathook-gateway");
        assert!(program.exists(), "no {}: run `cargo build --release --bin boathook-gateway`", program.display());
        let (listen, admin, channel) = (free_address(), free_address(), free_address());
        let errors = folder.join(format!("errors-{}", listen.port()));
        let child = Command::new(program)
            .args(["--listen", &listen.to_string(), "--admin", &admin.to_string(), "--channel", &channel.to_string()])
            .arg("--channel-certs")
            .arg(folder.join("certificates"))
            .arg("--data")
            .arg(folder.join("data"))
            .arg("--table")
            .arg(folder.join("table"))
            .args(["--drain-delay", "2s"])
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&errors).unwrap())
            .spawn()
            .unwrap();
        Self { child, listen, admin, channel, errors }
    }

    async fn until(&self, method: &'static str, address: SocketAddr, path: &'static str, wanted: u16) {
        let seen = async {
            while status(method, address, path).await != wanted {
                sleep(LOOK).await;
            }
        };
        timeout(PATIENCE, seen).await.unwrap_or_else(|_| panic!("{path} never was {wanted}: {}", self.messages()));
    }

    fn messages(&self) -> String {
        std::fs::read_to_string(&self.errors).unwrap_or_default()
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    async fn ended(&mut self) -> i32 {
        let ended = async {
            loop {
                if let Some(status) = self.child.try_wait().unwrap() {
                    return status.code().unwrap_or(-1);
                }
                sleep(LOOK).await;
            }
        };
        timeout(PATIENCE, ended).await.expect("it ends")
    }
}

fn folder(trust: &Trust) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    trust.mount(&key(), &folder.path().join("certificates"));
    std::fs::create_dir(folder.path().join("table")).unwrap();
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_serves_what_it_is_given_leaves_politely_and_starts_with_what_it_had() {
    let trust = Trust::new();
    let folder = folder(&trust);
    let mut gateway = Process::start(folder.path());
    gateway.until("GET", gateway.admin, "/livez", 200).await;
    assert_eq!(status("GET", gateway.admin, "/readyz").await, 503);
    let fleet = Fleet::new(trust.dialer());
    fleet.publish(&key(), table(&[&route("hello", "/hello")]));
    fleet.endpoints(&key(), &addresses([gateway.channel]));
    until(&fleet, &key(), is_programmed).await;
    assert_eq!(status("POST", gateway.listen, "/hello").await, 200);
    assert_eq!(status("GET", gateway.admin, "/readyz").await, 200);
    assert_eq!(status("GET", gateway.admin, "/v1/executions").await, 404);

    gateway.signal("TERM");
    gateway.until("GET", gateway.admin, "/readyz", 503).await;
    assert_eq!(status("POST", gateway.listen, "/hello").await, 200, "it serves on while senders are led elsewhere");
    assert_eq!(gateway.ended().await, 0, "{}", gateway.messages());
    for line in BufReader::new(File::open(&gateway.errors).unwrap()).lines() {
        let line = line.unwrap();
        assert!(serde_json::from_str::<serde_json::Value>(&line).is_ok_and(|line| line["level"].is_string()), "{line}");
    }

    drop(fleet);
    let again = Process::start(folder.path());
    again.until("GET", again.admin, "/readyz", 200).await;
    assert_eq!(status("POST", again.listen, "/hello").await, 200, "with nobody connected");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_waits_for_the_store_of_the_one_before_it() {
    let trust = Trust::new();
    let folder = folder(&trust);
    let mut first = Process::start(folder.path());
    first.until("GET", first.admin, "/livez", 200).await;
    let mut second = Process::start_with(folder.path(), &["--data-wait", "5m"]);
    while !second.messages().contains("waiting for the store") {
        sleep(LOOK).await;
    }
    let mut third = Process::start_with(folder.path(), &["--data-wait", "5m"]);
    while !third.messages().contains("waiting for the store") {
        sleep(LOOK).await;
    }
    third.signal("TERM");
    assert_eq!(third.ended().await, 0, "it need not have begun to end: {}", third.messages());
    first.signal("TERM");
    assert_eq!(first.ended().await, 0);
    second.until("GET", second.admin, "/livez", 200).await;
    second.signal("TERM");
    assert_eq!(second.ended().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_cannot_start_says_why_and_ends_with_3() {
    let trust = Trust::new();
    let folder = folder(&trust);
    let first = Process::start(folder.path());
    first.until("GET", first.admin, "/livez", 200).await;
    let mut second = Process::start(folder.path());
    assert_eq!(second.ended().await, 3);
    let said = second.messages();
    let last = said.lines().last().unwrap();
    assert!(last.starts_with("boathook-gateway: "), "{last}");
}
