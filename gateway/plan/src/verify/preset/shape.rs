//! Forms that several senders share.

use crate::plan::{
    HashAlgorithm, HmacForm, SignatureEncoding, SignatureFormat, TimestampPlace, TimestampSource, TimestampUnit,
};

/// The tolerance of a time that is signed and that its sender holds to no window: read, and taken whatever it is.
pub(super) const NO_WINDOW_MS: u64 = u64::MAX;

/// One signature, of the body alone.
pub(super) fn over_body(header: &str, prefix: &str, algorithm: HashAlgorithm, encoding: SignatureEncoding) -> HmacForm {
    HmacForm {
        header: header.to_owned(),
        format: SignatureFormat::Raw { prefix: prefix.to_owned() },
        algorithm,
        encoding,
        content: "{body}".to_owned(),
        timestamp: None,
        id_header: None,
    }
}

/// HMAC-SHA256 in hexadecimal over the body, in a list of versions.
pub(super) fn list_over_body(header: &str, version: &str) -> HmacForm {
    let keys = vec![version.to_owned()];
    let format = SignatureFormat::KeyValueList { separator: ",".to_owned(), assign: "=".to_owned(), keys };
    HmacForm { format, ..over_body(header, "", HashAlgorithm::SHA256, SignatureEncoding::Hex) }
}

/// HMAC-SHA256 in hexadecimal in a list that also holds the time: `keys` are the time's and the signature's, `window` is
/// unit and tolerance in milliseconds.
pub(super) fn listed(
    header: &str,
    separator: &str,
    keys: (&str, &str),
    content: &str,
    window: (TimestampUnit, u64),
) -> HmacForm {
    let (time, signature) = keys;
    let (unit, tolerance_ms) = window;
    let format = SignatureFormat::KeyValueList {
        separator: separator.to_owned(),
        assign: "=".to_owned(),
        keys: vec![signature.to_owned()],
    };
    HmacForm {
        format,
        content: content.to_owned(),
        timestamp: Some(TimestampSource { place: TimestampPlace::SignatureKey(time.to_owned()), unit, tolerance_ms }),
        ..over_body(header, "", HashAlgorithm::SHA256, SignatureEncoding::Hex)
    }
}

/// HMAC-SHA256 in hexadecimal over `v0`, time and body, five minutes.
pub(super) fn versioned(header: &str, time: &str) -> HmacForm {
    HmacForm {
        content: "v0:{timestamp}:{body}".to_owned(),
        timestamp: Some(TimestampSource { tolerance_ms: 300_000, ..any_time(time) }),
        ..over_body(header, "v0=", HashAlgorithm::SHA256, SignatureEncoding::Hex)
    }
}

/// A signed time in seconds that no window holds.
pub(super) fn any_time(header: &str) -> TimestampSource {
    TimestampSource {
        place: TimestampPlace::Header(header.to_owned()),
        unit: TimestampUnit::Seconds,
        tolerance_ms: NO_WINDOW_MS,
    }
}
