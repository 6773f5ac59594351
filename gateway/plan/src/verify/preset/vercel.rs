//! Vercel: HMAC-SHA1 over the body.
//!
//! Source: <https://vercel.com/docs/webhooks/webhooks-api>

use super::{Ack, IdPlace, KeyRole, Place, Preset, Proof, Variant, shape};
use crate::plan::{HashAlgorithm, SignatureEncoding};

pub(super) static PRESET: Preset = Preset {
    name: "Vercel",
    proof: Proof::Signature(variants),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Accepted,
    handshakes: &[],
    event: &[Place::Body(&["type"])],
    delivery_id: &[IdPlace { place: Place::Body(&["id"]), signed: true }],
    docs: "https://vercel.com/docs/webhooks/webhooks-api",
};

fn variants() -> Vec<Variant> {
    vec![shape::over_body("x-vercel-signature", "", HashAlgorithm::SHA1, SignatureEncoding::Hex).into()]
}
