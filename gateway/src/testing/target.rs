//! What steps call in tests: the test takes each request when it wants, and answers it when it wants.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// A server on a loopback port.
pub(crate) struct Target {
    pub(crate) url: String,
    calls: mpsc::UnboundedReceiver<Called>,
}

/// One request, not answered yet.
pub(crate) struct Called {
    pub(crate) head: String,
    stream: TcpStream,
}

impl Target {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let (sender, calls) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let sender = sender.clone();
                tokio::spawn(async move {
                    if let Some(called) = Called::read(stream).await {
                        // The test may have ended.
                        let _ = sender.send(called);
                    }
                });
            }
        });
        Self { url, calls }
    }

    /// The next request.
    pub(crate) async fn next(&mut self) -> Called {
        self.calls.recv().await.unwrap()
    }

    /// Whether a request is there that was not taken.
    pub(crate) fn is_called(&self) -> bool {
        !self.calls.is_empty()
    }
}

impl Called {
    async fn read(mut stream: TcpStream) -> Option<Self> {
        let mut bytes = Vec::new();
        while !bytes.windows(4).any(|window| window == b"\r\n\r\n") {
            let mut piece = [0; 4096];
            let count = stream.read(&mut piece).await.ok().filter(|count| *count > 0)?;
            bytes.extend_from_slice(&piece[..count]);
        }
        Some(Self { head: String::from_utf8(bytes).unwrap(), stream })
    }

    /// The value of a field.
    pub(crate) fn field(&self, name: &str) -> String {
        let line = self.head.lines().find_map(|line| line.split_once(": ").filter(|(known, _)| *known == name));
        line.unwrap_or_else(|| panic!("{name} in {}", self.head)).1.to_owned()
    }

    /// Answers with a status and no body.
    pub(crate) async fn answer(mut self, status: u16) {
        let response = format!("HTTP/1.1 {status} OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        // Whoever called may be gone.
        let _ = self.stream.write_all(response.as_bytes()).await;
    }
}
