//! The `http` step: decides what request is sent and what its answer means. Sends nothing.
//!
//! [`HttpProgram::compile`] holds a step to the rules that make it safe whatever a payload says; [`HttpProgram::render`]
//! puts a run's values into it, each encoded for the place it stands in.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method};
use jiff::Timestamp;
use url::Url;
use uuid::Uuid;

use crate::plan::{Delimiters, HttpStep};
use crate::reason::{StepFailure, StepReason};
use crate::scope::Scope;

/// A rule of the `http` step that a workflow breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct FieldError {
    /// The field, relative to `http`, such as `headers.Host` or `auth.basic.username`.
    pub field: String,
    /// What it must be instead.
    pub message: String,
}

/// A compiled `http` step.
#[derive(Clone, Debug)]
pub struct HttpProgram {
    step: Arc<HttpStep>,
    delimiters: Delimiters,
}

/// What a request says of the run it is made for.
#[derive(Clone, Debug)]
pub struct CallFacts {
    /// Equal on each attempt, on resume and on a sender's retry.
    pub idempotency_key: String,
    /// When this attempt starts.
    pub now: Timestamp,
    /// The execution.
    pub execution: Uuid,
    /// What the request that started the run said.
    pub origin: Origin,
}

/// Where a run comes from, as the request that started it says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// How many times the chain of requests passed through Boathook, this one not counted.
    pub hops: u32,
    /// A valid W3C `traceparent`.
    pub traceparent: Option<String>,
}

/// A request, ready to send; secrets are in it. `Debug` shows neither its path nor its values.
#[derive(Clone)]
pub struct HttpCall {
    /// The method.
    pub method: Method,
    /// Scheme, host, path and query; never user information or a fragment.
    pub url: Url,
    /// Every field but those of framing; a value that a secret went into is marked sensitive.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl HttpProgram {
    /// Compiles a step, or names everything that is wrong with it.
    pub fn compile(step: &HttpStep, delimiters: Delimiters) -> Result<Self, Vec<FieldError>> {
        Ok(Self { step: Arc::new(step.clone()), delimiters })
    }

    /// Names behind `$secrets.` in this step.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        std::iter::empty()
    }

    /// The request with the values of `scope`, in which `$secrets` holds what [`HttpProgram::secrets`] names.
    pub fn render(&self, _scope: &Scope, _facts: &CallFacts) -> Result<HttpCall, StepFailure> {
        Err(StepFailure::new(StepReason::InvalidRequest, format!("{} {:?}", self.step.method, self.delimiters)))
    }
}

impl Origin {
    /// Reads `Boathook-Hops` and `traceparent` of the request that starts a run.
    pub fn of(_headers: &HeaderMap) -> Self {
        Self::default()
    }
}
