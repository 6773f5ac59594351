//! A verified request becomes a delivery: the type that proves this order.

use std::sync::Arc;

use bytes::Bytes;

use super::Route;
use crate::envelope::{self, BodyFault, Envelope};
use crate::json::Json;
use crate::pinned::Delivered;
use crate::request::Verified;

/// A request of a verified sender whose body is what its type says. Only [`Route::deliver`] makes one.
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
    /// Parses the body as far as the workflow and its verification look at it, and builds `$context`.
    pub fn deliver(&self, verified: Verified, request_id: Arc<str>) -> Result<Delivery, BodyFault> {
        let request = verified.request();
        let data = envelope::read(&request.headers, &request.body, &self.body)?;
        let (envelope, body) = Envelope::seal(verified, request_id, &self.verifier, &data);
        let parts = envelope::Parts { envelope: &envelope, body: &body, data: &data };
        let context = self.pinned.wanted().context(&parts);
        Ok(Delivery { envelope, body, context })
    }
}

impl Delivery {
    /// As a run sees it.
    pub fn delivered(&self) -> Delivered<'_> {
        Delivered { envelope: &self.envelope, context: &self.context, batch: None }
    }
}
