//! GitHub's older signature: HMAC-SHA1 over the body, for senders that have no other.
//!
//! Source: <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>

use super::{Ack, IdPlace, KeyRole, Place, Preset, Proof, Variant, github, shape};
use crate::plan::{HashAlgorithm, SignatureEncoding};

pub(super) static PRESET: Preset = Preset {
    name: "GitHubSHA1",
    proof: Proof::Signature(variants),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Accepted,
    handshakes: &github::HANDSHAKES,
    event: &[Place::Header("x-github-event")],
    delivery_id: &[IdPlace { place: Place::Header("x-github-delivery"), signed: false }],
    docs: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
};

fn variants() -> Vec<Variant> {
    vec![shape::over_body("x-hub-signature", "sha1=", HashAlgorithm::SHA1, SignatureEncoding::Hex).into()]
}
