//! The request path: one order, each stage taking only what the stage before it returned, so that nothing later runs
//! when something earlier refuses.
//!
//! Gathers (head, body), decides (`boathook_plan`) and acts (the run); has no opinion of its own.

mod address;
mod arrive;
mod body;
mod breach;
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
pub(crate) use breach::Breach;
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
    let breach = arrived.head.extensions.get::<Breach>().cloned().unwrap_or_default();
    let (trail, mut body) = (Arc::new(arrived.trail()), Arriving::new(body, breach));
    let place = route::check(&arrived).and_then(|()| route::enter(shared));
    let routed = place.and_then(|place| route::find(shared, arrived, place));
    let sketch = routed.as_ref().ok().and_then(|routed| Sketch::of(shared, routed));
    let page = routed.as_ref().ok().and_then(Page::of);
    let tally = Tally::begin(shared, routed.as_ref().ok(), &trail);
    let books = Books { shared: Arc::clone(shared), tally, sketch, request_id: Arc::clone(&trail.request_id) };
    let decided = match routed {
        Ok(routed) => decide(shared, routed, &mut body).await,
        Err(refusal) => Err(refusal),
    };
    let verdict = match decided {
        Ok(keyed) => accept(books, keyed, body.bytes().clone()).await,
        Err(refusal) => books.close(Err(refusal), body.bytes()),
    };
    let mut response = respond::response(verdict, &trail, !body.is_read() || !shared.stop.serving());
    if let Some(page) = page {
        page.tell(response.headers_mut());
    }
    response
}

/// Accepts a delivery, and closes its books whether its sender stays or not: what is accepted must also be run, and what is
/// not must not be counted so.
async fn accept(mut books: Books, keyed: Keyed, body: Bytes) -> Verdict {
    let lost = Refusal::of(Reason::StoreUnavailable);
    books.tally.ends(Reason::StoreUnavailable);
    let request_id = Arc::clone(&books.request_id);
    let accepted = tokio::spawn(async move {
        let outcome = deliver::accept(&books.shared, keyed).await;
        books.close(outcome, &body)
    });
    // A fault of ours.
    accepted.await.unwrap_or_else(|_| lost.verdict(&request_id))
}

/// What a request is written into when it ends: its count, its line and its record.
struct Books {
    shared: Arc<Shared>,
    tally: Tally,
    sketch: Option<Sketch>,
    request_id: Arc<str>,
}

impl Books {
    fn close(mut self, outcome: Result<Verdict, Refusal>, body: &Bytes) -> Verdict {
        let verdict = outcome.unwrap_or_else(|refusal| refusal.verdict(&self.request_id));
        self.tally.is_told(&verdict);
        if let Some(sketch) = self.sketch {
            sketch.record(&self.shared, &verdict, body);
        }
        verdict
    }
}

/// The stages of a request whose workflow is known.
async fn decide<B>(shared: &Shared, routed: Routed, body: &mut Arriving<B>) -> Result<Keyed, Refusal>
where
    B: Body<Data = Bytes> + Unpin,
{
    let admitted = method::admit(route::open(route::assign(shared, routed)?)?)?;
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
