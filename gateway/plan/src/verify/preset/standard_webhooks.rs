//! Standard Webhooks, symmetric signatures (`v1`): HMAC-SHA256 over id, time and body.
//!
//! Source: <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>

use super::{Ack, IdPlace, KeyRole, Place, Preset, Proof};
use crate::plan::{
    HashAlgorithm, HmacForm, KeyEncoding, KeyUse, SignatureEncoding, SignatureFormat, TimestampPlace, TimestampSource,
    TimestampUnit,
};

pub(super) static PRESET: Preset = Preset {
    name: "StandardWebhooks",
    proof: Proof::Hmac(|| vec![form("webhook")]),
    keys: &[KEY],
    ack: Ack::Accepted,
    handshake: None,
    event: &[Place::Body(&["type"])],
    delivery_id: &[IdPlace { place: Place::Header("webhook-id"), signed: true }],
    docs: "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
};

/// `whsec_` and the key in base64.
pub(super) const KEY: KeyRole =
    KeyRole { use_: KeyUse::Sign, encoding: KeyEncoding::Base64, strip_prefix: Some("whsec_") };

/// The form with its three header fields under `brand`.
pub(super) fn form(brand: &str) -> HmacForm {
    HmacForm {
        header: format!("{brand}-signature"),
        format: SignatureFormat::SpacedList { versions: vec!["v1".to_owned()] },
        algorithm: HashAlgorithm::SHA256,
        encoding: SignatureEncoding::Base64,
        content: "{id}.{timestamp}.{body}".to_owned(),
        timestamp: Some(TimestampSource {
            place: TimestampPlace::Header(format!("{brand}-timestamp")),
            unit: TimestampUnit::Seconds,
            tolerance_ms: 300_000,
        }),
        id_header: Some(format!("{brand}-id")),
    }
}
