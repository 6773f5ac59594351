//! Mailgun: HMAC-SHA256 over time and token, which stand in the body with it. The rest of the body is not covered.
//!
//! Source: <https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks>

use super::{Ack, IdPlace, KeyRole, Own, Place, Preset, Proof};

pub(super) static PRESET: Preset = Preset {
    name: "Mailgun",
    proof: Proof::Own(Own::Mailgun),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Empty,
    handshakes: &[],
    event: &[Place::Body(&["event-data", "event"]), Place::Body(&["event"])],
    delivery_id: &[
        IdPlace { place: Place::Body(&["signature", "token"]), signed: true },
        IdPlace { place: Place::Body(&["token"]), signed: true },
    ],
    docs: "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
};
