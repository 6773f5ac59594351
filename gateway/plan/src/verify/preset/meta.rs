//! Meta (Facebook, Instagram, WhatsApp): HMAC-SHA256 over the body; the URL is proved by a token and a challenge.
//!
//! Source: <https://developers.facebook.com/docs/graph-api/webhooks/getting-started>

use super::{Ack, Handshake, HandshakeAnswer, Is, KeyRole, Place, Preset, Proof, ProvedBy, Variant, When, shape};
use crate::plan::{HashAlgorithm, KeyUse, SignatureEncoding};
use http::Method;

pub(super) static PRESET: Preset = Preset {
    name: "Meta",
    proof: Proof::Signature(variants),
    keys: &[KeyRole::PLAIN, KeyRole { use_: KeyUse::Challenge, ..KeyRole::PLAIN }],
    ack: Ack::Empty,
    handshakes: &HANDSHAKES,
    event: &[Place::Body(&["object"])],
    delivery_id: &[],
    docs: "https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
};

fn variants() -> Vec<Variant> {
    vec![shape::over_body("x-hub-signature-256", "sha256=", HashAlgorithm::SHA256, SignatureEncoding::Hex).into()]
}

/// Proved by the token that the app's owner chose, never by a signature: this request has none.
static HANDSHAKES: [Handshake; 1] = [Handshake {
    method: Method::GET,
    when: &[
        When { place: Place::Query("hub.mode"), is: Is::Text("subscribe") },
        When { place: Place::Query("hub.challenge"), is: Is::There },
    ],
    proved_by: ProvedBy::Challenge(Place::Query("hub.verify_token")),
    answer: HandshakeAnswer::Echo(Place::Query("hub.challenge")),
}];
