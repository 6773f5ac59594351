//! Stages 8 and 9: the sender is verified on the raw bytes, and a handshake is answered.

use std::sync::Arc;

use boathook_plan::reason::Reason;
use boathook_plan::request::{RawRequest, Verified};
use boathook_plan::route::Intake;
use boathook_plan::verify::Rejection;
use http::{HeaderValue, header};

use super::body::Whole;
use super::method::refuse;
use super::rate::Counted;
use super::refusal::Refusal;
use crate::gate::Place;
use crate::rates::Rates;
use crate::routes::Served;
use crate::shared::Shared;

/// A request of a verified sender; it may be a handshake.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) served: Arc<Served>,
    pub(super) intake: Arc<Intake>,
    pub(super) verified: Verified,
    runs: bool,
    pub(super) request_id: Arc<str>,
    pub(super) place: Place,
}

/// A request of a verified sender that may start the workflow.
#[derive(Debug)]
pub(super) struct Genuine(Sent);

/// Verifies the sender, or answers a handshake that comes without a signature. What costs milliseconds of CPU waits its turn and leaves the request threads free.
pub(super) async fn verify(shared: &Shared, whole: Whole) -> Result<Sent, Refusal> {
    let Whole { served, intake, raw, runs, request_id, place } = whole;
    let now = shared.clock.now();
    if let Some(welcome) = served.route.verifier().welcome(&raw, now) {
        return Err(welcome.map_or_else(rejected, Refusal::answered));
    }
    let result = if served.route.verifier().is_expensive_for(&raw, now) {
        check_aside(shared, Arc::clone(&served), raw).await?
    } else {
        served.route.verifier().verify(raw, now)
    };
    let verified = result.map_err(rejected)?;
    if let Some(position) = verified.identity().key {
        served.counts.verified(position);
    }
    Ok(Sent { served, intake, verified, runs, request_id, place })
}

/// Verifies on a thread of its own, which gives the turn back when it is done, also when the sender is gone by then. A
/// verification that does not return is one that does not hold.
async fn check_aside(
    shared: &Shared,
    served: Arc<Served>,
    raw: RawRequest,
) -> Result<Result<Verified, Rejection>, Refusal> {
    let turn = shared.gate.check().await.ok_or_else(|| Refusal::of(Reason::Overloaded))?;
    let now = shared.clock.now();
    let check = tokio::task::spawn_blocking(move || {
        let result = served.route.verifier().verify(raw, now);
        drop(turn);
        result
    });
    Ok(check.await.unwrap_or(Err(Rejection { reason: Reason::KeyUnavailable, www_authenticate: None })))
}

fn rejected(rejection: Rejection) -> Refusal {
    let refusal = Refusal::of(rejection.reason);
    match rejection.www_authenticate {
        Some(challenge) => refusal.with(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge)),
        None => refusal,
    }
}

/// Answers a provider's handshake. What came by a handshake's method and is none may not start the workflow.
pub(super) fn handshake(counted: Counted) -> Result<Genuine, Refusal> {
    let sent = counted.into_inner();
    match sent.served.route.verifier().handshake(&sent.verified) {
        Some(answer) => Err(answer.map_or_else(rejected, Refusal::answered)),
        None if sent.runs => Ok(Genuine(sent)),
        None => Err(refuse(&sent.intake)),
    }
}

impl Sent {
    pub(super) fn rates(&self) -> &Rates {
        &self.served.rates
    }
}

impl Genuine {
    pub(super) fn into_inner(self) -> Sent {
        self.0
    }
}
