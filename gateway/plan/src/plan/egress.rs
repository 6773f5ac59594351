//! What outbound requests may reach, as plain data.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// What a workflow's outbound requests may reach.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Egress {
    /// Whether public addresses may be dialled.
    pub internet: bool,
    /// Addresses that may be dialled although they are not public.
    pub allow_addresses: Vec<AddressRule>,
    /// Host names that may be dialled whatever they resolve to, but for what is always refused.
    pub allow_hosts: Vec<HostRule>,
    /// `boathook run` only: loopback may be dialled.
    pub loopback: bool,
}

/// Networks and the ports on them; no ports means all.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AddressRule {
    /// The networks.
    pub cidrs: Vec<IpNet>,
    /// The ports.
    pub ports: Vec<u16>,
}

/// Host names, exact or `*.suffix`, and the ports on them; no ports means all.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HostRule {
    /// The names, lower case.
    pub hosts: Vec<String>,
    /// The ports.
    pub ports: Vec<u16>,
}
