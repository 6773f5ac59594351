//! HTTP/1.1 byte for byte: requests are written as given, header fields in order and as often as they stand, because a
//! client library would tidy them.

use std::io;
use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

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
    let text = String::from_utf8_lossy(&bytes);
    parse(&text).ok_or_else(|| io::Error::other(format!("no answer: {text}")))
}

fn parse(text: &str) -> Option<Answer> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let (line, fields) = head.split_once("\r\n").unwrap_or((head, ""));
    let headers = fields.lines().filter_map(|line| line.split_once(": "));
    Some(Answer {
        status: line.split(' ').nth(1)?.parse().ok()?,
        headers: headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect(),
        body: body.to_owned(),
    })
}
