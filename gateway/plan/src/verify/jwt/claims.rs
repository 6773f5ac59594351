//! What a token whose signature holds says: to whom, by whom, and for how long (RFC 7519, 4.1).

use jiff::Timestamp;
use serde::Deserialize;

use crate::reason::Reason;

/// Seconds by which the clocks of sender and receiver may differ.
const SKEW: f64 = 30.0;

/// The registered claims that are looked at. One of another type than the RFC's is no claim, and refused.
#[derive(Debug, Deserialize)]
pub(in crate::verify) struct Claims {
    pub(in crate::verify) iss: Option<String>,
    pub(in crate::verify) sub: Option<String>,
    pub(in crate::verify) aud: Option<Audience>,
    exp: Option<f64>,
    nbf: Option<f64>,
    iat: Option<f64>,
}

/// One audience, or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(in crate::verify) enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Claims {
    /// Whether one of `audiences` is meant.
    pub(in crate::verify) fn is_for(&self, audiences: &[String]) -> bool {
        match &self.aud {
            Some(Audience::One(audience)) => audiences.contains(audience),
            Some(Audience::Several(several)) => several.iter().any(|audience| audiences.contains(audience)),
            None => false,
        }
    }

    /// Whether the token is in force. One without an end is none; one from the future is another's clock.
    pub(in crate::verify) fn check_times(&self, now: Timestamp) -> Result<(), Reason> {
        let now = now.as_duration().as_secs_f64();
        let end = self.exp.ok_or(Reason::CredentialsInvalid)?;
        let begun = [self.nbf, self.iat].into_iter().flatten().all(|begin| begin <= now + SKEW);
        if now < end + SKEW && begun { Ok(()) } else { Err(Reason::TimestampOutOfRange) }
    }
}
