//! The `boathook` binary under test, and a `boathook run` on free ports that ends with its handle.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long a process may take to be ready: a loaded machine is slow, a broken one never is.
const READY: Duration = Duration::from_secs(30);

/// The binary, built beside the running test.
///
/// # Panics
///
/// When it is not there, with the command that builds it.
pub fn binary() -> PathBuf {
    let test = std::env::current_exe().expect("a test has a path");
    let folder = test.parent().and_then(Path::parent).expect("tests run from target/<profile>/deps");
    let path = folder.join("boathook");
    assert!(path.exists(), "no {}: run `cargo build --release --bin boathook`", path.display());
    path
}

/// Ports that are given out: below those that Linux takes for outbound connections, which any test may make meanwhile.
const PORTS: std::ops::Range<u32> = 12_000..32_000;

/// A free loopback address, which is given out once. It stays free while a process that had it is killed and started anew.
///
/// # Panics
///
/// When no port is free.
pub fn free_address() -> SocketAddr {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let mut free = PORTS.filter_map(|_| {
        let count = std::process::id().wrapping_mul(97).wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = PORTS.start + count % (PORTS.end - PORTS.start);
        let listener = TcpListener::bind(("127.0.0.1", u16::try_from(port).ok()?)).ok()?;
        listener.local_addr().ok()
    });
    free.next().expect("a free port")
}

/// A running `boathook run`, killed when dropped.
pub struct Run {
    child: Child,
    /// Where senders go.
    pub listen: SocketAddr,
    /// Where `/readyz` is.
    pub admin: SocketAddr,
}

impl Run {
    /// Serves `folder` and returns when it is ready.
    pub fn start(folder: &Path) -> Self {
        let (listen, admin) = (free_address(), free_address());
        Self::start_at(folder, listen, admin)
    }

    /// Serves `folder` at given addresses and returns when it is ready.
    pub fn start_at(folder: &Path, listen: SocketAddr, admin: SocketAddr) -> Self {
        let child = Command::new(binary())
            .arg("run")
            .arg(folder)
            .args(["--listen", &listen.to_string(), "--admin", &admin.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("boathook starts");
        let mut run = Self { child, listen, admin };
        run.wait_until_ready();
        run
    }

    fn wait_until_ready(&mut self) {
        let end = Instant::now() + READY;
        while get(self.admin, "/readyz").is_none_or(|answer| !answer.starts_with("HTTP/1.1 200")) {
            if let Some(status) = self.child.try_wait().expect("a child can be asked") {
                panic!("boathook run ended: {status}");
            }
            assert!(Instant::now() < end, "boathook run is not ready after {READY:?}");
            std::thread::yield_now();
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // Both fail only when the process is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A GET over a connection of its own: the whole answer, or `None` when nobody listens.
pub fn get(address: SocketAddr, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}
