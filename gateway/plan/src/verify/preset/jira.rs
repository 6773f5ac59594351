//! Jira: HMAC-SHA256 over the body.
//!
//! Source: <https://developer.atlassian.com/cloud/jira/platform/webhooks/>

use super::{Ack, IdPlace, KeyRole, Place, Preset, Proof, Variant, shape};
use crate::plan::{HashAlgorithm, SignatureEncoding};

pub(super) static PRESET: Preset = Preset {
    name: "Jira",
    proof: Proof::Signature(variants),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Accepted,
    handshakes: &[],
    event: &[Place::Body(&["webhookEvent"])],
    delivery_id: &[IdPlace { place: Place::Header("x-atlassian-webhook-identifier"), signed: false }],
    docs: "https://developer.atlassian.com/cloud/jira/platform/webhooks/",
};

fn variants() -> Vec<Variant> {
    vec![shape::over_body("x-hub-signature", "sha256=", HashAlgorithm::SHA256, SignatureEncoding::Hex).into()]
}
