//! Stripe: HMAC-SHA256 over time and body, both in one header; several signatures while a secret rotates.
//!
//! The whole text of the secret is the key, `whsec_` included. Stripe's libraries refuse old requests only; ours refuses
//! those from the future too.
//!
//! Source: <https://docs.stripe.com/webhooks/signature>

use super::{Ack, IdPlace, KeyRole, Place, Preset, Proof};
use crate::plan::{
    HashAlgorithm, HmacForm, SignatureEncoding, SignatureFormat, TimestampPlace, TimestampSource, TimestampUnit,
};

pub(super) static PRESET: Preset = Preset {
    name: "Stripe",
    proof: Proof::Hmac(forms),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Accepted,
    handshake: None,
    event: &[Place::Body(&["type"])],
    delivery_id: &[IdPlace { place: Place::Body(&["id"]), signed: true }],
    docs: "https://docs.stripe.com/webhooks/signature",
};

fn forms() -> Vec<HmacForm> {
    vec![HmacForm {
        header: "stripe-signature".to_owned(),
        format: SignatureFormat::KeyValueList {
            separator: ",".to_owned(),
            assign: "=".to_owned(),
            keys: vec!["v1".to_owned()],
        },
        algorithm: HashAlgorithm::SHA256,
        encoding: SignatureEncoding::Hex,
        content: "{timestamp}.{body}".to_owned(),
        timestamp: Some(TimestampSource {
            place: TimestampPlace::SignatureKey("t".to_owned()),
            unit: TimestampUnit::Seconds,
            tolerance_ms: 300_000,
        }),
        id_header: None,
    }]
}
