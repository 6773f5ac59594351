//! Razorpay: HMAC-SHA256 over the body.
//!
//! Source: <https://razorpay.com/docs/webhooks/validate-test/>

use super::{Ack, IdPlace, KeyRole, Place, Preset, Proof, Variant, shape};
use crate::plan::{HashAlgorithm, SignatureEncoding};

pub(super) static PRESET: Preset = Preset {
    name: "Razorpay",
    proof: Proof::Signature(variants),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Accepted,
    handshakes: &[],
    event: &[Place::Body(&["event"])],
    delivery_id: &[IdPlace { place: Place::Header("x-razorpay-event-id"), signed: false }],
    docs: "https://razorpay.com/docs/webhooks/validate-test/",
};

fn variants() -> Vec<Variant> {
    vec![shape::over_body("x-razorpay-signature", "", HashAlgorithm::SHA256, SignatureEncoding::Hex).into()]
}
