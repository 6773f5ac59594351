//! A verified request becomes a delivery, and a delivery a run: the types that prove this order.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::context::Source;
use super::{BodyFault, Route, body};
use crate::http_step::Origin;
use crate::json::Json;
use crate::machine::{Input, State};
use crate::request::Verified;

/// A request of a verified sender whose body is what its type says. Only [`Route::deliver`] makes one.
#[derive(Debug)]
pub struct Delivery {
    context: Json,
    origin: Origin,
    received_at: Timestamp,
}

/// What a run is given by the gateway that accepts it.
#[derive(Clone, Debug)]
pub struct RunFacts {
    /// The execution's id, of version 7.
    pub execution: Uuid,
    /// The request's id.
    pub request_id: Arc<str>,
    /// Now.
    pub accepted_at: Timestamp,
}

impl Route {
    /// Parses the body as far as the workflow looks at it, and builds `$context`.
    pub fn deliver(&self, verified: &Verified) -> Result<Delivery, BodyFault> {
        let request = verified.request();
        let data = body::read(&request.headers, &request.body, self.wanted.body())?;
        Ok(Delivery {
            context: self.wanted.context(&Source { verified, verifier: &self.verifier, data: &data }),
            origin: Origin::of(&request.headers),
            received_at: request.received_at,
        })
    }

    /// The run of a delivery, not begun.
    pub fn run(&self, delivery: Delivery, facts: RunFacts) -> State {
        let input = Input {
            execution: facts.execution,
            attempt: 1,
            deduplication_key: None,
            request_id: facts.request_id,
            received_at: delivery.received_at,
            started_at: facts.accepted_at,
            context: delivery.context,
            hops: delivery.origin.hops,
        };
        State::new(Arc::clone(&self.runner.program), input)
    }
}

impl Delivery {
    /// What the request says of the chain of requests that it is part of.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// `$context`, as far as the workflow looks at it.
    pub fn context(&self) -> &Json {
        &self.context
    }
}
