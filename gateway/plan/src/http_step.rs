//! The `http` step: decides what request is sent and what its answer means. Sends nothing.
//!
//! [`HttpProgram::compile`] holds a step to the rules that make it safe whatever a payload says; [`HttpProgram::render`]
//! puts a run's values into it, each encoded for the place it stands in.

mod answer;
mod auth;
mod body;
mod call;
mod compile;
mod describe;
mod expect;
mod headers;
mod mask;
mod origin;
mod redirect;
mod secrets;
mod sign;
mod slot;
mod target;

use bytes::Bytes;
use http::{HeaderMap, Method};
use jiff::Timestamp;
use uuid::Uuid;

pub use self::answer::Answer;
use self::auth::Auth;
use self::body::Body;
pub use self::call::HttpCall;
pub use self::compile::FieldError;
use self::headers::Headers;
pub use self::mask::Mask;
pub use self::origin::{HOPS_HEADER, Origin};
use self::sign::Signer;
use self::target::Target;
use crate::expr::Reference;
use crate::plan::HttpStep;
use crate::reason::StepFailure;
use crate::scope::Scope;
use crate::template::Syntax;

/// A compiled `http` step.
#[derive(Clone, Debug)]
pub struct HttpProgram {
    method: Method,
    target: Target,
    headers: Headers,
    body: Option<Body>,
    auth: Option<Auth>,
    sign: Option<Signer>,
    terms: Terms,
    references: Vec<Reference>,
}

/// What an answer must be, and how far a request may be sent on.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Statuses that are success.
    expect: expect::Expect,
    /// How many redirects are followed.
    pub follow_redirects: u32,
    /// Bytes of the decoded answer.
    pub max_response_size: u64,
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

impl HttpProgram {
    /// Compiles a step, or names everything that is wrong with it.
    pub fn compile<'n>(step: &HttpStep, syntax: impl Into<Syntax<'n>>) -> Result<Self, Vec<FieldError>> {
        compile::program(step, syntax.into())
    }

    /// What the templates read of their roots.
    pub fn references(&self) -> &[Reference] {
        &self.references
    }

    /// Names behind `$secrets.` in this step.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        secrets::names(&self.references)
    }

    /// What an answer must be, and how far a request may be sent on.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The request with the values of `scope`, in which `$secrets` holds what [`HttpProgram::secrets`] names.
    pub fn render(&self, scope: &Scope, facts: &CallFacts) -> Result<HttpCall, StepFailure> {
        let url = self.target.render(scope)?;
        let (headers, body) = self.render_message(scope, facts)?;
        let body_is_secret = self.body.as_ref().is_some_and(Body::is_secret);
        let mut call = HttpCall { method: self.method.clone(), url, headers, body, body_is_secret };
        if let Some(auth) = &self.auth {
            auth.apply(scope, &mut call.headers)?;
        }
        if let Some(sign) = &self.sign {
            sign.apply(scope, facts, &mut call)?;
        }
        Ok(call)
    }

    /// Fields and body, but for what proves who sends them.
    fn render_message(&self, scope: &Scope, facts: &CallFacts) -> Result<(HeaderMap, Bytes), StepFailure> {
        let mut headers = facts.origin.headers(facts)?;
        let content = self.body.as_ref().map(|body| body.render(scope, facts)).transpose()?.unwrap_or_default();
        headers.extend(content.headers);
        self.headers.apply(scope, &mut headers)?;
        Ok((headers, content.bytes))
    }
}

#[cfg(test)]
mod tests;
