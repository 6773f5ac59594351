//! Why a body yields no data. Decides how each fault refuses the request.

use super::cloud_event::CloudEventFault;
use crate::json::{ReadError, ReadFault};
use crate::limits::{CODING_RATIO, MULTIPART_HEAD_SIZE, MULTIPART_PARTS};
use crate::reason::Reason;

/// Why a body yields no data. Nothing of the body is in the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyFault {
    /// It says no type, several, or one that is none.
    #[error("the body has no content type, or not one alone")]
    Type,
    /// Its type has parameters that are none, a parameter twice, or lacks one.
    #[error("the content type's parameters cannot be read")]
    Parameters,
    /// Its charset is not read.
    #[error("the body's charset is not read")]
    Charset,
    /// It has a content coding that is not read, or several.
    #[error("the body's content coding is not read")]
    Coding,
    /// It is not what its content coding says.
    #[error("the body is not what its content coding says")]
    Coded,
    /// Decoded it is larger than the limit, or than [`CODING_RATIO`] times its size.
    #[error("the decoded body is larger than the limit, or more than {CODING_RATIO} times as large as it came")]
    TooLarge,
    /// It has bytes that are no text in its charset.
    #[error("the body is not text in its charset")]
    NotText,
    /// It is not JSON, or too much of it.
    #[error(transparent)]
    Json(#[from] ReadError),
    /// Its values are too many, too deep or too large.
    #[error("reading the body: {0}")]
    Bound(#[from] ReadFault),
    /// It is no multipart body.
    #[error("the body is not multipart/form-data: {0}")]
    Multipart(MultipartFault),
    /// It is not XML.
    #[error("the body is not XML: {0}")]
    Xml(XmlFault),
    /// It is no event.
    #[error(transparent)]
    CloudEvent(#[from] CloudEventFault),
}

/// What can be wrong with a multipart body (RFC 2046, 5.1; RFC 7578).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MultipartFault {
    /// A delimiter is missing, or something else stands after one.
    #[error("its parts are not delimited by its boundary")]
    Delimiter,
    /// More parts than [`MULTIPART_PARTS`].
    #[error("it has more than {MULTIPART_PARTS} parts")]
    TooManyParts,
    /// A part's head is larger than [`MULTIPART_HEAD_SIZE`].
    #[error("a part's head has more than {MULTIPART_HEAD_SIZE} bytes")]
    HeadTooLarge,
    /// A part's head is no head.
    #[error("a part's head cannot be read")]
    Head,
    /// A part has no name.
    #[error("a part has no Content-Disposition form-data with a name")]
    Name,
    /// A file's name is a path, or holds control characters.
    #[error("a file's name must not be a path")]
    FileName,
    /// A part has a transfer encoding, which RFC 7578 (4.7) gave up.
    #[error("a part has a transfer encoding")]
    TransferEncoding,
}

/// What can be wrong with an XML text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum XmlFault {
    /// XML 1.0 does not allow it.
    #[error("it is not well-formed")]
    Malformed,
    /// A document type declaration: nothing of it is read.
    #[error("it must have no document type declaration")]
    DocumentType,
    /// An entity other than the five that XML itself has.
    #[error("it must use no entity of its own")]
    Entity,
}

impl BodyFault {
    /// How the request is refused.
    pub const fn reason(self) -> Reason {
        match self {
            Self::Type | Self::Parameters | Self::Charset | Self::Coding => Reason::UnsupportedMediaType,
            Self::TooLarge => Reason::BodyTooLarge,
            Self::Coded
            | Self::NotText
            | Self::Json(_)
            | Self::Bound(_)
            | Self::Multipart(_)
            | Self::Xml(_)
            | Self::CloudEvent(_) => Reason::MalformedBody,
        }
    }

    /// Whether the body might be read with more room ([`super::Bounds::room`]).
    pub const fn wants_room(self) -> bool {
        match self {
            Self::Json(ReadError { fault, .. }) | Self::Bound(fault) => matches!(fault, ReadFault::TooLarge),
            Self::Type
            | Self::Parameters
            | Self::Charset
            | Self::Coding
            | Self::Coded
            | Self::TooLarge
            | Self::NotText
            | Self::Multipart(_)
            | Self::Xml(_)
            | Self::CloudEvent(_) => false,
        }
    }
}
