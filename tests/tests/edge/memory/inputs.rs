//! What a client sends to take memory: each kind of body, of head and of framing.

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

use super::frames;

/// Nearly what a body may have.
const LARGE: usize = (1 << 20) - 64;

/// Which protocol a client speaks.
#[derive(Clone, Copy, Debug)]
pub enum Speaks {
    Http1,
    Http2,
}

/// One kind of client.
#[derive(Debug)]
pub struct Input {
    /// What it is.
    pub name: &'static str,
    pub speaks: Speaks,
    /// Sent once.
    pub first: Vec<u8>,
    /// Sent again and again behind that; empty is a client that sends nothing more.
    pub again: Vec<u8>,
}

/// All kinds.
pub fn all() -> Vec<Input> {
    [bodies(), files(), coded(), heads(), unsent(), frames::all()].into_iter().flatten().collect()
}

/// What is told apart by TLS: how much comes, how much waits, and how many streams there are.
pub fn of_tls() -> Vec<Input> {
    let plain = [bodies(), unsent()].into_iter().flatten();
    let wanted = ["one large text", "large ones for later", "bodies without an end", "connections without a request"];
    plain.filter(|input| wanted.contains(&input.name)).chain(frames::all()).collect()
}

/// Of requests that are pipelined without end.
fn pipelined(name: &'static str, request: Vec<u8>) -> Input {
    Input { name, speaks: Speaks::Http1, first: Vec::new(), again: request }
}

fn request(workflow: &str, fields: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("POST /api/webhooks/default/{workflow} HTTP/1.1\r\nHost: h\r\n{fields}");
    let head = format!("{head}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn json(workflow: &str, body: &[u8]) -> Vec<u8> {
    request(workflow, "Content-Type: application/json\r\n", body)
}

/// Bodies of every type, as large, as deep and as wide as they may be, and a little more.
fn bodies() -> Vec<Input> {
    let text = format!("\"{}\"", "x".repeat(LARGE - 2));
    let lists = format!("[{}[]]", "[],".repeat(90_000));
    let objects = format!("[{}{{}}]", "{\"a\":{}},".repeat(45_000));
    let deep = format!("{}{}", "[".repeat(64), "]".repeat(64));
    let too_deep = "[".repeat(LARGE);
    let unlike = (0..60_000).map(|number| format!("[{number}]")).collect::<Vec<_>>().join(",");
    let elements = format!("<a>{}</a>", "<b c=\"d\"/>".repeat(45_000));
    let fields = (0..90_000).map(|number| format!("f{number}=1")).collect::<Vec<_>>().join("&");
    let part = format!("--b\r\nContent-Disposition: form-data; name=a\r\n\r\n{}\r\n", "x".repeat(15 << 10));
    let parts = part.repeat(64) + "--b--";
    vec![
        pipelined("one large text", json("echo", text.as_bytes())),
        pipelined("small requests", json("echo", b"{}")),
        pipelined("requests of 16 KiB", json("echo", format!("\"{}\"", "x".repeat((16 << 10) - 2)).as_bytes())),
        pipelined("large ones for later", json("later", text.as_bytes())),
        pipelined("small ones for later", json("later", b"{}")),
        pipelined("many lists", json("echo", lists.as_bytes())),
        pipelined("many lists for later", json("later", lists.as_bytes())),
        pipelined("many objects", json("echo", objects.as_bytes())),
        pipelined("deep lists", json("echo", deep.as_bytes())),
        pipelined("too deep lists", json("echo", too_deep.as_bytes())),
        pipelined("what a schema compares", json("shaped", format!("[{unlike}]").as_bytes())),
        pipelined("elements", request("echo", "Content-Type: application/xml\r\n", elements.as_bytes())),
        pipelined(
            "form fields",
            request("echo", "Content-Type: application/x-www-form-urlencoded\r\n", fields.as_bytes()),
        ),
        pipelined("parts", request("echo", "Content-Type: multipart/form-data; boundary=b\r\n", parts.as_bytes())),
        pipelined("bytes", request("echo", "Content-Type: application/octet-stream\r\n", text.as_bytes())),
    ]
}

/// Forms that carry files.
fn files() -> Vec<Input> {
    let file = |number| {
        let head = format!("--b\r\nContent-Disposition: form-data; name=f{number}; filename=\"f{number}.bin\"\r\n");
        format!("{head}Content-Type: application/octet-stream\r\n\r\n{}\r\n", "x".repeat(30 << 10))
    };
    let files = (0..32).map(file).collect::<String>() + "--b--";
    let form = |workflow| request(workflow, "Content-Type: multipart/form-data; boundary=b\r\n", files.as_bytes());
    vec![pipelined("files", form("echo")), pipelined("files for later", form("later"))]
}

/// Small bodies that become large.
fn coded() -> Vec<Input> {
    let one = |name, coding: &str, body: Vec<u8>| {
        let fields = format!("Content-Type: application/json\r\nContent-Encoding: {coding}\r\n");
        pipelined(name, request("echo", &fields, &body))
    };
    let lists = format!("[{}[]]", "[],".repeat(90_000));
    vec![
        one("a gzip bomb", "gzip", include_bytes!("../../../data/coded/zeros.gz").to_vec()),
        one("a deflate bomb", "deflate", include_bytes!("../../../data/coded/zeros.zlib").to_vec()),
        one("a br bomb", "br", include_bytes!("../../../data/coded/zeros.br").to_vec()),
        one("a zstd bomb", "zstd", include_bytes!("../../../data/coded/zeros.zst").to_vec()),
        one("lists in gzip", "gzip", packed(GzEncoder::new(Vec::new(), Compression::new(1)), lists.as_bytes())),
        one("lists in zstd", "zstd", zstd::encode_all(lists.as_bytes(), 1).expect("memory")),
        one("lists in deflate", "deflate", packed(ZlibEncoder::new(Vec::new(), Compression::new(1)), lists.as_bytes())),
    ]
}

fn packed<W: std::io::Write + Finish>(mut encoder: W, text: &[u8]) -> Vec<u8> {
    encoder.write_all(text).expect("memory");
    encoder.end()
}

/// An encoder that ends in its bytes.
trait Finish {
    fn end(self) -> Vec<u8>;
}

impl Finish for GzEncoder<Vec<u8>> {
    fn end(self) -> Vec<u8> {
        self.finish().expect("memory")
    }
}

impl Finish for ZlibEncoder<Vec<u8>> {
    fn end(self) -> Vec<u8> {
        self.finish().expect("memory")
    }
}

/// Heads as large as they may be, and chunks as small.
fn heads() -> Vec<Input> {
    let chunks = {
        let head = "POST /api/webhooks/default/echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n";
        let head = format!("{head}Content-Type: text/plain\r\n\r\n");
        [head.as_bytes(), "1\r\nx\r\n".repeat(60_000).as_bytes(), b"0\r\n\r\n"].concat()
    };
    vec![pipelined("large heads", full()), pipelined("chunks of a byte", chunks)]
}

fn full() -> Vec<u8> {
    let field = |number: usize| format!("X-{number}: {}\r\n", "v".repeat(330));
    let fields: String = (0..90).map(field).collect();
    request("echo", &format!("Content-Type: application/json\r\n{fields}"), b"{}")
}

/// Messages that do not end.
fn unsent() -> Vec<Input> {
    let (head, body) = (full(), json("echo", "x".repeat(LARGE).as_bytes()));
    let kept = |name, bytes: &[u8]| Input { name, speaks: Speaks::Http1, first: bytes.to_vec(), again: Vec::new() };
    vec![
        kept("connections without a request", &[]),
        kept("heads without an end", &head[..head.len() - 30]),
        kept("bodies that are announced", &body[..body.len() - LARGE]),
        kept("bodies of which a little comes", &body[..body.len() - LARGE + (20 << 10)]),
        kept("bodies without an end", &body[..body.len() - 1]),
    ]
}
