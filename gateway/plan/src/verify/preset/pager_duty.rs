//! PagerDuty: HMAC-SHA256 over the body; several signatures while a secret rotates.
//!
//! Source: <https://developer.pagerduty.com/docs/verifying-webhook-signatures>

use super::{Ack, IdPlace, KeyRole, Place, Preset, Proof, Variant, shape};

pub(super) static PRESET: Preset = Preset {
    name: "PagerDuty",
    proof: Proof::Signature(variants),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Accepted,
    handshakes: &[],
    event: &[Place::Body(&["event", "event_type"])],
    delivery_id: &[IdPlace { place: Place::Body(&["event", "id"]), signed: true }],
    docs: "https://developer.pagerduty.com/docs/verifying-webhook-signatures",
};

fn variants() -> Vec<Variant> {
    vec![shape::list_over_body("x-pagerduty-signature", "v1").into()]
}
