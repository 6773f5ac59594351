//! Where a run comes from, and what its requests say of that: hop count, trace, idempotency key.

use http::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::CallFacts;
use super::headers::value;
use crate::limits::HOPS;
use crate::reason::{StepFailure, StepReason};

/// Counts how often a chain of requests passed through Boathook.
pub const HOPS_HEADER: HeaderName = HeaderName::from_static("boathook-hops");

/// Draft-ietf-httpapi-idempotency-key-header.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// W3C Trace Context, section 3.2.
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// What Boathook calls itself.
const AGENT: HeaderValue = HeaderValue::from_static(concat!("Boathook/", env!("CARGO_PKG_VERSION")));

/// Where a run comes from, as the request that started it says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// How many times the chain of requests passed through Boathook before this run.
    pub hops: u32,
    /// Trace id and flags of a valid W3C `traceparent`: 32 and 2 lower-case hexadecimal digits.
    pub trace: Option<(String, String)>,
}

impl Origin {
    /// Reads `Boathook-Hops` and `traceparent` of the request that starts a run. A hop count that is not a number counts
    /// as one too many; a trace that is not valid is none.
    pub fn of(headers: &HeaderMap) -> Self {
        let hops = headers
            .get(HOPS_HEADER)
            .map_or(0, |value| value.to_str().ok().and_then(|text| text.trim().parse().ok()).unwrap_or(u32::MAX));
        let trace = headers.get(TRACEPARENT).and_then(|value| trace(value.to_str().ok()?));
        Self { hops, trace }
    }

    /// Fields that every request of the run carries.
    pub(super) fn headers(&self, facts: &CallFacts) -> Result<HeaderMap, StepFailure> {
        let hops = self.hops.saturating_add(1);
        if hops > HOPS {
            let message =
                format!("the run came through Boathook more than {HOPS} times: workflows call each other in a loop");
            return Err(StepFailure::new(StepReason::TooManyHops, message));
        }
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        headers.insert(USER_AGENT, AGENT);
        headers.insert(HOPS_HEADER, HeaderValue::from(hops));
        headers.insert(IDEMPOTENCY_KEY, value("Idempotency-Key", &facts.idempotency_key, false)?);
        headers.insert(TRACEPARENT, value("traceparent", &self.traceparent(facts), false)?);
        Ok(headers)
    }

    /// The incoming trace goes on, else the execution is the trace; the parent is the step, by its idempotency key.
    fn traceparent(&self, facts: &CallFacts) -> String {
        let own = || (facts.execution.simple().to_string(), "00".to_owned());
        let (trace, flags) = self.trace.clone().unwrap_or_else(own);
        let digest = Sha256::digest(facts.idempotency_key.as_bytes());
        let span = digest.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        format!("00-{trace}-{span:016x}-{flags}")
    }
}

/// The flags that version 00 knows, sampled and random; it sends no others (W3C Trace Context Level 2, `trace-flags`).
const FLAGS: u8 = 0b11;

/// Trace id and flags. Later versions may add fields at the end; version `ff` is invalid.
fn trace(text: &str) -> Option<(String, String)> {
    let mut fields = text.trim().split('-');
    let mut hexadecimal = |length: usize| {
        fields.next().filter(|field| {
            field.len() == length && field.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        })
    };
    let (version, trace, parent, flags) = (hexadecimal(2)?, hexadecimal(32)?, hexadecimal(16)?, hexadecimal(2)?);
    let zero = |field: &str| field.bytes().all(|byte| byte == b'0');
    let valid = version != "ff" && !zero(trace) && !zero(parent) && (version != "00" || fields.next().is_none());
    let flags = u8::from_str_radix(flags, 16).ok()? & FLAGS;
    valid.then(|| (trace.to_owned(), format!("{flags:02x}")))
}
