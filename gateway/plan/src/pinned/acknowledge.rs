//! What the sender of an Async delivery is told once it is durable: what the workflow says, else what its preset wants.

use http::StatusCode;
use uuid::Uuid;

use super::{Pinned, StageFacts};
use crate::envelope::Envelope;
use crate::expr::Reference;
use crate::json::Json;
use crate::machine::ProgramError;
use crate::plan::{Answer, Mode, Plan};
use crate::reason::StepFailure;
use crate::reply::{AnswerProgram, Reply, Unsaid};
use crate::verify::preset::{self, Ack};

/// The workflow's own acknowledgement, where it has one.
#[derive(Debug)]
pub(super) struct Acknowledgement(Option<AnswerProgram>);

impl Acknowledgement {
    pub(super) fn compile(plan: &Plan) -> Result<Self, ProgramError> {
        let own = plan.response.mode == Mode::Async && plan.response.answer != Answer::default();
        let program = own.then(|| AnswerProgram::compile(&plan.response.answer, plan.delimiters)).transpose();
        program
            .map(Self)
            .map_err(|error| ProgramError { field: format!("response.{}", error.field), message: error.message })
    }

    pub(super) fn references(&self) -> impl Iterator<Item = &Reference> {
        self.0.iter().flat_map(AnswerProgram::references)
    }
}

impl Pinned {
    /// The acknowledgement. A repeat gets it again, with the first one's execution. One that cannot be rendered is the
    /// preset's: the delivery is durable, and the sender must be told so.
    pub fn acknowledge(&self, envelope: &Envelope, context: &Json, facts: StageFacts) -> Reply {
        let plain = || plain(envelope, facts.execution);
        let Some(program) = &self.acknowledgement.0 else { return plain() };
        self.own(program, context, facts).unwrap_or_else(|_| plain())
    }

    fn own(&self, program: &AnswerProgram, context: &Json, facts: StageFacts) -> Result<Reply, StepFailure> {
        let execution = Json::object([
            ("id", Json::from(facts.execution.hyphenated().to_string())),
            ("attempt", Json::from(1_i64)),
            ("startedAt", Json::from(facts.received_at.to_string())),
        ]);
        let scope = self.stage_scope(context, facts).with("$execution", execution);
        program.render(&scope, Unsaid::Accepted)
    }
}

/// What the preset wants to hear.
fn plain(envelope: &Envelope, execution: Uuid) -> Reply {
    let row = envelope.request().and_then(|request| preset::find(&request.identity.scheme));
    match row.map_or(Ack::Accepted, |row| row.ack) {
        Ack::Accepted => Reply::json(StatusCode::ACCEPTED, &status("accepted", execution)),
        Ack::Empty => Reply::empty(StatusCode::OK),
        Ack::NoContent => Reply::empty(StatusCode::NO_CONTENT),
    }
}

/// What a Sync repeat is told whose first answer is not kept.
pub fn duplicate(execution: Uuid) -> Reply {
    Reply::json(StatusCode::OK, &status("duplicate", execution))
}

fn status(word: &str, execution: Uuid) -> Json {
    Json::object([("status", Json::text(word)), ("executionID", Json::from(execution.hyphenated().to_string()))])
}
