//! The counts of a workflow as its status shows them.

use boathook_plan::channel::Deliveries;
use boathook_plan::reason::Reason;

use super::{Counts, read};

/// What became of a request, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestKind {
    Accepted,
    Duplicate,
    Filtered,
    Rejected,
    /// Answered, and nothing of the workflow's.
    Handshake,
}

impl RequestKind {
    pub(crate) fn of(reason: Reason) -> Self {
        match reason {
            Reason::Accepted => Self::Accepted,
            Reason::Duplicate => Self::Duplicate,
            Reason::Filtered => Self::Filtered,
            Reason::Handshake => Self::Handshake,
            Reason::RequestTooSlow
            | Reason::HeadersTooLarge
            | Reason::BadFraming
            | Reason::Overloaded
            | Reason::NoRoute
            | Reason::Suspended
            | Reason::MethodNotAllowed
            | Reason::AddressNotAllowed
            | Reason::RateLimited
            | Reason::BodyTooLarge
            | Reason::SignatureMissing
            | Reason::SignatureInvalid
            | Reason::TimestampOutOfRange
            | Reason::CredentialsInvalid
            | Reason::KeyUnavailable
            | Reason::UnsupportedMediaType
            | Reason::MalformedBody
            | Reason::SchemaViolation
            | Reason::FilterFailed
            | Reason::StoreUnavailable
            | Reason::QueueFull => Self::Rejected,
        }
    }
}

impl Counts {
    /// What became of the workflow's requests, but for what the store alone knows.
    pub(crate) fn deliveries(&self) -> Deliveries {
        let mut deliveries = Deliveries {
            last_received: self.latest.received(),
            last_success: self.latest.success(),
            last_failure: self.latest.failure(),
            last_rejection: self.latest.rejection(),
            ..Deliveries::default()
        };
        for (reason, count) in Reason::ALL.iter().zip(&self.requests) {
            let count = read(count);
            deliveries.received += count;
            match RequestKind::of(*reason) {
                RequestKind::Accepted => deliveries.accepted += count,
                RequestKind::Duplicate => deliveries.duplicates += count,
                RequestKind::Filtered => deliveries.filtered += count,
                RequestKind::Rejected => deliveries.rejected += count,
                RequestKind::Handshake => {}
            }
        }
        let [succeeded, failed, _cancelled] = &self.executions;
        deliveries.succeeded = read(succeeded);
        deliveries.failed = read(failed);
        deliveries
    }
}
