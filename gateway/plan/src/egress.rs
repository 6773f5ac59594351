//! Judges where outbound connections may go: decides on the address that is about to be dialled, by default denial of
//! everything that is not globally reachable. Resolves and dials nothing.
//!
//! The one place of this decision: a connector asks it for every address, whether it came out of a URL, a redirect or a
//! name server, at each attempt.

mod embedded;
mod hosts;
mod ports;
mod special;
mod target;

use std::fmt;
use std::net::IpAddr;

pub use self::hosts::host_matches;
use self::special::Opening;
pub use self::target::{TargetError, target};
use crate::plan::Egress;

/// Why a connection may not be made, and what would mend it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{address} port {port}: {cause}")]
pub struct Denied {
    /// The address that would have been dialled.
    pub address: IpAddr,
    /// The port on it.
    pub port: u16,
    /// What is wrong with them.
    pub cause: Cause,
}

/// What is wrong with an address or a port; names are those of the registry that assigns them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// No rule can open it: loopback, link-local, metadata, multicast.
    Never(&'static str),
    /// Not globally reachable, and no rule opens it.
    NotPublic(&'static str),
    /// Globally reachable, but `internet: Deny`, and no rule opens it.
    Internet,
    /// The port of another protocol, and no rule names it.
    Port(&'static str),
    /// The gateway's own admin port, which believes whoever reaches it.
    Admin,
}

impl fmt::Display for Cause {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never(name) => write!(out, "{name} addresses are never dialled"),
            Self::NotPublic(name) => write!(out, "{name} addresses need a rule in the gateway's egress.allow"),
            Self::Internet => {
                out.write_str("the gateway's egress.internet is Deny and no rule of egress.allow covers it")
            }
            Self::Admin => out.write_str("the gateway's own admin port is never dialled"),
            Self::Port(name) => write!(out, "the {name} port needs a rule in the gateway's egress.allow that lists it"),
        }
    }
}

/// What the rules of `egress.allow` say of a host, an address and a port; a later one says more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Opened {
    No,
    AnyPort,
    ThisPort,
}

/// Whether a connection to `address` on `port`, found under the name `host`, may be made.
///
/// `host` is in lower case and without a dot at its end. An IPv6 address that carries an IPv4 address (mapped, NAT64,
/// 6to4, Teredo) is judged as that one too.
pub fn judge(egress: &Egress, host: &str, port: u16, address: IpAddr) -> Result<(), Denied> {
    // The far end of a translator or tunnel has a loopback of its own, which is not this machine's.
    let may_be_local = |face| egress.loopback && face == embedded::plain(address);
    embedded::faces(address).try_for_each(|face| {
        judge_face(egress, face, opened(egress, host, port, face), may_be_local(face)).map_err(|cause| Denied {
            address,
            port,
            cause,
        })
    })
}

/// [`judge`] for HTTP, which must not be made to speak to servers of other protocols: their ports must be listed in a rule.
pub fn judge_http(egress: &Egress, host: &str, port: u16, address: IpAddr) -> Result<(), Denied> {
    judge(egress, host, port, address)?;
    match ports::other_protocol(port) {
        Some(name) if opened(egress, host, port, embedded::plain(address)) < Opened::ThisPort => {
            Err(Denied { address, port, cause: Cause::Port(name) })
        }
        Some(_) | None => Ok(()),
    }
}

fn judge_face(egress: &Egress, face: IpAddr, opened: Opened, may_be_local: bool) -> Result<(), Cause> {
    let special = special::find(face);
    let by_rule = opened > Opened::No;
    match special.opening {
        Opening::Loopback if may_be_local => Ok(()),
        Opening::Loopback | Opening::Never => Err(Cause::Never(special.name)),
        Opening::Rule if by_rule => Ok(()),
        Opening::Rule => Err(Cause::NotPublic(special.name)),
        Opening::Public if by_rule || egress.internet => Ok(()),
        Opening::Public => Err(Cause::Internet),
    }
}

fn opened(egress: &Egress, host: &str, port: u16, address: IpAddr) -> Opened {
    let by_address = egress
        .allow_addresses
        .iter()
        .filter(|rule| rule.cidrs.iter().any(|net| net.contains(&address)))
        .map(|rule| opened_port(&rule.ports, port));
    let by_host = egress
        .allow_hosts
        .iter()
        .filter(|rule| rule.hosts.iter().any(|pattern| host_matches(pattern, host)))
        .map(|rule| opened_port(&rule.ports, port));
    by_address.chain(by_host).max().unwrap_or(Opened::No)
}

fn opened_port(ports: &[u16], port: u16) -> Opened {
    match ports {
        [] => Opened::AnyPort,
        ports if ports.contains(&port) => Opened::ThisPort,
        _ => Opened::No,
    }
}

#[cfg(test)]
mod tests;
