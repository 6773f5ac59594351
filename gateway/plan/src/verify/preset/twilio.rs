//! Twilio: HMAC-SHA1 over the URL and the sorted parameters of a form, or over a URL that holds the hash of the body.
//!
//! Source: <https://www.twilio.com/docs/usage/security>

use super::{Ack, IdPlace, KeyRole, Own, Place, Preset, Proof};

pub(super) static PRESET: Preset = Preset {
    name: "Twilio",
    proof: Proof::Own(Own::Twilio),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Empty,
    handshakes: &[],
    event: &[Place::Body(&["MessageStatus"]), Place::Body(&["CallStatus"])],
    delivery_id: &[IdPlace { place: Place::Header("i-twilio-idempotency-token"), signed: false }],
    docs: "https://www.twilio.com/docs/usage/security",
};
