//! Gitea: HMAC-SHA256 over the body.
//!
//! Source: <https://docs.gitea.com/usage/webhooks>

use super::{Ack, IdPlace, KeyRole, Place, Preset, Proof, Variant, shape};
use crate::plan::{HashAlgorithm, SignatureEncoding};

pub(super) static PRESET: Preset = Preset {
    name: "Gitea",
    proof: Proof::Signature(variants),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Accepted,
    handshakes: &[],
    event: &[Place::Header("x-gitea-event")],
    delivery_id: &[IdPlace { place: Place::Header("x-gitea-delivery"), signed: false }],
    docs: "https://docs.gitea.com/usage/webhooks",
};

fn variants() -> Vec<Variant> {
    vec![shape::over_body("x-gitea-signature", "", HashAlgorithm::SHA256, SignatureEncoding::Hex).into()]
}
