//! What the sender of a delivery is told that the schema or the filter refuses: what `response.rejected` says, else their
//! own answer. No other refusal is the workflow's to word: before verification there is nobody to talk to.

use http::StatusCode;

use super::{Pinned, StageFacts};
use crate::expr::Reference;
use crate::json::Json;
use crate::machine::ProgramError;
use crate::plan::Plan;
use crate::problem::Problem;
use crate::reason::Reason;
use crate::reply::{AnswerProgram, Reply, Unsaid};
use crate::schema::SchemaViolation;

/// The workflow's own answer, where it has one.
#[derive(Debug)]
pub(super) struct Rejection(Option<AnswerProgram>);

impl Rejection {
    pub(super) fn compile(plan: &Plan) -> Result<Self, ProgramError> {
        let own = plan.response.rejected.as_ref();
        let program = own.map(|answer| AnswerProgram::compile(answer, plan.delimiters)).transpose();
        program.map(Self).map_err(|error| ProgramError {
            field: format!("response.rejected.{}", error.field),
            message: error.message,
        })
    }

    pub(super) fn references(&self) -> impl Iterator<Item = &Reference> {
        self.0.iter().flat_map(AnswerProgram::references)
    }
}

impl Pinned {
    /// The answer to a delivery that is refused by its content. `plain` makes what is said where the workflow says
    /// nothing, under the workflow's status where it has one; it also stands for an answer that cannot be rendered.
    pub fn rejected(&self, context: &Json, facts: StageFacts, plain: impl Fn(Option<StatusCode>) -> Reply) -> Reply {
        let Some(program) = &self.rejection.0 else { return plain(None) };
        let unsaid = Unsaid::Reply(plain(program.status()));
        program.render(&self.stage_scope(context, facts), unsaid).unwrap_or_else(|_| plain(None))
    }
}

/// What is said of a delivery that the filter did not let through. Under a status that is no success there is no body:
/// a browser that is sent elsewhere shows none.
pub fn filtered(status: Option<StatusCode>) -> Reply {
    let status = status.unwrap_or(StatusCode::OK);
    if !status.is_success() {
        return Reply::empty(status);
    }
    Reply::json(status, &Json::object([("status", Json::text("filtered"))]))
}

/// What is said of a body that has not the shape which the workflow asks for: where, and by which keyword. A browser that
/// is sent elsewhere is shown nothing.
pub fn misshapen(violations: &[SchemaViolation], request_id: &str, status: Option<StatusCode>) -> Reply {
    let status = status.unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
    let is_error = status.is_client_error() || status.is_server_error();
    match Problem::of(Reason::SchemaViolation).filter(|_| is_error) {
        Some(problem) => problem.with_status(status).reply_with(violations, request_id),
        None => Reply::empty(status),
    }
}
