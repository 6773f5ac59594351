//! Bitbucket: HMAC-SHA256 over the body.
//!
//! Source: <https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/>

use super::{Ack, IdPlace, KeyRole, Place, Preset, Proof, Variant, shape};
use crate::plan::{HashAlgorithm, SignatureEncoding};

pub(super) static PRESET: Preset = Preset {
    name: "Bitbucket",
    proof: Proof::Signature(variants),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Accepted,
    handshakes: &[],
    event: &[Place::Header("x-event-key")],
    delivery_id: &[IdPlace { place: Place::Header("x-request-uuid"), signed: false }],
    docs: "https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/",
};

fn variants() -> Vec<Variant> {
    vec![shape::over_body("x-hub-signature", "sha256=", HashAlgorithm::SHA256, SignatureEncoding::Hex).into()]
}
