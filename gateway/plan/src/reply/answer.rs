//! A workflow's own answers: [`Answer`] compiled once, rendered with the values of a run.
//!
//! A payload cannot break out of a header field: a value with CR, LF or NUL is refused, never cleaned. Fields that frame
//! the message are the server's and cannot be set.

use http::{HeaderName, HeaderValue, StatusCode};

use super::Reply;
use crate::expr::{EvalError, ExprError, Reference};
use crate::json::Json;
use crate::limits::HEADER_VALUE_SIZE;
use crate::plan::{Answer, AnswerBody};
use crate::problem::Problem;
use crate::reason::{StepFailure, StepReason};
use crate::scope::Scope;
use crate::template::{JsonTemplate, Syntax, Template};

/// Fields of the message's framing and of the connection (RFC 9110, 7.6.1): one of them, set by a workflow, would let
/// it desynchronise the connection that other workflows share.
const RESERVED: [&str; 11] = [
    "connection",
    "content-length",
    "keep-alive",
    "proxy-authenticate",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "boathook-execution-id",
    "boathook-request-id",
];

/// A compiled answer.
#[derive(Clone, Debug)]
pub struct AnswerProgram {
    status: Option<StatusCode>,
    headers: Vec<(HeaderName, Template)>,
    body: Option<Body>,
}

#[derive(Clone, Debug)]
enum Body {
    Json(JsonTemplate),
    Text(Template),
}

/// What stands where an answer says nothing.
#[derive(Clone, Debug)]
pub enum Unsaid {
    /// 200, and no body.
    Empty,
    /// 202, and no body.
    Accepted,
    /// 200, and this value as JSON.
    Value(Json),
    /// 202, and the id of the execution that goes on.
    GoesOn {
        /// The execution's id.
        execution: uuid::Uuid,
    },
    /// This answer. Its status is the answer's own where that has one.
    Reply(Reply),
    /// The problem, under the answer's status where it has one; no body when that status is no error.
    Problem {
        /// Its status and sentence.
        problem: Problem,
        /// The request's id.
        request_id: std::sync::Arc<str>,
    },
}

impl Unsaid {
    /// All of the answer.
    pub(crate) fn reply(self) -> Reply {
        let status = self.status();
        self.under(status)
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Empty | Self::Value(_) => StatusCode::OK,
            Self::Accepted | Self::GoesOn { .. } => StatusCode::ACCEPTED,
            Self::Reply(reply) => reply.status,
            Self::Problem { problem, .. } => problem.status(),
        }
    }

    fn under(self, status: StatusCode) -> Reply {
        match self {
            Self::Value(value) => Reply::json(status, &value),
            Self::Reply(reply) => Reply { status, ..reply },
            Self::GoesOn { execution } => {
                let id = Json::from(execution.hyphenated().to_string());
                Reply::json(status, &Json::object([("status", Json::text("accepted")), ("executionID", id)]))
            }
            Self::Problem { problem, request_id } if status.as_u16() >= 400 => {
                problem.with_status(status).reply(&request_id)
            }
            Self::Empty | Self::Accepted | Self::Problem { .. } => Reply::empty(status),
        }
    }
}

/// Why an answer cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct AnswerError {
    /// The field of the answer, such as `headers.X-Order`.
    pub field: String,
    /// What it must be instead.
    pub message: String,
}

impl AnswerError {
    fn new(field: impl Into<String>, message: impl std::fmt::Display) -> Self {
        Self { field: field.into(), message: message.to_string() }
    }
}

impl AnswerProgram {
    /// Compiles every template; the first thing wrong refuses the answer.
    pub fn compile<'n>(answer: &Answer, syntax: impl Into<Syntax<'n>>) -> Result<Self, AnswerError> {
        let syntax = syntax.into();
        let status = answer.status.map(status).transpose()?;
        let headers =
            answer.headers.iter().map(|(name, value)| field(name, value, syntax)).collect::<Result<_, _>>()?;
        let wrong = |name: &'static str| move |error: ExprError| AnswerError::new(name, error);
        let body = match &answer.body {
            None => None,
            Some(AnswerBody::Json(value)) => {
                Some(Body::Json(JsonTemplate::parse(value, syntax).map_err(wrong("json"))?))
            }
            Some(AnswerBody::Text(text)) => Some(Body::Text(Template::parse(text, syntax).map_err(wrong("text"))?)),
        };
        Ok(Self { status, headers, body })
    }

    /// The answer with the values of `scope`; `unsaid` stands for what it leaves out.
    pub fn render(&self, scope: &Scope, unsaid: Unsaid) -> Result<Reply, StepFailure> {
        let mut reply = match &self.body {
            Some(Body::Json(value)) => {
                Reply::json(self.status_or(&unsaid), &value.render(scope).map_err(within("json"))?)
            }
            Some(Body::Text(text)) => {
                Reply::text(self.status_or(&unsaid), text.render_text(scope).map_err(within("text"))?)
            }
            None => self.default_body(unsaid),
        };
        if matches!(reply.status, StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED) {
            reply = Reply::empty(reply.status);
        }
        for (name, template) in &self.headers {
            let text = template.render_text(scope).map_err(within(&format!("headers.{name}")))?;
            reply.headers.insert(name.clone(), value(name, &text)?);
        }
        Ok(reply)
    }

    /// The status that it names.
    pub const fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// What the templates read of their roots.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        let body = match &self.body {
            Some(Body::Json(value)) => value.references(),
            Some(Body::Text(text)) => text.references(),
            None => &[],
        };
        self.headers.iter().flat_map(|(_, template)| template.references()).chain(body)
    }

    fn status_or(&self, unsaid: &Unsaid) -> StatusCode {
        self.status.unwrap_or_else(|| unsaid.status())
    }

    fn default_body(&self, unsaid: Unsaid) -> Reply {
        let status = self.status_or(&unsaid);
        unsaid.under(status)
    }
}

fn status(code: u16) -> Result<StatusCode, AnswerError> {
    StatusCode::from_u16(code)
        .ok()
        .filter(|status| (200..600).contains(&status.as_u16()))
        .ok_or_else(|| AnswerError::new("status", "must be from 200 to 599"))
}

fn field(name: &str, value: &str, syntax: Syntax<'_>) -> Result<(HeaderName, Template), AnswerError> {
    let place = || format!("headers.{name}");
    let parsed = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| AnswerError::new(place(), "must be a header field's name"))?;
    if RESERVED.contains(&parsed.as_str()) {
        return Err(AnswerError::new(place(), "must not be set: it is the server's"));
    }
    let template = Template::parse(value, syntax).map_err(|error| AnswerError::new(place(), error))?;
    Ok((parsed, template))
}

fn value(name: &HeaderName, text: &str) -> Result<HeaderValue, StepFailure> {
    let refuse = |what: &str| StepFailure::new(StepReason::InvalidRequest, format!("headers.{name}: {what}"));
    if text.len() > HEADER_VALUE_SIZE {
        return Err(refuse("the value is longer than 8 KiB"));
    }
    HeaderValue::from_bytes(text.as_bytes()).map_err(|_| refuse("the value holds a control character"))
}

fn within(field: &str) -> impl Fn(EvalError) -> StepFailure {
    move |error| {
        let mut failure = StepFailure::from(error);
        failure.message = format!("{field}: {}", failure.message);
        failure
    }
}

#[cfg(test)]
mod tests;
