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
mod untaken;

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
pub(crate) use respond::Verdict;
use route::Routed;
use tally::Tally;
pub(crate) use unread::unread;

/// A request that has a place and a workflow.
pub(crate) struct Entered<B> {
    routed: Routed,
    books: Books,
    end: End<B>,
}

/// What became of a request at the entrance.
pub(crate) enum Entry<B> {
    /// It is let in.
    Let(Box<Entered<B>>),
    /// It is not.
    Refused(Response<Full<Bytes>>),
}

/// Lets a request in, or answers at once. Takes no turn of a task: of heads that come faster than they are answered, no
/// more are kept than there are places.
pub(crate) fn enter<B>(shared: &Arc<Shared>, peer: IpAddr, request: Request<B>) -> Entry<B>
where
    B: Body<Data = Bytes> + Unpin,
{
    let (arrived, body) = Arrived::gather(shared, peer, request);
    let breach = arrived.head.extensions.get::<Breach>().cloned().unwrap_or_default();
    let (trail, body) = (Arc::new(arrived.trail()), Arriving::new(body, breach));
    let place = route::check(&arrived).and_then(|()| route::enter(shared, &arrived));
    let routed = place.and_then(|place| route::find(shared, arrived, place));
    let page = routed.as_ref().ok().and_then(Page::of);
    let books = Books::open(shared, routed.as_ref().ok(), &trail);
    let end = End { shared: Arc::clone(shared), trail, page, body };
    match routed.and_then(|routed| route::assign(shared, routed)) {
        Ok(routed) => Entry::Let(Box::new(Entered { routed, books, end })),
        Err(refusal) => {
            let verdict = books.close(Err(refusal), end.body.bytes());
            Entry::Refused(end.response(verdict))
        }
    }
}

/// What an answer is made with.
struct End<B> {
    shared: Arc<Shared>,
    trail: Arc<Trail>,
    page: Option<Page>,
    body: Arriving<B>,
}

impl<B> End<B>
where
    B: Body<Data = Bytes> + Unpin,
{
    fn response(self, verdict: Verdict) -> Response<Full<Bytes>> {
        let last = !self.body.is_read() || !self.shared.stop.serving();
        let mut response = respond::response(verdict, &self.trail, last);
        if let Some(page) = self.page {
            page.tell(response.headers_mut());
        }
        response
    }
}

impl<B> Entered<B>
where
    B: Body<Data = Bytes> + Unpin,
{
    /// Answers it.
    pub(crate) async fn answer(self) -> Response<Full<Bytes>> {
        let Self { routed, books, mut end } = self;
        let verdict = match decide(&end.shared, routed, &mut end.body).await {
            Ok(keyed) => accept(books, keyed, end.body.bytes().clone()).await,
            Err(refusal) => books.close(Err(refusal), end.body.bytes()),
        };
        end.response(verdict)
    }
}

/// Accepts a delivery, and closes its books whether its sender stays or not: what is accepted must also be run, and what is
/// not must not be counted so.
async fn accept(mut books: Books, keyed: Keyed, body: Bytes) -> Verdict {
    let lost = Refusal::of(Reason::StoreUnavailable);
    books.tally.ends(Reason::StoreUnavailable);
    let request_id = Arc::clone(&books.request_id);
    let accepted = tokio::spawn(async move {
        let outcome = deliver::accept(&books.shared, keyed).await;
        let outcome = untaken::account(&books, outcome).await;
        books.close(outcome, &body)
    });
    // A fault of ours.
    accepted.await.unwrap_or_else(|_| lost.verdict(&request_id))
}

/// What a request is written into when it ends: its count, its line and its record.
struct Books {
    shared: Arc<Shared>,
    tally: Tally,
    request_id: Arc<str>,
}

impl Books {
    fn open(shared: &Arc<Shared>, routed: Option<&Routed>, trail: &Arc<Trail>) -> Self {
        Self {
            shared: Arc::clone(shared),
            tally: Tally::begin(shared, routed, trail),
            request_id: Arc::clone(&trail.request_id),
        }
    }

    fn close(mut self, outcome: Result<Verdict, Refusal>, body: &Bytes) -> Verdict {
        let verdict = outcome.unwrap_or_else(|refusal| refusal.verdict(&self.request_id));
        self.tally.is_told(&verdict, body);
        verdict
    }
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
