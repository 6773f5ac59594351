//! Stripe: HMAC-SHA256 over time and body, both in one header; several signatures while a secret rotates.
//!
//! The whole text of the secret is the key, `whsec_` included. Stripe's libraries refuse old requests only; ours refuses
//! those from the future too.
//!
//! Source: <https://docs.stripe.com/webhooks/signature>

use super::{Ack, IdPlace, KeyRole, Place, Preset, Proof, Variant, shape};
use crate::plan::TimestampUnit;

pub(super) static PRESET: Preset = Preset {
    name: "Stripe",
    proof: Proof::Signature(variants),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Accepted,
    handshakes: &[],
    event: &[Place::Body(&["type"])],
    delivery_id: &[IdPlace { place: Place::Body(&["id"]), signed: true }],
    docs: "https://docs.stripe.com/webhooks/signature",
};

fn variants() -> Vec<Variant> {
    vec![
        shape::listed("stripe-signature", ",", ("t", "v1"), "{timestamp}.{body}", (TimestampUnit::Seconds, 300_000))
            .into(),
    ]
}
