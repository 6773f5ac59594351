//! Why a request or a step ended as it did: two closed enums, shown unchanged in responses, metrics, records, Events and
//! the command line.

use serde::{Deserialize, Serialize};

/// How a request ended. The order is the request path's (docs/request-path.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Reason {
    /// Head or body did not arrive in time.
    RequestTooSlow,
    /// More header fields or bytes than the gateway reads.
    HeadersTooLarge,
    /// The message's framing is not exactly one thing.
    BadFraming,
    /// The gateway has as many requests in flight as it takes.
    Overloaded,
    /// No workflow has this host and path.
    NoRoute,
    /// The workflow's intake is suspended.
    Suspended,
    /// The workflow does not take this method.
    MethodNotAllowed,
    /// The client's address is not in the allow-list.
    AddressNotAllowed,
    /// A rate limit is used up.
    RateLimited,
    /// The body is larger than the workflow takes.
    BodyTooLarge,
    /// Nothing was presented that a scheme of the workflow could verify.
    SignatureMissing,
    /// A signature was presented and does not hold.
    SignatureInvalid,
    /// The signature holds, and its time is outside the tolerance.
    TimestampOutOfRange,
    /// A password, token or key was presented and is not one of ours.
    CredentialsInvalid,
    /// No key of the workflow is in force.
    KeyUnavailable,
    /// A provider's handshake, answered and not run.
    Handshake,
    /// The body's type or coding is not one that the workflow takes.
    UnsupportedMediaType,
    /// The body is not what its type says.
    MalformedBody,
    /// The body violates the workflow's schema.
    SchemaViolation,
    /// The filter said no.
    Filtered,
    /// The filter could not be decided.
    FilterFailed,
    /// A repeat of a delivery that was accepted.
    Duplicate,
    /// The store cannot take the delivery.
    StoreUnavailable,
    /// The workflow's queue is full.
    QueueFull,
    /// Verified, passed, and taken.
    Accepted,
}

impl Reason {
    /// Every reason, in the order of the request path.
    pub const ALL: [Self; 25] = [
        Self::RequestTooSlow,
        Self::HeadersTooLarge,
        Self::BadFraming,
        Self::Overloaded,
        Self::NoRoute,
        Self::Suspended,
        Self::MethodNotAllowed,
        Self::AddressNotAllowed,
        Self::RateLimited,
        Self::BodyTooLarge,
        Self::SignatureMissing,
        Self::SignatureInvalid,
        Self::TimestampOutOfRange,
        Self::CredentialsInvalid,
        Self::KeyUnavailable,
        Self::Handshake,
        Self::UnsupportedMediaType,
        Self::MalformedBody,
        Self::SchemaViolation,
        Self::Filtered,
        Self::FilterFailed,
        Self::Duplicate,
        Self::StoreUnavailable,
        Self::QueueFull,
        Self::Accepted,
    ];

    /// The name, as it is written everywhere.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RequestTooSlow => "RequestTooSlow",
            Self::HeadersTooLarge => "HeadersTooLarge",
            Self::BadFraming => "BadFraming",
            Self::Overloaded => "Overloaded",
            Self::NoRoute => "NoRoute",
            Self::Suspended => "Suspended",
            Self::MethodNotAllowed => "MethodNotAllowed",
            Self::AddressNotAllowed => "AddressNotAllowed",
            Self::RateLimited => "RateLimited",
            Self::BodyTooLarge => "BodyTooLarge",
            Self::SignatureMissing => "SignatureMissing",
            Self::SignatureInvalid => "SignatureInvalid",
            Self::TimestampOutOfRange => "TimestampOutOfRange",
            Self::CredentialsInvalid => "CredentialsInvalid",
            Self::KeyUnavailable => "KeyUnavailable",
            Self::Handshake => "Handshake",
            Self::UnsupportedMediaType => "UnsupportedMediaType",
            Self::MalformedBody => "MalformedBody",
            Self::SchemaViolation => "SchemaViolation",
            Self::Filtered => "Filtered",
            Self::FilterFailed => "FilterFailed",
            Self::Duplicate => "Duplicate",
            Self::StoreUnavailable => "StoreUnavailable",
            Self::QueueFull => "QueueFull",
            Self::Accepted => "Accepted",
        }
    }
}

/// Why an attempt of a step failed, or an execution ended unfinished.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum StepReason {
    /// An expression or template could not be evaluated.
    ExpressionFailed,
    /// A path that an expression names is not there.
    PathMissing,
    /// A budget of steps, bytes, depth or entries was used up.
    ResourceExhausted,
    /// A `validate` step found violations.
    ValidationFailed,
    /// `until` does not hold yet.
    NotYet,
    /// The attempt took longer than the step's `timeout`.
    Timeout,
    /// No connection could be made, or it broke.
    ConnectionFailed,
    /// The egress guard refuses the address, host or port.
    EgressDenied,
    /// The answer's status is not an expected one.
    UnexpectedStatus,
    /// The answer is larger than `maxResponseSize`, or cannot be decoded.
    BadResponse,
    /// The request cannot be made from the rendered values.
    InvalidRequest,
    /// A secret that the step names is not there.
    SecretUnavailable,
    /// The request came through Boathook more often than [`crate::limits::HOPS`].
    TooManyHops,
    /// The result is larger than the journal takes.
    ResultTooLarge,
    /// What a `call` step called failed, was cancelled or cannot be started.
    CallFailed,
    /// A script threw something, does not compile, or its result cannot be JSON.
    ScriptFailed,
    /// The process broke down that ran the script: the engine did not survive it.
    ScriptCrashed,
    /// No script can be run here and now.
    SandboxUnavailable,
    /// `respond` came after the sender had been answered.
    TooLate,
    /// An `end` step with `outcome: Failed`.
    Ended,
    /// The Sync deadline passed.
    DeadlineExceeded,
    /// The workflow's `timeout` passed.
    ExecutionTimeout,
    /// The workflow was deleted, or the execution was cancelled by hand.
    Cancelled,
    /// The gateway stops, and cannot keep the run.
    ShuttingDown,
}

impl StepReason {
    /// The name, as it is written everywhere.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ExpressionFailed => "ExpressionFailed",
            Self::PathMissing => "PathMissing",
            Self::ResourceExhausted => "ResourceExhausted",
            Self::ValidationFailed => "ValidationFailed",
            Self::NotYet => "NotYet",
            Self::Timeout => "Timeout",
            Self::ConnectionFailed => "ConnectionFailed",
            Self::EgressDenied => "EgressDenied",
            Self::UnexpectedStatus => "UnexpectedStatus",
            Self::BadResponse => "BadResponse",
            Self::InvalidRequest => "InvalidRequest",
            Self::SecretUnavailable => "SecretUnavailable",
            Self::TooManyHops => "TooManyHops",
            Self::ResultTooLarge => "ResultTooLarge",
            Self::CallFailed => "CallFailed",
            Self::ScriptFailed => "ScriptFailed",
            Self::ScriptCrashed => "ScriptCrashed",
            Self::SandboxUnavailable => "SandboxUnavailable",
            Self::TooLate => "TooLate",
            Self::Ended => "Ended",
            Self::DeadlineExceeded => "DeadlineExceeded",
            Self::ExecutionTimeout => "ExecutionTimeout",
            Self::Cancelled => "Cancelled",
            Self::ShuttingDown => "ShuttingDown",
        }
    }

    /// Whether another attempt may have another outcome. The HTTP executor decides for `UnexpectedStatus` by the status.
    pub const fn retryable(self) -> bool {
        match self {
            Self::NotYet
            | Self::Timeout
            | Self::ConnectionFailed
            | Self::SecretUnavailable
            | Self::ScriptCrashed
            | Self::SandboxUnavailable => true,
            Self::ExpressionFailed
            | Self::PathMissing
            | Self::ResourceExhausted
            | Self::ValidationFailed
            | Self::EgressDenied
            | Self::UnexpectedStatus
            | Self::BadResponse
            | Self::InvalidRequest
            | Self::TooManyHops
            | Self::ResultTooLarge
            | Self::CallFailed
            | Self::ScriptFailed
            | Self::TooLate
            | Self::Ended
            | Self::DeadlineExceeded
            | Self::ExecutionTimeout
            | Self::Cancelled
            | Self::ShuttingDown => false,
        }
    }
}

/// A failed attempt of a step: what the run, its record and `$error` show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepFailure {
    /// The closed reason.
    pub reason: StepReason,
    /// What was being done and to what; never a secret, never an answer's body.
    pub message: String,
    /// Whether another attempt may have another outcome.
    pub retryable: bool,
    /// How long the target asked to be left alone, in milliseconds.
    pub retry_after_ms: Option<u64>,
}

impl StepFailure {
    /// A failure that is retried or not as its reason says.
    pub fn new(reason: StepReason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into(), retryable: reason.retryable(), retry_after_ms: None }
    }
}
