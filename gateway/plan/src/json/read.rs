//! Reading a body: checks all of it, builds values only where the projection wants them.

use super::{Json, Projection};

/// Why a text is refused, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("reading JSON at byte {offset}: {fault}")]
pub struct ReadError {
    /// What is wrong.
    pub fault: ReadFault,
    /// The byte, counted from 0.
    pub offset: usize,
}

/// What can be wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadFault {
    /// RFC 8259 does not allow it.
    #[error("not JSON")]
    Malformed,
    /// Not UTF-8 (RFC 8259, section 8.1).
    #[error("not UTF-8")]
    NotText,
    /// Nested deeper than [`crate::limits::JSON_DEPTH`].
    #[error("nested too deep")]
    TooDeep,
    /// More values than [`crate::limits::JSON_NODES`].
    #[error("too many values")]
    TooManyValues,
}

/// Reads one JSON text.
pub fn read(bytes: &[u8], wanted: &Projection) -> Result<Json, ReadError> {
    let value = serde_json::from_slice::<serde_json::Value>(bytes)
        .map_err(|_| ReadError { fault: ReadFault::Malformed, offset: 0 })?;
    Ok(pick(&Json::from(value), wanted))
}

fn pick(value: &Json, wanted: &Projection) -> Json {
    match (wanted, value) {
        (Projection::Nothing, _) => Json::Null,
        (Projection::Members(_), Json::Object(members)) => Json::object(
            members
                .iter()
                .filter(|(name, _)| *wanted.member(name) != Projection::Nothing)
                .map(|(name, value)| (&**name, pick(value, wanted.member(name)))),
        ),
        (Projection::All | Projection::Members(_), value) => value.clone(),
    }
}
