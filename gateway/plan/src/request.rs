//! A request as the stages of the request path see it; a later stage takes only what an earlier one returned.
//!
//! Holds bytes and facts; parses nothing.

use std::net::IpAddr;

use bytes::Bytes;
use http::{HeaderMap, Method};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A request whose body has arrived whole and within the limit; nothing of it is believed yet.
#[derive(Clone, Debug)]
pub struct RawRequest {
    /// As sent.
    pub method: Method,
    /// The raw path of the request target, not decoded.
    pub path: String,
    /// The raw query, without `?`; `None` when there is no `?`.
    pub query: Option<String>,
    /// Every field, repeated ones kept.
    pub headers: HeaderMap,
    /// As received.
    pub body: Bytes,
    /// What the path pattern's names matched, decoded once.
    pub params: Vec<(String, String)>,
    /// The client's address.
    pub client: IpAddr,
    /// When the head had arrived.
    pub received_at: Timestamp,
    /// `<base_url><path>[?query]`: the URL that a sender would have signed.
    pub url: String,
}

/// The verified sender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// The preset's name, or the scheme's (`hmac`, `basic`, …); `public` where nothing is verified.
    pub scheme: String,
    /// Position of the key that matched in the scheme's `keys`.
    pub key: Option<usize>,
    /// Who it is, where the scheme says so (the user name of `basic`).
    pub subject: Option<String>,
}

/// A request whose sender is verified. Only [`crate::verify`] makes one.
#[derive(Clone, Debug)]
pub struct Verified {
    request: RawRequest,
    identity: Identity,
    scheme: usize,
}

impl Verified {
    /// For the verification stage alone: `scheme` is the position of the one that gave the identity.
    pub(crate) fn new(request: RawRequest, identity: Identity, scheme: usize) -> Self {
        Self { request, identity, scheme }
    }

    /// The request.
    pub fn request(&self) -> &RawRequest {
        &self.request
    }

    /// The sender.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Takes it apart.
    pub fn into_parts(self) -> (RawRequest, Identity) {
        (self.request, self.identity)
    }

    /// Which scheme gave the identity.
    pub(crate) fn scheme(&self) -> usize {
        self.scheme
    }
}
