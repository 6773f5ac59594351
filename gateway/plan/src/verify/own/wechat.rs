//! WeChat's official accounts: SHA-1 over the sorted token, time and nonce. The body is not covered.
//!
//! Source: <https://developers.weixin.qq.com/doc/offiaccount/en/Basic_Information/Access_Overview.html>. Only the plain mode:
//! a body that is encrypted stays so.

use jiff::Timestamp;

use super::sorted::Query;
use crate::plan::TimestampUnit;
use crate::reason::Reason;
use crate::request::RawRequest;
use crate::secret::Secret;
use crate::verify::keys::KeyRing;
use crate::verify::timestamp::Window;

/// The position of the token that verifies the request.
pub(super) fn verify(
    request: &RawRequest,
    tolerance_ms: u64,
    tokens: &KeyRing<Secret>,
    now: Timestamp,
) -> Result<usize, Reason> {
    let window = Window { unit: TimestampUnit::Seconds, tolerance_ms };
    Query::of(request, "signature")?.verify(None, window, tokens, now)
}
