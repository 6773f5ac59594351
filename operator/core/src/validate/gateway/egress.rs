//! What a gateway's steps may reach. An IPv4 network in IPv6 clothes is the IPv4 network.

use std::net::IpAddr;

use boathook_crds::gateway::egress::{Egress, EgressRule, Internet};
use boathook_plan::plan::{AddressRule, HostRule};
use ipnet::{IpNet, Ipv4Net};

use super::namespaces;
use crate::field::Field;
use crate::report::Report;
use crate::validate::admits::Admits;
use crate::validate::valid::{Granted, ValidEgress};

/// Bits of the prefix `::ffff:0:0/96` (RFC 4291, 2.5.5.2).
const MAPPED: u8 = 96;

/// Reads it.
pub(super) fn read(egress: &Egress, at: &Field, report: &mut Report) -> ValidEgress {
    let mut valid =
        ValidEgress { internet: egress.internet == Internet::Allow, addresses: Vec::new(), hosts: Vec::new() };
    for (index, rule) in egress.allow.iter().enumerate() {
        let at = at.at("allow").item(index);
        let ports: Vec<_> = rule.ports.iter().filter_map(|port| u16::try_from(*port).ok()).collect();
        let namespaces = rule.namespaces.as_ref().map_or(Admits::All, namespaces::read);
        if !rule.cidrs.is_empty() {
            let rule = AddressRule { cidrs: networks(rule, &at.at("cidrs"), report), ports: ports.clone() };
            valid.addresses.push(Granted { rule, namespaces: namespaces.clone() });
        }
        if !rule.hosts.is_empty() {
            let hosts = rule.hosts.iter().map(ToString::to_string).collect();
            valid.hosts.push(Granted { rule: HostRule { hosts, ports }, namespaces });
        }
    }
    valid
}

fn networks(rule: &EgressRule, at: &Field, report: &mut Report) -> Vec<IpNet> {
    let cidrs = rule.cidrs.iter().enumerate();
    let networks = cidrs.filter_map(|(index, text)| {
        let network = network(text);
        if network.is_none() {
            report.refuse_once(&at.item(index), "must be a network such as 10.0.0.0/8, or an address");
        }
        network
    });
    networks.collect()
}

/// A network in its one canonical form: no bits behind the prefix, IPv4 as IPv4.
fn network(text: &str) -> Option<IpNet> {
    let network = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))?.trunc();
    let IpNet::V6(mapped) = network else { return Some(network) };
    let unmapped = mapped.addr().to_ipv4_mapped().zip(mapped.prefix_len().checked_sub(MAPPED));
    match unmapped {
        Some((address, prefix)) => Ipv4Net::new(address, prefix).ok().map(|network| IpNet::V4(network.trunc())),
        None => Some(network),
    }
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn a_network_has_one_canonical_form() {
        let canonical = [
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("10.1.2.3", "10.1.2.3/32"),
            ("2001:db8::1", "2001:db8::1/128"),
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
            ("::ffff:10.1.2.3", "10.1.2.3/32"),
            ("0.0.0.0/0", "0.0.0.0/0"),
        ];
        for (text, expected) in canonical {
            assert_eq!(network(text).map(|network| network.to_string()).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_network() {
        for text in ["", "10.0.0.0/33", "10.0.0/8", "010.0.0.0/8", "2001:db8::/129", "example.com", "10.0.0.0/8 "] {
            assert_eq!(network(text), None, "{text:?}");
        }
    }
}
