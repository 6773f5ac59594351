//! A plan with its keys, everything compiled once: what a gateway asks about each request of one workflow.
//!
//! Built when a route is swapped in, never per request. Performs nothing and reads no clock.

mod content_type;
mod cors;
mod delivery;
mod intake;
mod sample;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::json::{Json, Projection};
use crate::machine::ProgramError;
use crate::pinned::Pinned;
use crate::plan::{Egress, Plan, WorkflowRef};
use crate::schema::{Rule, SchemaError};
use crate::secret::{Keys, SecretText};
use crate::table::PatternError;
use crate::verify::{Verifier, VerifierError};

pub use crate::body::BodyFault;
pub use crate::pinned::Revision;
pub use content_type::ContentTypes;
pub use cors::{Cors, origin};
pub use delivery::{Delivery, Effort, NoSchema, Parsed, Unparsed};
pub use intake::{Intake, MethodVerdict};

/// One workflow, ready to serve.
#[derive(Debug)]
pub struct Route {
    pinned: Arc<Pinned>,
    intake: Option<Arc<Intake>>,
    verifier: Verifier,
    /// What of a body the workflow and its verification look at.
    body: Projection,
    /// What a body must look like.
    shape: Option<Rule>,
    live: Live,
}

/// What attempts take from the live route, whatever their execution is pinned to.
#[derive(Debug)]
struct Live {
    secrets: Arc<BTreeMap<String, SecretText>>,
    egress: Arc<Egress>,
}

/// A plan that this gateway cannot serve. `validate` finds the same when the workflow is applied; a gateway of another
/// version may still meet one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// The path is no pattern.
    #[error("webhook.path {0}")]
    Path(#[from] PatternError),
    /// A method is none.
    #[error("webhook.methods must be of GET, POST, PUT, PATCH, DELETE, unlike {0:?}")]
    Method(String),
    /// The verification does not compile.
    #[error("webhook.verification: {0}")]
    Verification(#[from] VerifierError),
    /// The schema of its bodies is none, or not bounded.
    #[error("webhook.request.schema: {0}")]
    Schema(#[from] SchemaError),
    /// A step or an answer does not compile.
    #[error(transparent)]
    Program(#[from] ProgramError),
}

impl Route {
    /// Compiles a plan. A key without a value is out of force and refuses nothing here.
    pub fn build(plan: Arc<Plan>, keys: Keys) -> Result<Self, RouteError> {
        let verification = plan.webhook.as_ref().and_then(|webhook| webhook.verification.as_ref());
        let verifier = match verification {
            Some(verification) => Verifier::new(verification, &keys.schemes)?,
            None => Verifier::public(),
        };
        let live = Live { secrets: Arc::new(keys.secrets), egress: Arc::new(plan.egress.clone()) };
        let intake = plan.webhook.as_ref().map(Intake::of).transpose()?.map(Arc::new);
        let shape = plan.webhook.as_ref().map(|it| Rule::compile(it.schema.as_ref(), it.schema_from.as_ref(), &plan));
        let shape = shape.transpose()?.flatten();
        let pinned = Arc::new(Pinned::compile(plan)?);
        let mut body = if shape.is_some() { Projection::All } else { pinned.wanted().body().clone() };
        verifier.body_paths().for_each(|path| body.add(path.iter().copied()));
        Ok(Self { pinned, intake, verifier, body, shape, live })
    }

    /// Whose route this is.
    pub fn workflow(&self) -> &WorkflowRef {
        self.pinned.workflow()
    }

    /// What it was built from.
    pub fn plan(&self) -> &Arc<Plan> {
        self.pinned.plan()
    }

    /// What its executions are pinned to.
    pub fn pinned(&self) -> &Arc<Pinned> {
        &self.pinned
    }

    /// Which state of the workflow it serves.
    pub fn revision(&self) -> &Revision {
        self.pinned.revision()
    }

    /// A body that has all that the workflow reads of one, for a first try.
    pub fn sample_body(&self) -> Json {
        sample::body(self.pinned.wanted().body())
    }

    /// Which paths and methods it takes; `None` where only `call` steps start it.
    pub fn intake(&self) -> Option<&Arc<Intake>> {
        self.intake.as_ref()
    }

    /// Who may send.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The values behind `$secrets`, for attempts alone.
    pub fn secrets(&self) -> &Arc<BTreeMap<String, SecretText>> {
        &self.live.secrets
    }

    /// What outbound requests may reach.
    pub fn egress(&self) -> &Arc<Egress> {
        &self.live.egress
    }
}
