//! HTTP/1.1 byte for byte: requests are written as given, header fields in order and as often as they stand, because a
//! client library would tidy them.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// No exchange takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A request.
#[derive(Clone, Debug)]
pub struct Sent<'a> {
    /// As on the request line.
    pub method: &'a str,
    /// Path and query, as on the request line.
    pub target: &'a str,
    /// All fields but `Host`, `Content-Length` and `Connection`.
    pub headers: &'a [(String, String)],
    /// The body.
    pub body: &'a [u8],
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Answer {
    /// A field's value; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// `reason` of a problem; empty when the body is none.
    pub fn reason(&self) -> String {
        let problem = serde_json::from_str::<Value>(&self.body).unwrap_or_default();
        problem["reason"].as_str().unwrap_or_default().to_owned()
    }
}

/// Sends one request on a connection of its own.
///
/// # Errors
///
/// When the connection breaks, or what comes back is no answer.
pub async fn send(address: SocketAddr, sent: &Sent<'_>) -> io::Result<Answer> {
    let fields: String = sent.headers.iter().map(|(name, value)| [name, ": ", value, "\r\n"].concat()).collect();
    let head = format!(
        "{} {} HTTP/1.1\r\nHost: hooks.example.test\r\n{fields}Content-Length: {}\r\nConnection: close\r\n\r\n",
        sent.method,
        sent.target,
        sent.body.len()
    );
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(&[head.as_bytes(), sent.body].concat()).await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    let (mut answer, body) = parse(&bytes).ok_or_else(|| no_answer(&bytes))?;
    // The connection was closed behind it: all that came is its body, also where it breaks off.
    answer.body = String::from_utf8_lossy(body).into_owned();
    Ok(answer)
}

fn no_answer(bytes: &[u8]) -> io::Error {
    io::Error::other(format!("no answer: {}", String::from_utf8_lossy(bytes)))
}

/// Sends these bytes on a connection of their own, closes its sending side, and returns every answer until the other side
/// closes.
///
/// # Errors
///
/// When the connection breaks, is not closed within [`PATIENCE`], or what comes back is no answer.
pub async fn exchange(address: SocketAddr, bytes: &[u8]) -> io::Result<Vec<Answer>> {
    let mut stream = TcpStream::connect(address).await?;
    // Who is refused early may not get rid of everything.
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
    let mut received = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut received)).await.map_err(io::Error::other)??;
    answers(&received)
}

fn answers(mut bytes: &[u8]) -> io::Result<Vec<Answer>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let (mut answer, rest) = parse(bytes).ok_or_else(|| no_answer(bytes))?;
        let length = answer.header("content-length").parse().unwrap_or(0);
        let (body, rest) = rest.split_at_checked(length).ok_or_else(|| no_answer(bytes))?;
        answer.body = String::from_utf8_lossy(body).into_owned();
        found.push(answer);
        bytes = rest;
    }
    Ok(found)
}

/// The head of the answer that the bytes begin with, and what is behind it.
fn parse(bytes: &[u8]) -> Option<(Answer, &[u8])> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let (line, fields) = head.split_once("\r\n").unwrap_or((head, ""));
    let fields = fields.lines().filter_map(|line| line.split_once(": "));
    let headers = fields.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    let status = line.split(' ').nth(1)?.parse().ok()?;
    Some((Answer { status, headers, body: String::new() }, &bytes[end + 4..]))
}
