//! What can be wrong with a form that a user wrote, in the words of its fields.

/// What is wrong with a form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormFault {
    /// Not the name of a header field.
    #[error("{0} must be the name of a header field")]
    HeaderName(&'static str),
    /// The template is empty or long.
    #[error("content must have 1 to {0} characters")]
    ContentLength(usize),
    /// A placeholder that does not exist, or a brace that is none.
    #[error(
        "content must hold only the placeholders {{body}}, {{timestamp}}, {{id}}, {{header.NAME}}, {{query.NAME}}, \
         {{url}}, {{path}}, {{method}} and {{secret}}, not {{{0}}}"
    )]
    Placeholder(String),
    /// `{timestamp}` without `timestamp`.
    #[error("content must not hold {{timestamp}} unless timestamp says where it is")]
    NoTimestamp,
    /// `timestamp` that the signature does not cover.
    #[error("content must cover the timestamp: anybody can change a time that is not signed")]
    UnsignedTimestamp,
    /// `{id}` without `id`.
    #[error("content must not hold {{id}} unless id says where it is")]
    NoId,
    /// `signatureKey` without a list, or one that is a signature's.
    #[error("timestamp.signatureKey must be a key of a list, other than the keys of signatures")]
    NoListForTimestamp,
    /// Not a JSON pointer.
    #[error("timestamp.bodyPointer must be a JSON pointer such as /ts")]
    Pointer,
    /// Separators of a list.
    #[error("list.separator and list.assign must be there, and must differ")]
    Separators,
    /// A list without keys.
    #[error("list.keys must name the keys whose values are signatures")]
    NoSignatureKey,
}

impl FormFault {
    /// The field of the form that must change.
    pub fn field(&self) -> &'static str {
        match self {
            Self::HeaderName(field) => field,
            Self::ContentLength(_) | Self::Placeholder(_) | Self::UnsignedTimestamp => "content",
            Self::NoTimestamp => "timestamp",
            Self::NoId => "id",
            Self::NoListForTimestamp => "timestamp.signatureKey",
            Self::Pointer => "timestamp.bodyPointer",
            Self::Separators => "list",
            Self::NoSignatureKey => "list.keys",
        }
    }
}
