//! What can be wrong with a verification, and what a refused request is told.

use crate::reason::Reason;

use super::fault::FormFault;

/// Why a verification cannot be compiled: a fault of the workflow, never of a key's value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifierError {
    /// No scheme would verify nothing.
    #[error("schemes must name at least one scheme")]
    NoScheme,
    /// The route's keys are not those of this plan.
    #[error("{keys} lists of keys came for {schemes} schemes")]
    KeysDoNotPair {
        /// Lists that came.
        keys: usize,
        /// Lists that the plan has.
        schemes: usize,
    },
    /// A scheme without keys would admit nobody.
    #[error("keys must name at least one key with the use Sign")]
    NoKey {
        /// Position of the scheme.
        scheme: usize,
    },
    /// There is no such preset, or it is not built.
    #[error("preset must be a known one, not {name}")]
    Preset {
        /// Position of the scheme.
        scheme: usize,
        /// What the plan says.
        name: String,
    },
    /// A key for something that the scheme does not do.
    #[error("use must be one that the scheme has")]
    KeyUse {
        /// Position of the scheme.
        scheme: usize,
        /// Position of the key.
        key: usize,
    },
    /// A tolerance where no time is signed.
    #[error("tolerance must not be set: the scheme signs no time")]
    Tolerance {
        /// Position of the scheme.
        scheme: usize,
    },
    /// A place that no request can have.
    #[error("name must be the name of a header field or of a query parameter")]
    ApiKeyName {
        /// Position of the scheme.
        scheme: usize,
    },
    /// Secrets and public keys in one scheme, or neither.
    #[error("algorithms must all be HS256 to HS512, or all be others")]
    JwtAlgorithms {
        /// Position of the scheme.
        scheme: usize,
    },
    /// The declarative form.
    #[error("{fault}")]
    Form {
        /// Position of the scheme.
        scheme: usize,
        /// What is wrong with it.
        fault: FormFault,
    },
}

impl VerifierError {
    /// The field that must change, from `verification` on, such as `schemes[0].hmac.content`.
    pub fn field(&self) -> String {
        match self {
            Self::NoScheme | Self::KeysDoNotPair { .. } => "schemes".to_owned(),
            Self::NoKey { scheme } => format!("schemes[{scheme}].keys"),
            Self::Preset { scheme, .. } => format!("schemes[{scheme}].preset"),
            Self::KeyUse { scheme, key } => format!("schemes[{scheme}].keys[{key}].use"),
            Self::Tolerance { scheme } => format!("schemes[{scheme}].tolerance"),
            Self::ApiKeyName { scheme } => format!("schemes[{scheme}].apiKey.name"),
            Self::JwtAlgorithms { scheme } => format!("schemes[{scheme}].jwt.algorithms"),
            Self::Form { scheme, fault } => format!("schemes[{scheme}].hmac.{}", fault.field()),
        }
    }
}

/// A key that can never match, or a line of a password file that cannot, found when the route was compiled. Not an error
/// of the route: its other keys serve on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyProblem {
    /// Position of the scheme.
    pub scheme: usize,
    /// Position of the key in the scheme's `keys`.
    pub key: usize,
    /// Whether the rest of the key serves on: one line of a password file is one user's.
    pub usable: bool,
    /// What is wrong with it; nothing of its value.
    pub message: String,
}

/// A refused request. It says nothing of which key, byte or length was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The closed reason; 503 for [`Reason::KeyUnavailable`], 400 for a handshake that would be answered and is malformed, 401
    /// for the others.
    pub reason: Reason,
    /// The challenge of the first scheme that has one; `None` with 503.
    pub www_authenticate: Option<&'static str>,
}
