//! Lemon Squeezy: HMAC-SHA256 over the body.
//!
//! Source: <https://docs.lemonsqueezy.com/help/webhooks/signing-requests>

use super::{Ack, KeyRole, Place, Preset, Proof, Variant, shape};
use crate::plan::{HashAlgorithm, SignatureEncoding};

pub(super) static PRESET: Preset = Preset {
    name: "LemonSqueezy",
    proof: Proof::Signature(variants),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Empty,
    handshakes: &[],
    event: &[Place::Header("x-event-name")],
    delivery_id: &[],
    docs: "https://docs.lemonsqueezy.com/help/webhooks/signing-requests",
};

fn variants() -> Vec<Variant> {
    vec![shape::over_body("x-signature", "", HashAlgorithm::SHA256, SignatureEncoding::Hex).into()]
}
