//! What a workflow's outbound requests may reach: the gateway's rules for its namespace.

use boathook_plan::plan::Egress;

use super::resolve::Inputs;
use crate::validate::{Candidate, Granted};

/// The rules.
pub(super) fn of(inputs: &Inputs) -> Egress {
    let candidate = candidate(inputs);
    let egress = &inputs.gateway.egress;
    Egress {
        internet: egress.internet,
        allow_addresses: granted(&egress.addresses, candidate),
        allow_hosts: granted(&egress.hosts, candidate),
        loopback: inputs.platform.loopback_egress,
    }
}

fn candidate(inputs: &Inputs) -> Candidate<'_> {
    Candidate { namespace: &inputs.workflow.key.namespace, labels: &inputs.labels, own: &inputs.gateway.key.namespace }
}

fn granted<T: Clone>(rules: &[Granted<T>], candidate: Candidate<'_>) -> Vec<T> {
    rules.iter().filter(|granted| granted.namespaces.holds(candidate)).map(|granted| granted.rule.clone()).collect()
}
