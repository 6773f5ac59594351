//! What an execution is pinned to: a plan, compiled from itself alone. Keys, secrets, egress and suspension are never
//! part of it: they come from the live route.

mod acknowledge;
mod filter;
mod keys;
mod rejected;
mod revision;
mod run;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use bytes::Bytes;

use crate::body::{BodyFault, Content};
use crate::envelope::{self, Envelope, Wanted};
use crate::json::Json;
use crate::limits::JSON_TREE_SIZE;
use crate::machine::{Program, ProgramError};
use crate::plan::{Plan, WorkflowRef};

pub use acknowledge::duplicate;
pub use filter::Filtered;
pub use keys::{StageFacts, StageFault};
pub use rejected::{filtered, misshapen};
pub use revision::Revision;
pub use run::{Delivered, RunFacts, SeedOf};

use acknowledge::Acknowledgement;
use filter::Filter;
use keys::Keys;
use rejected::Rejection;

/// A compiled plan.
#[derive(Debug)]
pub struct Pinned {
    plan: Arc<Plan>,
    revision: Revision,
    program: Arc<Program>,
    filter: Filter,
    keys: Keys,
    acknowledgement: Acknowledgement,
    rejection: Rejection,
    wanted: Wanted,
}

impl Pinned {
    /// Compiles a plan.
    pub fn compile(plan: Arc<Plan>) -> Result<Self, ProgramError> {
        let program = Program::compile(&plan)?;
        let filter = Filter::compile(&plan)?;
        let keys = Keys::compile(&plan)?;
        let acknowledgement = Acknowledgement::compile(&plan)?;
        let rejection = Rejection::compile(&plan)?;
        let before = filter.references().chain(keys.references()).chain(rejection.references());
        let after = acknowledgement.references();
        let wanted = Wanted::by(program.references().into_iter().chain(before).chain(after));
        let revision = Revision::of(&plan);
        Ok(Self { plan, revision, program: Arc::new(program), filter, keys, acknowledgement, rejection, wanted })
    }

    /// Whose plan it is.
    pub fn workflow(&self) -> &WorkflowRef {
        &self.plan.workflow
    }

    /// What it was compiled from.
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// The plan's hash.
    pub fn revision(&self) -> &Revision {
        &self.revision
    }

    /// The steps.
    pub fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// What of a delivery the workflow looks at.
    pub fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// `$context` of a delivery, as far as the workflow looks at it. A body that was accepted is read again as it was.
    pub fn context(&self, envelope: &Envelope, body: &Bytes) -> Result<Json, BodyFault> {
        self.sized_context(envelope, body, JSON_TREE_SIZE).map(|(context, _)| context)
    }

    /// The same, where the body's values take at most so many bytes of memory, and how many they take.
    pub fn sized_context(&self, envelope: &Envelope, body: &Bytes, room: usize) -> Result<(Json, usize), BodyFault> {
        let Content { data, size } = envelope.content(body, self.wanted.body(), room)?;
        Ok((self.wanted.context(&envelope::Parts { envelope, body, data: &data }), size))
    }

    /// One item of `$batch`, of a delivery of an execution of several.
    pub fn item(&self, envelope: &Envelope, body: &Bytes) -> Result<Json, BodyFault> {
        self.sized_item(envelope, body, JSON_TREE_SIZE).map(|(item, _)| item)
    }

    /// The same, where the body's values take at most so many bytes of memory, and how many they take.
    pub fn sized_item(&self, envelope: &Envelope, body: &Bytes, room: usize) -> Result<(Json, usize), BodyFault> {
        let Content { data, size } = envelope.content(body, self.wanted.body(), room)?;
        Ok((envelope::item(&envelope::Parts { envelope, body, data: &data }), size))
    }
}
