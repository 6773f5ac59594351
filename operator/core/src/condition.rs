//! The conditions that decisions here speak of, and their closed reasons (docs: conditions).
//!
//! Names only; who is True or False is decided where the facts are.

use serde::Serialize;

/// A condition that compiling decides. `Programmed` and `Ready` are later: they need the gateways' word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum Condition {
    /// The spec compiles and the gateway admits it.
    Accepted,
    /// Everything that the spec refers to is there and allowed.
    ResolvedRefs,
}

impl Condition {
    /// Every condition, in the order they are shown.
    pub const ALL: [Self; 2] = [Self::Accepted, Self::ResolvedRefs];

    /// The type, as it is written in `status.conditions`; also the reason while it is True.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "Accepted",
            Self::ResolvedRefs => "ResolvedRefs",
        }
    }
}

/// Why a condition is False.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum Reason {
    /// A field of the spec is refused.
    InvalidSpec,
    /// An older workflow has this host and path.
    RouteConflict,
    /// There is no such gateway, or it is not accepted.
    GatewayNotFound,
    /// The gateway does not admit the workflow's namespace.
    NamespaceNotAllowed,
    /// The spec asks for more than the gateway grants.
    CeilingExceeded,
    /// The namespace has as many workflows at the gateway as it may.
    QuotaExceeded,
    /// The spec holds a script, and no script can be confined here.
    SandboxUnsupported,
    /// The plan is larger than [`crate::limits::PLAN_SIZE`].
    TooLarge,
    /// A Secret that the spec names is not there.
    SecretNotFound,
    /// The Secret is there, and has no such key.
    SecretKeyNotFound,
    /// The Secret's owner has not allowed this use of it.
    SecretNotAllowed,
    /// A ConfigMap that the spec names is not there, or has no such key.
    ConfigMapNotFound,
    /// What a reference leads to cannot be used: a key that is none of its scheme, a list of networks or a schema that is
    /// none.
    InvalidKey,
}

impl Reason {
    /// The name, as it is written in `status.conditions`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidSpec => "InvalidSpec",
            Self::RouteConflict => "RouteConflict",
            Self::GatewayNotFound => "GatewayNotFound",
            Self::NamespaceNotAllowed => "NamespaceNotAllowed",
            Self::CeilingExceeded => "CeilingExceeded",
            Self::QuotaExceeded => "QuotaExceeded",
            Self::SandboxUnsupported => "SandboxUnsupported",
            Self::TooLarge => "TooLarge",
            Self::SecretNotFound => "SecretNotFound",
            Self::SecretKeyNotFound => "SecretKeyNotFound",
            Self::SecretNotAllowed => "SecretNotAllowed",
            Self::ConfigMapNotFound => "ConfigMapNotFound",
            Self::InvalidKey => "InvalidKey",
        }
    }

    /// The condition that it makes False.
    pub const fn condition(self) -> Condition {
        match self {
            Self::InvalidSpec
            | Self::RouteConflict
            | Self::GatewayNotFound
            | Self::NamespaceNotAllowed
            | Self::CeilingExceeded
            | Self::QuotaExceeded
            | Self::SandboxUnsupported
            | Self::TooLarge => Condition::Accepted,
            Self::SecretNotFound
            | Self::SecretKeyNotFound
            | Self::SecretNotAllowed
            | Self::ConfigMapNotFound
            | Self::InvalidKey => Condition::ResolvedRefs,
        }
    }
}
