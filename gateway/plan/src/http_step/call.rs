//! A request, ready to send.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Method};
use url::Url;

/// A request, ready to send; secrets may be in it. `Debug` shows neither its path nor its values.
#[derive(Clone)]
pub struct HttpCall {
    /// The method.
    pub method: Method,
    /// Scheme, host, path and query; never user information or a fragment.
    pub url: Url,
    /// Every field but those of framing; a value that a secret went into is marked sensitive.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// Whether a secret went into the body.
    pub body_is_secret: bool,
}

impl HttpCall {
    /// Method and host, as messages name a request: its path may be a secret.
    pub fn name(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        match self.url.port() {
            Some(port) => format!("{} {host}:{port}", self.method),
            None => format!("{} {host}", self.method),
        }
    }
}

impl fmt::Debug for HttpCall {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "HttpCall({})", self.name())
    }
}
