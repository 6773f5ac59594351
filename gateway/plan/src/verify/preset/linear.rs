//! Linear: HMAC-SHA256 over the body, which holds the time.
//!
//! Source: <https://linear.app/developers/webhooks>

use super::{Ack, IdPlace, KeyRole, Place, Preset, Proof, Variant, shape};
use crate::plan::{HashAlgorithm, HmacForm, SignatureEncoding, TimestampPlace, TimestampSource, TimestampUnit};

pub(super) static PRESET: Preset = Preset {
    name: "Linear",
    proof: Proof::Signature(variants),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Empty,
    handshakes: &[],
    event: &[Place::Header("linear-event")],
    delivery_id: &[IdPlace { place: Place::Header("linear-delivery"), signed: false }],
    docs: "https://linear.app/developers/webhooks",
};

fn variants() -> Vec<Variant> {
    let form = shape::over_body("linear-signature", "", HashAlgorithm::SHA256, SignatureEncoding::Hex);
    let place = TimestampPlace::BodyPointer("/webhookTimestamp".to_owned());
    let timestamp = TimestampSource { place, unit: TimestampUnit::Milliseconds, tolerance_ms: 60_000 };
    vec![HmacForm { timestamp: Some(timestamp), ..form }.into()]
}
