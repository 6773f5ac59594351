//! Whom a workflow admits, and what they may bring. A list of networks that cannot be read admits nobody: it is told, and
//! the others stand.

use boathook_plan::plan::Policy;
use ipnet::IpNet;

use super::resolve::Inputs;
use crate::condition::Reason;
use crate::network;
use crate::validate::{NetworkList, ValidAccess, ValidWebhook};
use crate::violation::Violation;

/// Lines that a message names.
const LINES: usize = 5;

/// The policy, with the networks of the ConfigMaps of now.
pub(super) fn of(inputs: &Inputs, webhook: &ValidWebhook, violations: &mut Vec<Violation>) -> Policy {
    Policy {
        access_log: inputs.gateway.access_log,
        trusted_proxies: inputs.gateway.trusted_proxies.clone(),
        access: webhook.access.as_ref().map(|access| self::access(inputs, access, violations)),
        rates: webhook.rates.clone(),
        origins: webhook.origins.clone(),
        content_types: webhook.content_types.clone(),
    }
}

fn access(inputs: &Inputs, access: &ValidAccess, violations: &mut Vec<Violation>) -> Vec<IpNet> {
    let lists = access.lists.iter().flat_map(|list| {
        listed(inputs, list).unwrap_or_else(|(networks, violation)| {
            violations.push(violation);
            networks
        })
    });
    let networks: Vec<_> = access.networks.iter().copied().chain(lists).collect();
    IpNet::aggregate(&networks)
}

/// The networks of a list; with what is wrong with it, those that can be read.
fn listed(inputs: &Inputs, list: &NetworkList) -> Result<Vec<IpNet>, (Vec<IpNet>, Violation)> {
    let NetworkList { field, config_map: name, key } = list;
    let nobody = |reason, message: String| (Vec::new(), Violation::new(reason, field, message));
    let namespace = &inputs.workflow.key.namespace;
    let Some(config_map) = inputs.config_maps.get(name).and_then(Option::as_ref) else {
        let message =
            format!("must name a ConfigMap of namespace {namespace}, and there is no {name}: nobody is let in");
        return Err(nobody(Reason::ConfigMapNotFound, message));
    };
    let Some(text) = config_map.data.get(key) else {
        let message = format!("must name a key of ConfigMap {name}, and it has no {key}: nobody is let in");
        return Err(nobody(Reason::ConfigMapNotFound, message));
    };
    let (networks, wrong) = network::document(text);
    if !wrong.is_empty() {
        let lines: Vec<_> = wrong.iter().take(LINES).map(ToString::to_string).collect();
        let message = format!(
            "must lead to networks such as 10.0.0.0/8, one a line, and {key} of ConfigMap {name} has something else at \
             line {}: what is no network lets nobody in",
            lines.join(", ")
        );
        return Err((networks, Violation::new(Reason::InvalidKey, field, message)));
    }
    if networks.is_empty() {
        let message =
            format!("must lead to a network at least, and {key} of ConfigMap {name} has none: nobody is let in");
        return Err(nobody(Reason::InvalidKey, message));
    }
    Ok(networks)
}
