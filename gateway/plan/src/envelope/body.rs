//! What a verified body holds: decides by its declared type, and reads no more of it than the workflow looks at.

use http::{HeaderMap, header};

use crate::json::{self, Json, Projection};
use crate::reason::Reason;

/// Why a body yields no data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyFault {
    /// Its type is not read, or it says none.
    #[error("the body's content type is not read")]
    Type,
    /// It has a content coding.
    #[error("the body has a content coding")]
    Coding,
    /// It is not what its type says.
    #[error(transparent)]
    Json(#[from] json::ReadError),
}

impl BodyFault {
    /// How the request is refused.
    pub const fn reason(self) -> Reason {
        match self {
            Self::Type | Self::Coding => Reason::UnsupportedMediaType,
            Self::Json(_) => Reason::MalformedBody,
        }
    }
}

/// Reads a body. Without bytes there is nothing that a type could be wrong about: null.
pub(crate) fn read(headers: &HeaderMap, body: &[u8], wanted: &Projection) -> Result<Json, BodyFault> {
    if body.is_empty() {
        return Ok(Json::Null);
    }
    if headers.get_all(header::CONTENT_ENCODING).iter().any(|coding| coding != "identity") {
        return Err(BodyFault::Coding);
    }
    if !is_json(headers) {
        return Err(BodyFault::Type);
    }
    Ok(json::read(body, wanted)?)
}

/// Exactly one type, `application/json` or with the suffix `+json` (RFC 6838, 4.2.8), whatever its parameters.
fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(only), None) = (types.next(), types.next()) else { return false };
    let essence = only.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    let essence = essence.to_ascii_lowercase();
    essence == b"application/json" || (essence.starts_with(b"application/") && essence.ends_with(b"+json"))
}
