//! Which protocol a connection speaks, by its first bytes: HTTP/2 begins with a preface that is no HTTP/1 request
//! (RFC 9113, 3.4).

/// What an HTTP/2 client sends first.
pub const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A protocol that is spoken here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/1.0 and HTTP/1.1.
    Http1,
    /// HTTP/2, with prior knowledge or negotiated.
    Http2,
}

/// The protocol of a connection that begins with these bytes; `None` when they may become either.
pub fn protocol(bytes: &[u8]) -> Option<Protocol> {
    if bytes.starts_with(PREFACE) {
        Some(Protocol::Http2)
    } else if PREFACE.starts_with(bytes) {
        None
    } else {
        Some(Protocol::Http1)
    }
}

/// The protocol that was agreed on by its name in ALPN (RFC 7301); `None` of a name that we do not offer.
pub fn negotiated(name: &[u8]) -> Option<Protocol> {
    match name {
        b"h2" => Some(Protocol::Http2),
        b"http/1.1" => Some(Protocol::Http1),
        _ => None,
    }
}
