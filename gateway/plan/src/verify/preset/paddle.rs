//! Paddle: HMAC-SHA256 over time and body, both in one header; five seconds, unless the workflow says more.
//!
//! Source: <https://developer.paddle.com/webhooks/signature-verification>

use super::{Ack, IdPlace, KeyRole, Place, Preset, Proof, Variant, shape};
use crate::plan::TimestampUnit;

pub(super) static PRESET: Preset = Preset {
    name: "Paddle",
    proof: Proof::Signature(variants),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Empty,
    handshakes: &[],
    event: &[Place::Body(&["event_type"])],
    delivery_id: &[IdPlace { place: Place::Body(&["event_id"]), signed: true }],
    docs: "https://developer.paddle.com/webhooks/signature-verification",
};

fn variants() -> Vec<Variant> {
    vec![
        shape::listed("paddle-signature", ";", ("ts", "h1"), "{timestamp}:{body}", (TimestampUnit::Seconds, 5_000))
            .into(),
    ]
}
