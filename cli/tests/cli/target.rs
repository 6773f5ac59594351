//! What steps call in tests: the test takes each request when it wants, and answers it when it wants.

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::process::PATIENCE;

/// A server on a loopback port.
pub struct Target {
    pub url: String,
    calls: mpsc::UnboundedReceiver<Called>,
}

/// One request, not answered yet.
pub struct Called {
    head: String,
    /// Null where there was none.
    pub body: Value,
    stream: TcpStream,
}

impl Target {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
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
    pub async fn next(&mut self) -> Called {
        timeout(PATIENCE, self.calls.recv()).await.expect("nobody calls").unwrap()
    }

    /// The body of the next request, which is answered 200.
    pub async fn taken(&mut self) -> Value {
        self.next().await.answer(200).await
    }
}

impl Called {
    async fn read(mut stream: TcpStream) -> Option<Self> {
        let mut bytes = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = field(head, "content-length").parse().unwrap_or(0);
                if body.len() >= length {
                    let body = serde_json::from_str(body).unwrap_or_default();
                    return Some(Self { head: head.to_owned(), body, stream });
                }
            }
            let mut piece = [0; 4096];
            let count = stream.read(&mut piece).await.ok().filter(|count| *count > 0)?;
            bytes.extend_from_slice(&piece[..count]);
        }
    }

    /// A header field's value; empty where there is none.
    pub fn field(&self, name: &str) -> String {
        field(&self.head, name).to_owned()
    }

    /// Answers with an empty object, and hands the request's body over.
    pub async fn answer(mut self, status: u16) -> Value {
        let answer = format!(
            "HTTP/1.1 {status} Said\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}"
        );
        // The run may have ended.
        let _ = self.stream.write_all(answer.as_bytes()).await;
        self.body
    }
}

fn field<'h>(head: &'h str, name: &str) -> &'h str {
    let fields = head.lines().filter_map(|line| line.split_once(": "));
    fields.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
}
