//! Servers that say exactly the bytes they are told to.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A server on a loopback port; it ends with this value.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    connections: Arc<Mutex<u32>>,
    accepting: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Server {
    /// Does with each connection what `serve` says.
    pub(super) async fn start<F, S>(serve: S) -> Self
    where
        S: Fn(TcpStream) -> F + Send + 'static,
        F: Future<Output = io::Result<()>> + Send + 'static,
    {
        Self::keeping(Arc::default(), serve).await
    }

    async fn keeping<F, S>(requests: Arc<Mutex<Vec<String>>>, serve: S) -> Self
    where
        S: Fn(TcpStream) -> F + Send + 'static,
        F: Future<Output = io::Result<()>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(Mutex::new(0));
        let counted = Arc::clone(&connections);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *counted.lock().unwrap() += 1;
                tokio::spawn(serve(stream));
            }
        });
        Self { address, requests, connections, accepting }
    }

    /// Reads each request whole, keeps it, and answers with `response`, again and again on one connection.
    pub(super) async fn answering(response: impl Into<Vec<u8>>) -> Self {
        let response: Arc<[u8]> = response.into().into();
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = Arc::clone(&requests);
        Self::keeping(requests, move |mut stream| {
            let (response, kept) = (Arc::clone(&response), Arc::clone(&kept));
            async move {
                while let Some(request) = request(&mut stream).await? {
                    kept.lock().unwrap().push(request);
                    stream.write_all(&response).await?;
                }
                Ok(())
            }
        })
        .await
    }

    /// Reads a request, keeps it, and hangs up.
    pub(super) async fn losing_answers() -> Self {
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = Arc::clone(&requests);
        Self::keeping(requests, move |mut stream| {
            let kept = Arc::clone(&kept);
            async move {
                let request = request(&mut stream).await?;
                kept.lock().unwrap().extend(request);
                Ok(())
            }
        })
        .await
    }

    /// Reads a request and says these bytes, then hangs up.
    pub(super) async fn saying(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes: Arc<[u8]> = bytes.into().into();
        Self::start(move |mut stream| {
            let bytes = Arc::clone(&bytes);
            async move {
                request(&mut stream).await?;
                stream.write_all(&bytes).await?;
                stream.shutdown().await
            }
        })
        .await
    }

    /// Reads a request and says `head`, then `piece` again and again, as long as somebody listens.
    pub(super) async fn repeating(head: &'static str, piece: &'static str) -> Self {
        Self::start(move |mut stream| async move {
            request(&mut stream).await?;
            stream.write_all(head.as_bytes()).await?;
            loop {
                stream.write_all(piece.as_bytes()).await?;
            }
        })
        .await
    }

    /// What was asked, whole requests.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// How many connections there were.
    pub(super) fn connections(&self) -> u32 {
        *self.connections.lock().unwrap()
    }
}

/// The next request, head and body.
pub(super) async fn request(stream: &mut TcpStream) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let count = stream.read(&mut piece).await?;
        if count == 0 {
            return Ok(None);
        }
        bytes.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        if body.len() >= length.unwrap_or(0) {
            return Ok(Some(text.into_owned()));
        }
    }
}

/// A response with its length.
pub(super) fn response(status: &str, fields: &[&str], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut bytes = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n", body.len()).into_bytes();
    for field in fields {
        bytes.extend_from_slice(field.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}
