//! Forgejo: HMAC-SHA256 over the body.
//!
//! Source: <https://forgejo.org/docs/latest/user/webhooks/>

use super::{Ack, IdPlace, KeyRole, Place, Preset, Proof, Variant, shape};
use crate::plan::{HashAlgorithm, SignatureEncoding};

pub(super) static PRESET: Preset = Preset {
    name: "Forgejo",
    proof: Proof::Signature(variants),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Accepted,
    handshakes: &[],
    event: &[Place::Header("x-forgejo-event")],
    delivery_id: &[IdPlace { place: Place::Header("x-forgejo-delivery"), signed: false }],
    docs: "https://forgejo.org/docs/latest/user/webhooks/",
};

fn variants() -> Vec<Variant> {
    vec![shape::over_body("x-forgejo-signature", "", HashAlgorithm::SHA256, SignatureEncoding::Hex).into()]
}
