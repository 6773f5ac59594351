//! What a gateway's steps may reach. The schema refuses IPv4 networks in IPv6 clothes.

use boathook_crds::gateway::egress::{Egress, Internet};
use boathook_plan::plan::{AddressRule, HostRule};

use super::namespaces;
use crate::field::Field;
use crate::network;
use crate::report::Report;
use crate::validate::admits::Admits;
use crate::validate::valid::{Granted, ValidEgress};

/// Reads it.
pub(super) fn read(egress: &Egress, at: &Field, report: &mut Report) -> ValidEgress {
    let mut valid =
        ValidEgress { internet: egress.internet == Internet::Allow, addresses: Vec::new(), hosts: Vec::new() };
    for (index, rule) in egress.allow.iter().enumerate() {
        let at = at.at("allow").item(index);
        let ports: Vec<_> = rule.ports.iter().filter_map(|port| u16::try_from(*port).ok()).collect();
        let namespaces = rule.namespaces.as_ref().map_or(Admits::All, namespaces::read);
        if !rule.cidrs.is_empty() {
            let rule = AddressRule { cidrs: network::list(&rule.cidrs, &at.at("cidrs"), report), ports: ports.clone() };
            valid.addresses.push(Granted { rule, namespaces: namespaces.clone() });
        }
        if !rule.hosts.is_empty() {
            let hosts = rule.hosts.iter().map(ToString::to_string).collect();
            valid.hosts.push(Granted { rule: HostRule { hosts, ports }, namespaces });
        }
    }
    valid
}
