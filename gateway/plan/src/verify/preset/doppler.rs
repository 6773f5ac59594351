//! Doppler: HMAC-SHA256 over the body.
//!
//! Source: <https://docs.doppler.com/docs/webhooks>

use super::{Ack, KeyRole, Place, Preset, Proof, Variant, shape};
use crate::plan::{HashAlgorithm, SignatureEncoding};

pub(super) static PRESET: Preset = Preset {
    name: "Doppler",
    proof: Proof::Signature(variants),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Accepted,
    handshakes: &[],
    event: &[Place::Body(&["type"])],
    delivery_id: &[],
    docs: "https://docs.doppler.com/docs/webhooks",
};

fn variants() -> Vec<Variant> {
    vec![shape::over_body("x-doppler-signature", "sha256=", HashAlgorithm::SHA256, SignatureEncoding::Hex).into()]
}
