//! The request path: one order, each stage taking only what the stage before it returned, so that nothing later runs
//! when something earlier refuses.
//!
//! Gathers (head, body), decides (`boathook_plan`) and acts (the run); has no opinion of its own.

mod address;
mod arrive;
mod body;
mod deliver;
mod filter;
mod method;
mod page;
mod parse;
mod rate;
mod read;
mod refusal;
mod rejected;
mod respond;
mod route;
mod sender;
mod tally;
#[cfg(test)]
mod tests;
mod unread;

use std::net::IpAddr;
use std::sync::Arc;

use boathook_plan::reason::Reason;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Body;

use crate::shared::Shared;
use arrive::Arrived;
pub(crate) use arrive::Trail;
use body::Arriving;
use deliver::Keyed;
use page::Page;
use refusal::Refusal;
pub(crate) use rejected::Budget;
use rejected::Sketch;
pub(crate) use respond::Verdict;
use route::Routed;
use tally::Tally;
pub(crate) use unread::unread;

/// Answers one request.
pub(crate) async fn answer<B>(shared: &Arc<Shared>, peer: IpAddr, request: Request<B>) -> Response<Full<Bytes>>
where
    B: Body<Data = Bytes> + Unpin,
{
    let (arrived, body) = Arrived::gather(shared, peer, request);
    let (trail, mut body) = (Arc::new(arrived.trail()), Arriving::new(body));
    let place = route::check(&arrived).and_then(|()| route::enter(shared));
    let routed = place.and_then(|place| route::find(shared, arrived, place));
    let sketch = routed.as_ref().ok().and_then(|routed| Sketch::of(shared, routed));
    let page = routed.as_ref().ok().and_then(Page::of);
    let mut tally = Tally::begin(shared, routed.as_ref().ok(), &trail);
    let decided = match routed {
        Ok(routed) => decide(shared, routed, &mut body).await,
        Err(refusal) => Err(refusal),
    };
    let verdict = match decided {
        Ok(keyed) => {
            // A sender who hangs up from here on does not stop it.
            tally.ends(Reason::Accepted);
            deliver::accept(shared, keyed).await
        }
        Err(refusal) => Err(refusal),
    };
    let verdict = verdict.unwrap_or_else(|refusal| refusal.verdict(&trail.request_id));
    tally.is_told(&verdict);
    if let Some(sketch) = sketch {
        sketch.record(shared, &verdict, body.bytes());
    }
    let mut response = respond::response(verdict, &trail, !body.is_read() || !shared.stop.serving());
    if let Some(page) = page {
        page.tell(response.headers_mut());
    }
    response
}

/// The stages of a request whose workflow is known.
async fn decide<B>(shared: &Shared, routed: Routed, body: &mut Arriving<B>) -> Result<Keyed, Refusal>
where
    B: Body<Data = Bytes> + Unpin,
{
    let admitted = method::admit(route::open(routed)?)?;
    let allowed = address::admit(admitted)?;
    let within = rate::of_client(allowed)?;
    let whole = body::read(shared, within, body).await?;
    let sent = sender::verify(shared, whole).await?;
    let counted = rate::of_workflow(sent)?;
    let genuine = sender::handshake(counted)?;
    let understood = read::read(shared, genuine).await?;
    let wanted = filter::pass(understood)?;
    deliver::key(wanted)
}
