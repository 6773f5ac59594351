//! CircleCI: HMAC-SHA256 over the body, in a list of versions.
//!
//! Source: <https://circleci.com/docs/webhooks/>

use super::{Ack, IdPlace, KeyRole, Place, Preset, Proof, Variant, shape};

pub(super) static PRESET: Preset = Preset {
    name: "CircleCI",
    proof: Proof::Signature(variants),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Accepted,
    handshakes: &[],
    event: &[Place::Body(&["type"])],
    delivery_id: &[IdPlace { place: Place::Body(&["id"]), signed: true }],
    docs: "https://circleci.com/docs/webhooks/",
};

fn variants() -> Vec<Variant> {
    vec![shape::list_over_body("circleci-signature", "v1").into()]
}
