//! Stage 5: whether the client's address is one that the workflow lets in.

use std::net::IpAddr;

use boathook_plan::reason::Reason;
use boathook_plan::route::Intake;

use super::method::Admitted;
use super::refusal::Refusal;
use crate::gate::InFlight;
use crate::rates::Rates;

/// A request from an address that is let in.
#[derive(Debug)]
pub(super) struct Allowed(Admitted);

/// Lets the request in, or 403.
pub(super) fn admit(admitted: Admitted) -> Result<Allowed, Refusal> {
    if admitted.routed.intake.admits(admitted.routed.client) {
        Ok(Allowed(admitted))
    } else {
        Err(Refusal::of(Reason::AddressNotAllowed))
    }
}

impl Allowed {
    pub(super) fn intake(&self) -> &Intake {
        &self.0.routed.intake
    }

    pub(super) fn in_flight(&self) -> &InFlight {
        &self.0.routed.served.counts.in_flight
    }

    pub(super) fn client(&self) -> IpAddr {
        self.0.routed.client
    }

    pub(super) fn rates(&self) -> &Rates {
        &self.0.routed.served.rates
    }

    pub(super) fn into_inner(self) -> Admitted {
        self.0
    }
}
