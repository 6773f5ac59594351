//! What a refused or failed request is told: one table from reason to status and sentence, written as problem+json
//! (RFC 9457).
//!
//! The sentence of a reason is fixed: nothing of the request, of a key or of our inside is reflected. `type` is a stable
//! URN, since `about:blank` would force the title to be the status' own phrase (RFC 9457, 4.2.1).

use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::reason::Reason;
use crate::reply::Reply;
use crate::schema::SchemaViolation;

/// The media type of RFC 9457.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    reason: &'static str,
    status: StatusCode,
    title: &'static str,
    retry_after: Option<u16>,
}

/// Every reason that refuses a request.
const REFUSALS: [Problem; 21] = [
    refusal(Reason::RequestTooSlow, StatusCode::REQUEST_TIMEOUT, "The request did not arrive in time."),
    refusal(Reason::HeadersTooLarge, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "The request's head is too large."),
    refusal(Reason::BadFraming, StatusCode::BAD_REQUEST, "The request is not well-formed HTTP."),
    refusal(Reason::Overloaded, StatusCode::SERVICE_UNAVAILABLE, "The gateway has too many requests in flight.")
        .after(1),
    refusal(Reason::NoRoute, StatusCode::NOT_FOUND, "There is no webhook here."),
    refusal(Reason::Suspended, StatusCode::SERVICE_UNAVAILABLE, "The webhook is suspended.").after(60),
    refusal(Reason::MethodNotAllowed, StatusCode::METHOD_NOT_ALLOWED, "The webhook does not take this method."),
    refusal(Reason::AddressNotAllowed, StatusCode::FORBIDDEN, "Requests from this address are not taken."),
    refusal(Reason::RateLimited, StatusCode::TOO_MANY_REQUESTS, "Too many requests.").after(1),
    refusal(Reason::BodyTooLarge, StatusCode::PAYLOAD_TOO_LARGE, "The request's body is too large."),
    refusal(Reason::SignatureMissing, StatusCode::UNAUTHORIZED, "The request carries no signature."),
    refusal(Reason::SignatureInvalid, StatusCode::UNAUTHORIZED, "The request's signature does not hold."),
    refusal(Reason::TimestampOutOfRange, StatusCode::UNAUTHORIZED, "The signing time is missing or too far off."),
    refusal(Reason::CredentialsInvalid, StatusCode::UNAUTHORIZED, "The request's credentials do not hold."),
    refusal(Reason::KeyUnavailable, StatusCode::SERVICE_UNAVAILABLE, "The webhook cannot verify requests now.")
        .after(30),
    refusal(Reason::UnsupportedMediaType, StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body's type is not taken here."),
    refusal(Reason::MalformedBody, StatusCode::BAD_REQUEST, "The body is not what its type says."),
    refusal(Reason::SchemaViolation, StatusCode::UNPROCESSABLE_ENTITY, "The body does not have the required shape."),
    refusal(Reason::FilterFailed, StatusCode::INTERNAL_SERVER_ERROR, "The webhook could not judge the request."),
    refusal(Reason::StoreUnavailable, StatusCode::SERVICE_UNAVAILABLE, "The request cannot be stored now.").after(5),
    refusal(Reason::QueueFull, StatusCode::TOO_MANY_REQUESTS, "The webhook's queue is full.").after(5),
];

/// The members of the document, in the order they are written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    reason: &'a str,
    #[serde(rename = "requestID")]
    request_id: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    violations: Vec<Violation<'a>>,
}

/// Where a body has not the shape that is asked for; no value of it.
#[derive(Serialize)]
struct Violation<'a> {
    path: &'a str,
    keyword: &'a str,
}

impl Problem {
    /// A run failed, and the workflow says nothing else.
    pub const RUN_FAILED: Self = row("RunFailed", StatusCode::INTERNAL_SERVER_ERROR, "The workflow failed.");

    /// A run was cancelled before it could answer.
    pub const RUN_CANCELLED: Self =
        row("RunCancelled", StatusCode::INTERNAL_SERVER_ERROR, "The workflow was cancelled.");

    /// A run did not answer before its deadline.
    pub const DEADLINE_EXCEEDED: Self =
        row("DeadlineExceeded", StatusCode::GATEWAY_TIMEOUT, "The workflow did not answer in time.");

    /// The gateway stops and cannot finish the run.
    pub const SHUTTING_DOWN: Self =
        row("ShuttingDown", StatusCode::SERVICE_UNAVAILABLE, "The gateway is stopping.").after(1);

    /// The problem of a refused request; `None` for the reasons that refuse nothing.
    pub fn of(reason: Reason) -> Option<Self> {
        REFUSALS.iter().find(|problem| problem.reason == reason.as_str()).copied()
    }

    /// The same problem under another status, where a reason has several (414 of `HeadersTooLarge`).
    #[must_use]
    pub const fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The same problem with another `Retry-After`, in seconds.
    #[must_use]
    pub const fn after(mut self, seconds: u16) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The status.
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The name in `reason`.
    pub const fn reason(&self) -> &'static str {
        self.reason
    }

    /// The answer.
    pub fn reply(&self, request_id: &str) -> Reply {
        self.reply_with(&[], request_id)
    }

    /// The answer to a body that violates a schema: with paths and keywords, and no values.
    pub fn reply_with(&self, violations: &[SchemaViolation], request_id: &str) -> Reply {
        let violations = violations.iter().map(|it| Violation { path: &it.path, keyword: &it.keyword }).collect();
        let document = Document {
            r#type: format!("urn:boathook:problem:{}", self.reason),
            title: self.title,
            status: self.status.as_u16(),
            reason: self.reason,
            request_id,
            violations,
        };
        let mut reply = Reply::empty(self.status);
        reply.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(seconds) = self.retry_after {
            reply.headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        reply.body = serde_json::to_vec(&document).unwrap_or_default().into();
        reply
    }
}

const fn refusal(reason: Reason, status: StatusCode, title: &'static str) -> Problem {
    row(reason.as_str(), status, title)
}

const fn row(reason: &'static str, status: StatusCode, title: &'static str) -> Problem {
    Problem { reason, status, title, retry_after: None }
}

#[cfg(test)]
mod tests;
