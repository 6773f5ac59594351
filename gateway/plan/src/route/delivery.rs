//! A verified request becomes a delivery: the types that prove this order.

use std::sync::Arc;

use bytes::Bytes;

use super::Route;
use crate::body::{self, BodyFault, Bounds, COMMON_ROOM, Content};
use crate::envelope::{self, Envelope};
use crate::json::Json;
use crate::limits::CODING_WINDOW;
use crate::pinned::Delivered;
use crate::request::Verified;
use crate::schema::{Rule, SchemaViolation};

/// Bytes of a body that is read in less than a millisecond, whatever it holds.
const SMALL_BODY: usize = 64 << 10;

/// Schemas, and what patterns are worth in those, times bytes: what is judged in less than a millisecond.
const SMALL_CHECK: usize = 64 << 10;

/// What the reading of a body will cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// Bytes of memory that its values may take at the first try: enough for all but the strangest.
    pub room: usize,
    /// Bytes of memory to account for: none of a small body, else its values, and what it is decoded into.
    pub account: usize,
    /// Whether it takes longer than other requests should wait.
    pub is_long: bool,
}

/// A request of a verified sender whose body is what its type says. Only [`Route::parse`] makes one.
#[derive(Debug)]
pub struct Parsed {
    verified: Verified,
    content: Content,
}

/// A request whose body is not.
#[derive(Debug)]
pub struct Unparsed {
    /// The request, for a second try.
    pub verified: Verified,
    /// Why.
    pub fault: BodyFault,
}

/// There is no schema to judge a body by, and there should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("webhook.request.schemaFrom: there is no schema")]
pub struct NoSchema;

/// A delivery in the making: the head is sealed, the body is read.
#[derive(Debug)]
pub struct Delivery {
    /// The head, without credentials.
    pub envelope: Envelope,
    /// The body as received.
    pub body: Bytes,
    /// `$context`, as far as the workflow looks at it.
    pub context: Json,
}

impl Route {
    /// What reading the body of a request will cost.
    pub fn effort(&self, verified: &Verified) -> Effort {
        let request = verified.request();
        let length = request.body.len();
        let is_coded = body::is_coded(&request.headers);
        let text = if is_coded { self.decoded_size(length) } else { length };
        let room = body::common_room(text);
        let weight = self.shape.as_ref().map_or(0, Rule::weight);
        let is_long = is_coded || length > SMALL_BODY || weight.saturating_mul(length) > SMALL_CHECK;
        let account = match (is_coded, room) {
            (true, _) => room.saturating_add(text).saturating_add(CODING_WINDOW),
            (false, COMMON_ROOM) => 0,
            (false, _) => room,
        };
        Effort { room, account, is_long }
    }

    /// Bytes that a coded body of this length may become.
    fn decoded_size(&self, length: usize) -> usize {
        body::most_decoded(length).min(usize::try_from(self.body_size()).unwrap_or(usize::MAX))
    }

    fn body_size(&self) -> u64 {
        self.intake.as_ref().map_or(u64::MAX, |intake| intake.max_body_size())
    }

    /// Parses the body as far as the workflow and its verification look at it, in so many bytes of memory.
    pub fn parse(&self, verified: Verified, room: usize) -> Result<Parsed, Box<Unparsed>> {
        let request = verified.request();
        let bounds = Bounds { decoded: self.body_size(), room };
        match body::read(&request.headers, &request.body, &self.body, bounds) {
            Ok(content) => Ok(Parsed { verified, content }),
            Err(fault) => Err(Box::new(Unparsed { verified, fault })),
        }
    }

    /// Holds the body against the workflow's schema; none is a body that has the shape.
    pub fn violations(&self, parsed: &Parsed) -> Result<Vec<SchemaViolation>, NoSchema> {
        match &self.shape {
            Some(Rule::Schema(schema)) => Ok(schema.violations(&parsed.content.data)),
            Some(Rule::Unavailable) => Err(NoSchema),
            None => Ok(Vec::new()),
        }
    }

    /// Builds `$context`.
    pub fn deliver(&self, parsed: Parsed, request_id: Arc<str>) -> Delivery {
        let Parsed { verified, content: Content { data, .. } } = parsed;
        let (envelope, body) = Envelope::seal(verified, request_id, &self.verifier, &data);
        let parts = envelope::Parts { envelope: &envelope, body: &body, data: &data };
        let context = self.pinned.wanted().context(&parts);
        Delivery { envelope, body, context }
    }
}

impl Parsed {
    /// Bytes of memory that its values take.
    pub fn size(&self) -> usize {
        self.content.size
    }
}

impl Delivery {
    /// As a run sees it.
    pub fn delivered(&self) -> Delivered<'_> {
        Delivered { envelope: &self.envelope, context: &self.context, batch: None }
    }
}
