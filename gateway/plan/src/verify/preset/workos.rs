//! WorkOS: HMAC-SHA256 over time, in milliseconds, and body, both in one header.
//!
//! Source: <https://workos.com/docs/events/data-syncing/webhooks>

use super::{Ack, IdPlace, KeyRole, Place, Preset, Proof, Variant, shape};
use crate::plan::TimestampUnit;

pub(super) static PRESET: Preset = Preset {
    name: "WorkOS",
    proof: Proof::Signature(variants),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Empty,
    handshakes: &[],
    event: &[Place::Body(&["event"])],
    delivery_id: &[IdPlace { place: Place::Body(&["id"]), signed: true }],
    docs: "https://workos.com/docs/events/data-syncing/webhooks",
};

fn variants() -> Vec<Variant> {
    vec![
        shape::listed(
            "workos-signature",
            ",",
            ("t", "v1"),
            "{timestamp}.{body}",
            (TimestampUnit::Milliseconds, 300_000),
        )
        .into(),
    ]
}
