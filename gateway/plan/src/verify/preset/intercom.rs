//! Intercom: HMAC-SHA1 over the body, with the app's client secret.
//!
//! Source: <https://developers.intercom.com/docs/webhooks/setting-up-webhooks>

use super::{Ack, IdPlace, KeyRole, Place, Preset, Proof, Variant, shape};
use crate::plan::{HashAlgorithm, SignatureEncoding};

pub(super) static PRESET: Preset = Preset {
    name: "Intercom",
    proof: Proof::Signature(variants),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Empty,
    handshakes: &[],
    event: &[Place::Body(&["topic"])],
    delivery_id: &[IdPlace { place: Place::Body(&["id"]), signed: true }],
    docs: "https://developers.intercom.com/docs/webhooks/setting-up-webhooks",
};

fn variants() -> Vec<Variant> {
    vec![shape::over_body("x-hub-signature", "sha1=", HashAlgorithm::SHA1, SignatureEncoding::Hex).into()]
}
