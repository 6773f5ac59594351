//! The request path: one order, each stage taking only what the stage before it returned, so that nothing later runs
//! when something earlier refuses.
//!
//! Gathers (head, body), decides (`boathook_plan`) and acts (the run); has no opinion of its own.

mod arrive;
mod body;
mod method;
mod refusal;
mod respond;
mod route;
mod sender;
#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Body;

use crate::execute;
use crate::log;
use crate::shared::Shared;
use arrive::Arrived;
pub(crate) use arrive::Trail;
use refusal::Refusal;
pub(crate) use respond::Verdict;
use route::Routed;

/// Answers one request.
pub(crate) async fn answer<B>(shared: &Arc<Shared>, peer: IpAddr, request: Request<B>) -> Response<Full<Bytes>>
where
    B: Body<Data = Bytes> + Unpin,
{
    let (arrived, mut body) = Arrived::gather(shared, peer, request);
    let trail = arrived.trail();
    let routed = route::enter(shared).and_then(|place| route::find(shared, arrived, place));
    let served = routed.as_ref().ok().map(|routed| Arc::clone(&routed.served));
    let ended = match routed {
        Ok(routed) => within(shared, routed, &mut body).await,
        Err(refusal) => Err(refusal),
    };
    let verdict = ended.unwrap_or_else(|refusal| refusal.verdict(&trail.request_id));
    let counts = served.as_ref().map_or(&shared.metrics.nowhere, |served| &served.counts);
    counts.request(verdict.reason);
    shared.metrics.took(trail.started.elapsed());
    log::request(&trail, served.as_deref(), &verdict);
    let last = !shared.stop.serving() || !body.is_end_stream();
    respond::response(verdict, &trail, last)
}

/// The stages of a request whose workflow is known.
async fn within<B>(shared: &Arc<Shared>, routed: Routed, body: &mut B) -> Result<Verdict, Refusal>
where
    B: Body<Data = Bytes> + Unpin,
{
    let admitted = method::admit(routed)?;
    let whole = body::read(admitted, body, shared.limits.pace).await?;
    let sent = sender::verify(shared, whole).await?;
    let genuine = sender::handshake(sent)?;
    let accepted = genuine.deliver(shared)?;
    Ok(execute::run(shared, accepted).await)
}
