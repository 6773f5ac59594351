//! What a workflow asks of a request besides its path, method and verification, as plain data.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::edge::AccessLog;

/// Whom a workflow admits, and what they may bring. The default admits everybody with everything that is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Policy {
    /// Which of its requests are logged; the gateway's.
    #[serde(skip_serializing_if = "AccessLog::is_default")]
    pub access_log: AccessLog,
    /// Networks of the proxies whose word on a client's address is taken; the gateway's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trusted_proxies: Vec<IpNet>,
    /// Networks that clients may be in. `None`: everybody; an empty list admits nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access: Option<Vec<IpNet>>,
    /// What is let through; all of them hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rates: Vec<Rate>,
    /// Origins of the web pages that may call from a browser, as browsers write them (RFC 6454, 6.2).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<String>,
    /// Media types in small letters, without parameters; `text/*` is all of a kind. None: every type that is read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub content_types: Vec<String>,
}

/// A rate that is let through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rate {
    /// What it is counted by.
    pub key: RateKey,
    /// Requests in each period.
    pub requests: u32,
    /// The period, in milliseconds.
    pub per_ms: u64,
    /// Requests that may come at once.
    pub burst: u32,
}

/// What a rate is counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RateKey {
    /// The client's address, before its sender is verified: an IPv4 address, or a /64 of IPv6.
    ClientIP,
    /// All verified requests of the workflow.
    Workflow,
}

impl Policy {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
