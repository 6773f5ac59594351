//! Microsoft Graph: a shared text in each item of the body. It covers nothing else.
//!
//! Source: <https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks>

use http::Method;

use super::{Ack, Handshake, HandshakeAnswer, Is, KeyRole, Own, Place, Preset, Proof, ProvedBy, When};

pub(super) static PRESET: Preset = Preset {
    name: "MicrosoftGraph",
    proof: Proof::Own(Own::MicrosoftGraph),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Accepted,
    handshakes: &HANDSHAKES,
    event: &[],
    delivery_id: &[],
    docs: "https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks",
};

/// Microsoft asks whether the URL is alive before it sends anything that could prove it; the answer is the text it sent.
static HANDSHAKES: [Handshake; 1] = [Handshake {
    method: Method::POST,
    when: &[When { place: Place::Query("validationToken"), is: Is::There }],
    proved_by: ProvedBy::Nobody,
    answer: HandshakeAnswer::Echo(Place::Query("validationToken")),
}];
