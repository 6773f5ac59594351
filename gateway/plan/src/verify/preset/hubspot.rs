//! HubSpot: three versions, told apart by their headers, and the newest that is there is the only one tried.
//!
//! Version 3 is an HMAC-SHA256 over method, URL, body and time; versions 1 and 2 are SHA-256 of the secret and what follows,
//! and sign no time.
//!
//! Source: <https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests>

use super::{Ack, KeyRole, Preset, Proof, SignMethod, Variant, shape};
use crate::plan::{HashAlgorithm, HmacForm, SignatureEncoding, TimestampPlace, TimestampSource, TimestampUnit};

pub(super) static PRESET: Preset = Preset {
    name: "HubSpot",
    proof: Proof::Signature(variants),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Accepted,
    handshakes: &[],
    event: &[],
    delivery_id: &[],
    docs: "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests",
};

fn variants() -> Vec<Variant> {
    let (version, header) = ("x-hubspot-signature-version", "x-hubspot-signature");
    let third = shape::over_body("x-hubspot-signature-v3", "", HashAlgorithm::SHA256, SignatureEncoding::Base64);
    let place = TimestampPlace::Header("x-hubspot-request-timestamp".to_owned());
    let timestamp = TimestampSource { place, unit: TimestampUnit::Milliseconds, tolerance_ms: 300_000 };
    let content = "{method}{url}{body}{timestamp}".to_owned();
    let older = |only: &'static str, content: &str| Variant {
        method: SignMethod::Digest,
        only_with: Some((version, only)),
        ..HmacForm {
            content: content.to_owned(),
            ..shape::over_body(header, "", HashAlgorithm::SHA256, SignatureEncoding::Hex)
        }
        .into()
    };
    vec![
        Variant { decodes_url: true, ..HmacForm { content, timestamp: Some(timestamp), ..third }.into() },
        older("v2", "{secret}{method}{url}{body}"),
        older("v1", "{secret}{body}"),
    ]
}
