//! Zoom: HMAC-SHA256 over version, time and body; the URL is proved by the HMAC of a token.
//!
//! Source: <https://developers.zoom.us/docs/api/webhooks/>

use super::{Ack, Handshake, HandshakeAnswer, Is, KeyRole, Place, Preset, Proof, ProvedBy, Variant, When, shape};
use http::Method;

pub(super) static PRESET: Preset = Preset {
    name: "Zoom",
    proof: Proof::Signature(variants),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Empty,
    handshakes: &HANDSHAKES,
    event: &[Place::Body(&["event"])],
    delivery_id: &[],
    docs: "https://developers.zoom.us/docs/api/webhooks/",
};

fn variants() -> Vec<Variant> {
    vec![shape::versioned("x-zm-signature", "x-zm-request-timestamp").into()]
}

/// Zoom asks for the HMAC of a text of its choosing under the signing key: the signature comes first, and the text is held
/// to the shape of Zoom's tokens, so that no signed message can be asked for.
static HANDSHAKES: [Handshake; 1] = [Handshake {
    method: Method::POST,
    when: &[When { place: Place::Body(&["event"]), is: Is::Text("endpoint.url_validation") }],
    proved_by: ProvedBy::Signature,
    answer: HandshakeAnswer::Hashed {
        text: Place::Body(&["payload", "plainToken"]),
        echo: "plainToken",
        hash: "encryptedToken",
    },
}];
