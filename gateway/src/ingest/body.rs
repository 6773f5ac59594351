//! Stage 7: the raw body, counted while it is read. A declared length that is too large is refused before a byte is
//! read, which also keeps `100 Continue` from being sent.

use std::sync::Arc;

use boathook_plan::reason::Reason;
use boathook_plan::request::RawRequest;
use boathook_plan::route::Intake;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::Body;
use tokio::time::timeout;

use super::breach::Breach;
use super::method::Admitted;
use super::rate::Within;
use super::refusal::Refusal;
use super::route::Routed;
use crate::config::{BODY_ALLOWANCE, BODY_STEP, Pace};
use crate::gate::Place;
use crate::memory::{Held, Memory, Share};
use crate::routes::Served;
use crate::shared::Shared;

/// A request that has arrived whole.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) served: Arc<Served>,
    pub(super) intake: Arc<Intake>,
    pub(super) raw: RawRequest,
    pub(super) runs: bool,
    pub(super) request_id: Arc<str>,
    pub(super) place: Place,
}

/// A body on its way, and whether all of it has come.
pub(super) struct Arriving<B> {
    body: B,
    ended: bool,
    /// All of it, once it is here.
    bytes: Bytes,
    breach: Breach,
}

impl<B> Arriving<B>
where
    B: Body<Data = Bytes> + Unpin,
{
    pub(super) fn new(body: B, breach: Breach) -> Self {
        Self { ended: body.is_end_stream(), body, bytes: Bytes::new(), breach }
    }

    /// Whether nothing of it is left on the connection, where it would stand before the next request.
    pub(super) fn is_read(&self) -> bool {
        self.ended
    }

    /// All of it; none of one that has not come whole.
    pub(super) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The next bytes; trailers are dropped, so that none is taken for a field of the head.
    async fn next(&mut self, pace: Pace) -> Result<Option<Bytes>, Refusal> {
        let frame = timeout(pace.body_idle, self.body.frame()).await;
        match frame.map_err(|_| Refusal::of(Reason::RequestTooSlow))? {
            None => {
                self.ended = true;
                Ok(None)
            }
            Some(Ok(frame)) => Ok(Some(frame.into_data().unwrap_or_default())),
            Some(Err(_)) => Err(self.breach.refusal()),
        }
    }
}

/// Reads the body within the workflow's limit, the client's pace and the memory that is free.
pub(super) async fn read<B>(shared: &Shared, within: Within, body: &mut Arriving<B>) -> Result<Whole, Refusal>
where
    B: Body<Data = Bytes> + Unpin,
{
    let limit = within.intake().max_body_size();
    let pace = shared.limits.pace;
    let owner = Arc::clone(&within.in_flight().arriving);
    let mut memory = Reserve { memory: &shared.gate.arriving, owner, held: None };
    let collected = timeout(pace.body, collect(body, limit, pace, &mut memory)).await;
    let bytes = collected.map_err(|_| Refusal::of(Reason::RequestTooSlow))??;
    body.bytes = bytes.clone();
    let held = memory.held;
    let length = bytes.len();
    let mut whole = whole(within, bytes);
    if let Some(mut held) = held {
        held.shrink(length);
        whole.place.keep(held);
    }
    Ok(whole)
}

/// Memory for a body, taken as it comes: what is only announced holds nothing.
struct Reserve<'a> {
    memory: &'a Memory,
    owner: Arc<Share>,
    held: Option<Held>,
}

impl Reserve<'_> {
    /// Holds memory for so many bytes, of at most so many; 503 where none comes free. While it waits, the rest of the body
    /// stays with its sender. Whoever has the whole account goes on: it is alone, and would wait for itself.
    async fn grow(&mut self, length: u64, most: u64) -> Result<(), Refusal> {
        let size = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        let held = self.held.as_ref().map_or(0, Held::bytes);
        let all = self.memory.size();
        if size(length) <= BODY_ALLOWANCE + held || held >= all {
            return Ok(());
        }
        let wanted = size(length).saturating_mul(2).max(BODY_STEP).min(size(most)).min(all).saturating_sub(held);
        let is_there = if let Some(held) = &mut self.held {
            held.extend(wanted).await
        } else {
            self.held = self.memory.take(&self.owner, wanted).await;
            self.held.is_some()
        };
        if is_there { Ok(()) } else { Err(Refusal::of(Reason::Overloaded)) }
    }
}

async fn collect<B>(body: &mut Arriving<B>, limit: u64, pace: Pace, memory: &mut Reserve<'_>) -> Result<Bytes, Refusal>
where
    B: Body<Data = Bytes> + Unpin,
{
    let too_large = || Refusal::of(Reason::BodyTooLarge);
    let hint = body.body.size_hint();
    let declared = hint.lower();
    if declared > limit {
        return Err(too_large());
    }
    let most = hint.exact().unwrap_or(limit);
    let mut buffer = Buffer::Empty;
    while let Some(part) = body.next(pace).await? {
        let length = buffer.len().saturating_add(bytes(part.len()));
        if length > limit {
            return Err(too_large());
        }
        memory.grow(length, most).await?;
        buffer = buffer.with(part, declared);
    }
    Ok(buffer.into_bytes())
}

/// A body in the making: one part is kept as it came, and only more of them are copied together.
enum Buffer {
    Empty,
    One(Bytes),
    Many(BytesMut),
}

impl Buffer {
    /// With the next part. `declared` is the whole length where the sender said it, and within the limit.
    fn with(self, part: Bytes, declared: u64) -> Self {
        match self {
            Self::Empty => Self::One(part),
            Self::One(first) => {
                // What is only announced takes no memory either.
                let double = first.len().saturating_add(part.len()).saturating_mul(2);
                let mut many = BytesMut::with_capacity(usize::try_from(declared).unwrap_or_default().min(double));
                many.extend_from_slice(&first);
                many.extend_from_slice(&part);
                Self::Many(many)
            }
            Self::Many(mut many) => {
                many.extend_from_slice(&part);
                Self::Many(many)
            }
        }
    }

    fn len(&self) -> u64 {
        bytes(match self {
            Self::Empty => 0,
            Self::One(only) => only.len(),
            Self::Many(many) => many.len(),
        })
    }

    fn into_bytes(self) -> Bytes {
        match self {
            Self::Empty => Bytes::new(),
            Self::One(only) => only,
            Self::Many(many) => many.freeze(),
        }
    }
}

fn bytes(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn whole(within: Within, body: Bytes) -> Whole {
    let Admitted { routed, runs } = within.into_inner();
    let Routed { served, intake, arrived, params, client, place } = routed;
    let target = arrived.head.uri.path_and_query().map_or("", |target| target.as_str());
    let raw = RawRequest {
        url: intake.url(target),
        path: arrived.head.uri.path().to_owned(),
        query: arrived.head.uri.query().map(str::to_owned),
        method: arrived.head.method,
        headers: arrived.head.headers,
        body,
        params,
        client,
        received_at: arrived.received_at,
    };
    Whole { served, intake, raw, runs, request_id: arrived.request_id, place }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_that_is_only_announced_takes_no_memory() {
        let part = || Bytes::from_static(b"x");
        let Buffer::Many(many) = Buffer::One(part()).with(part(), 1 << 30) else {
            panic!("two parts are copied together")
        };
        assert!(many.capacity() < 1 << 10, "{}", many.capacity());
    }
}
