//! A plan with its keys, everything compiled once: what a gateway asks about each request of one workflow.
//!
//! Built when a route is swapped in, never per request. Performs nothing and reads no clock.

mod body;
mod context;
mod delivery;
mod intake;
mod revision;
mod sample;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::json::Json;
use crate::machine::{Program, ProgramError};
use crate::plan::{Egress, Plan, WorkflowRef};
use crate::secret::{Keys, SecretText};
use crate::table::{Pattern, PatternError};
use crate::verify::{Verifier, VerifierError};

pub use body::BodyFault;
pub use context::Wanted;
pub use delivery::{Delivery, RunFacts};
pub use intake::{Intake, MethodVerdict};
pub use revision::Revision;

/// One workflow, ready to serve.
#[derive(Debug)]
pub struct Route {
    plan: Arc<Plan>,
    revision: Revision,
    intake: Intake,
    verifier: Verifier,
    wanted: Wanted,
    runner: Runner,
}

/// What the runs of a route need of it.
#[derive(Debug)]
struct Runner {
    program: Arc<Program>,
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
    /// A step or an answer does not compile.
    #[error(transparent)]
    Program(#[from] ProgramError),
}

impl Route {
    /// Compiles a plan. A key without a value is out of force and refuses nothing here.
    pub fn build(plan: Arc<Plan>, keys: Keys) -> Result<Self, RouteError> {
        let verifier = match &plan.webhook.verification {
            Some(verification) => Verifier::new(verification, &keys.schemes)?,
            None => Verifier::public(),
        };
        let program = Arc::new(Program::compile(&plan)?);
        Ok(Self {
            revision: Revision::of(&plan),
            intake: Intake::of(&plan.webhook)?,
            wanted: Wanted::by(program.references(), &verifier),
            runner: Runner { program, secrets: Arc::new(keys.secrets), egress: Arc::new(plan.egress.clone()) },
            verifier,
            plan,
        })
    }

    /// Whose route this is.
    pub fn workflow(&self) -> &WorkflowRef {
        &self.plan.workflow
    }

    /// What it was built from.
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// Which state of the workflow it serves.
    pub fn revision(&self) -> &Revision {
        &self.revision
    }

    /// A body that has all that the workflow reads of one, for a first try.
    pub fn sample_body(&self) -> Json {
        sample::body(self.wanted.body())
    }

    /// Where its host and path are matched.
    pub fn pattern(&self) -> &Pattern {
        self.intake.pattern()
    }

    /// Which methods it takes.
    pub fn intake(&self) -> &Intake {
        &self.intake
    }

    /// Who may send.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The values behind `$secrets`, for attempts alone.
    pub fn secrets(&self) -> &Arc<BTreeMap<String, SecretText>> {
        &self.runner.secrets
    }

    /// What outbound requests may reach.
    pub fn egress(&self) -> &Arc<Egress> {
        &self.runner.egress
    }
}
