//! Standard Webhooks: HMAC-SHA256 (`v1`) or Ed25519 (`v1a`) over id, time and body. A key that begins with `whpk_` is a
//! public one and verifies `v1a`; any other verifies `v1`.
//!
//! Source: <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>

use super::{Ack, IdPlace, KeyRole, Place, Preset, Proof, SignMethod, Variant};
use crate::plan::{
    HashAlgorithm, HmacForm, KeyEncoding, KeyUse, SignatureEncoding, SignatureFormat, TimestampPlace, TimestampSource,
    TimestampUnit,
};

pub(super) static PRESET: Preset = Preset {
    name: "StandardWebhooks",
    proof: Proof::Signature(variants),
    keys: &[KEY],
    ack: Ack::Accepted,
    handshakes: &[],
    event: &[Place::Body(&["type"])],
    delivery_id: &[IdPlace { place: Place::Header("webhook-id"), signed: true }],
    docs: "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
};

/// `whsec_` and the key in base64.
pub(super) const KEY: KeyRole =
    KeyRole { use_: KeyUse::Sign, encoding: KeyEncoding::Base64, strip_prefix: Some("whsec_") };

fn variants() -> Vec<Variant> {
    let symmetric = form("webhook");
    let versions = vec!["v1a".to_owned()];
    let asymmetric = HmacForm { format: SignatureFormat::SpacedList { versions }, ..symmetric.clone() };
    vec![symmetric.into(), Variant { method: SignMethod::Ed25519, key_prefix: Some("whpk_"), ..asymmetric.into() }]
}

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
