//! Stages 1 to 3: a head that means one thing, a place among what is in flight, and the workflow of the host and path.

use std::net::IpAddr;
use std::sync::Arc;

use boathook_plan::framing::{FIELDS, TARGET_SIZE};
use boathook_plan::reason::Reason;
use boathook_plan::route::Intake;
use http::StatusCode;

use super::arrive::Arrived;
use super::refusal::Refusal;
use crate::config::HEAD_ALLOWANCE;
use crate::gate::Place;
use crate::routes::{Match, Served};
use crate::shared::Shared;

/// A request whose workflow is known.
#[derive(Debug)]
pub(super) struct Routed {
    pub(super) served: Arc<Served>,
    pub(super) intake: Arc<Intake>,
    pub(super) arrived: Arrived,
    pub(super) params: Vec<(String, String)>,
    pub(super) client: IpAddr,
    pub(super) place: Place,
}

/// A head within its bounds and of one meaning, or 414, 431 or 400.
pub(super) fn check(arrived: &Arrived) -> Result<(), Refusal> {
    if target(arrived).len() > TARGET_SIZE {
        return Err(Refusal::of(Reason::HeadersTooLarge).under(StatusCode::URI_TOO_LONG));
    }
    // Of HTTP/1 the framing guard has refused more already; HTTP/2 bounds the size of a list alone.
    if arrived.head.headers.len() > FIELDS {
        return Err(Refusal::of(Reason::HeadersTooLarge));
    }
    if arrived.host().is_some() && arrived.is_framed() { Ok(()) } else { Err(Refusal::of(Reason::BadFraming)) }
}

/// A place, and memory for a head that is larger than common ones; or 503.
pub(super) fn enter(shared: &Shared, arrived: &Arrived) -> Result<Place, Refusal> {
    let overloaded = || Refusal::of(Reason::Overloaded);
    let mut place = shared.gate.enter().ok_or_else(overloaded)?;
    let size = arrived.size();
    if size > HEAD_ALLOWANCE {
        place.keep(shared.gate.heads.try_take(size).ok_or_else(overloaded)?);
    }
    Ok(place)
}

/// The route of the request's host and path, or 404.
pub(super) fn find(shared: &Shared, arrived: Arrived, place: Place) -> Result<Routed, Refusal> {
    let found = arrived.host().and_then(|host| shared.routes.find(host, arrived.head.uri.path()));
    let Match { served, params } = found.ok_or_else(|| Refusal::of(Reason::NoRoute))?;
    // A route without one is in no table.
    let intake = served.route.intake().cloned().ok_or_else(|| Refusal::of(Reason::NoRoute))?;
    let client = intake.client(arrived.peer, &arrived.head.headers);
    Ok(Routed { served, intake, arrived, params, client, place })
}

/// Makes the place one of the workflow's; 503 where it has its part of them.
pub(super) fn assign(shared: &Shared, routed: Routed) -> Result<Routed, Refusal> {
    let place = shared.gate.assign(routed.place, &routed.served.counts.in_flight);
    Ok(Routed { place: place.ok_or_else(|| Refusal::of(Reason::Overloaded))?, ..routed })
}

fn target(arrived: &Arrived) -> &str {
    arrived.head.uri.path_and_query().map_or("", |target| target.as_str())
}

/// A workflow whose intake is suspended is there: a 404 would make senders unsubscribe.
pub(super) fn open(routed: Routed) -> Result<Routed, Refusal> {
    if routed.served.route.plan().suspend.intake() { Err(Refusal::of(Reason::Suspended)) } else { Ok(routed) }
}
