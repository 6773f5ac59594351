//! Stages 2 and 3: a place among what is in flight, and the workflow that has this host and path.

use std::sync::Arc;

use boathook_plan::reason::Reason;
use http::StatusCode;

use super::arrive::Arrived;
use super::refusal::Refusal;
use crate::gate::Place;
use crate::routes::{Match, Served};
use crate::shared::Shared;

/// Bytes of a request's target: what common servers and proxies take.
const TARGET_SIZE: usize = 8 << 10;

/// A request whose workflow is known.
#[derive(Debug)]
pub(super) struct Routed {
    pub(super) served: Arc<Served>,
    pub(super) arrived: Arrived,
    pub(super) params: Vec<(String, String)>,
    pub(super) place: Place,
}

/// A place, or 503.
pub(super) fn enter(shared: &Shared) -> Result<Place, Refusal> {
    shared.gate.enter().ok_or_else(|| Refusal::of(Reason::Overloaded))
}

/// The route of the request's host and path, or 404.
pub(super) fn find(shared: &Shared, arrived: Arrived, place: Place) -> Result<Routed, Refusal> {
    let target = arrived.head.uri.path_and_query().map_or("", |target| target.as_str());
    if target.len() > TARGET_SIZE {
        return Err(Refusal::of(Reason::HeadersTooLarge).under(StatusCode::URI_TOO_LONG));
    }
    let host = arrived.host().ok_or_else(|| Refusal::of(Reason::BadFraming))?;
    let found = shared.routes.find(host, arrived.head.uri.path());
    let Match { served, params } = found.ok_or_else(|| Refusal::of(Reason::NoRoute))?;
    Ok(Routed { served, arrived, params, place })
}
