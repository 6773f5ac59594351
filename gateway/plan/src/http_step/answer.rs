//! What an answer means: success or a classified failure, and the result that later steps see.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use encoding_rs::Encoding;
use http::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::TimeZone;

use super::{HttpCall, Mask, Terms};
use crate::json::{self, Json, Projection, ReadFault};
use crate::reason::{StepFailure, StepReason};

/// An answer whose body has arrived whole, decoded and within its limit.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// Every field.
    pub headers: HeaderMap,
    /// Without its content coding.
    pub body: Bytes,
}

impl Terms {
    /// Whether `status` is an expected one. Messages hold nothing that the target said but its status.
    pub fn check(
        &self,
        call: &HttpCall,
        status: StatusCode,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<(), StepFailure> {
        if self.expect.holds(status) {
            return Ok(());
        }
        let message = format!("{} answered {}, which the step does not expect", call.name(), status.as_u16());
        let retryable = may_pass(status);
        let retry_after_ms = headers.get(RETRY_AFTER).filter(|_| retryable).and_then(|value| delay(value, now));
        Err(StepFailure { retryable, retry_after_ms, ..StepFailure::new(StepReason::UnexpectedStatus, message) })
    }
}

/// 408, 425, 429 and 5xx: another attempt may have another outcome.
fn may_pass(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 425 | 429) || status.is_server_error()
}

/// The forms of a date that RFC 9110 (5.6.7) has every recipient take beside the usual one: RFC 850's and `asctime`'s.
const OLD_DATES: [&str; 2] = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];

/// `Retry-After` in milliseconds: seconds or an HTTP date (RFC 9110, 10.2.3); a date in the past is no delay.
fn delay(value: &HeaderValue, now: Timestamp) -> Option<u64> {
    let text = value.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(text.parse::<u64>().unwrap_or(u64::MAX).saturating_mul(1000));
    }
    let until = DateTimeParser::new().parse_timestamp(text).ok().or_else(|| old_date(text))?;
    Some(u64::try_from(until.as_millisecond().saturating_sub(now.as_millisecond())).unwrap_or(0))
}

fn old_date(text: &str) -> Option<Timestamp> {
    let read = |form| BrokenDownTime::parse(form, text).ok()?.to_datetime().ok()?.to_zoned(TimeZone::UTC).ok();
    OLD_DATES.into_iter().find_map(read).map(|date| date.timestamp())
}

impl Answer {
    /// `{status, headers, data, text}`, without the secrets that `mask` knows. A body is `data` where it is JSON, `text`
    /// where it is other text, else `data.base64`. What calls itself JSON and is not is text: the status has the say.
    pub fn result(&self, mask: &Mask) -> Result<Json, StepFailure> {
        let (data, text) = content(&self.headers, &self.body)?;
        let result = Json::object([
            ("status", Json::from(i64::from(self.status.as_u16()))),
            ("headers", headers(&self.headers)),
            ("data", data),
            ("text", text),
        ]);
        Ok(mask.json(result))
    }
}

/// Fields by lower-case name; repeated ones joined with `, `.
pub(super) fn headers(fields: &HeaderMap) -> Json {
    let joined = fields.keys().map(|name| {
        let values: Vec<_> =
            fields.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        (name.as_str(), Json::from(values.join(", ")))
    });
    Json::object(joined)
}

/// `data` and `text` of a body.
pub(super) fn content(headers: &HeaderMap, body: &Bytes) -> Result<(Json, Json), StepFailure> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let bytes = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    if is_json(content_type) && !bytes.is_empty() {
        match json::read(bytes, &Projection::all()) {
            Ok(value) => return Ok((value, Json::Null)),
            Err(error) => match error.fault {
                ReadFault::Malformed | ReadFault::NotText => {}
                ReadFault::TooDeep | ReadFault::TooManyValues | ReadFault::TooLarge => {
                    return Err(StepFailure::new(
                        StepReason::BadResponse,
                        format!("the answer cannot be taken: {error}"),
                    ));
                }
            },
        }
    }
    Ok(match text(content_type, bytes) {
        Some(text) => (Json::Null, Json::from(text)),
        None => (Json::object([("base64", Json::from(STANDARD.encode(body)))]), Json::Null),
    })
}

/// `application/json`, `+json` of any type, and `text/json`, which some still send.
fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence == "text/json" || essence.ends_with("+json")
}

/// Text in UTF-8, which many send whatever charset they name, else in the charset that the type names. Where ASCII means
/// other characters (UTF-16, ISO-2022-JP), what happens to be UTF-8 is not meant as such.
fn text(content_type: &str, bytes: &[u8]) -> Option<String> {
    let named = charset(content_type);
    let misleading = named.is_some_and(|encoding| !encoding.is_ascii_compatible());
    if let Ok(text) = std::str::from_utf8(bytes)
        && !misleading
    {
        return Some(text.to_owned());
    }
    let (text, _, malformed) = named?.decode(bytes);
    (!malformed).then(|| text.into_owned())
}

fn charset(content_type: &str) -> Option<&'static Encoding> {
    let (_, parameters) = content_type.split_once(';')?;
    let label = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
    })?;
    Encoding::for_label(label.as_bytes())
}
