//! What a refused request of the admin port is told: problem+json (RFC 9457) with a reason, and a sentence that says what
//! to do.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use boathook_plan::problem::MEDIA_TYPE;
use serde::{Deserialize, Serialize};

use crate::store::StoreError;

/// Why the admin port does not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub(crate) struct Refusal {
    status: StatusCode,
    reason: &'static str,
    detail: String,
}

/// The body of an answer that refuses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// `urn:boathook:problem:` and the reason.
    pub r#type: String,
    /// The status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// One word for tools.
    pub reason: String,
    /// A sentence for people.
    pub detail: String,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, reason: &'static str, detail: impl Into<String>) -> Self {
        Self { status, reason, detail: detail.into() }
    }

    pub(crate) fn bad(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", detail)
    }

    pub(crate) fn not_found(id: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound", format!("there is no execution {id}, or it is not kept any more"))
    }

    pub(crate) fn conflict(reason: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, reason, detail)
    }

    pub(crate) fn reason(&self) -> &'static str {
        self.reason
    }

    /// Whether nothing else would be done either.
    pub(crate) fn is_of_the_store(&self) -> bool {
        self.status == StatusCode::SERVICE_UNAVAILABLE
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Damaged(_) | StoreError::Corrupt(_) => Self::conflict("Damaged", error.to_string()),
            StoreError::Full
            | StoreError::Broken(_)
            | StoreError::Busy
            | StoreError::Statement(_)
            | StoreError::Closed => Self::new(StatusCode::SERVICE_UNAVAILABLE, "StoreUnavailable", error.to_string()),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let problem = Problem {
            r#type: format!("urn:boathook:problem:{}", self.reason),
            title: self.status.canonical_reason().unwrap_or_default().to_owned(),
            status: self.status.as_u16(),
            reason: self.reason.to_owned(),
            detail: self.detail,
        };
        let mut response = (self.status, Json(problem)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        response
    }
}
