//! Discord: Ed25519 over time and body, with the application's public key. Discord sends bad signatures of its own, to see them
//! refused.
//!
//! Source: <https://docs.discord.com/developers/interactions/receiving-and-responding>

use super::{
    Ack, Handshake, HandshakeAnswer, IdPlace, Is, KeyRole, Place, Preset, Proof, ProvedBy, SignMethod, Variant, When,
    shape,
};
use crate::plan::{HashAlgorithm, HmacForm, KeyEncoding, SignatureEncoding};
use http::Method;

pub(super) static PRESET: Preset = Preset {
    name: "Discord",
    proof: Proof::Signature(variants),
    keys: &[KeyRole { encoding: KeyEncoding::Hex, ..KeyRole::PLAIN }],
    ack: Ack::NoContent,
    handshakes: &HANDSHAKES,
    event: &[Place::Body(&["event", "type"]), Place::Body(&["type"])],
    delivery_id: &[IdPlace { place: Place::Body(&["id"]), signed: true }],
    docs: "https://docs.discord.com/developers/interactions/receiving-and-responding",
};

fn variants() -> Vec<Variant> {
    let form = shape::over_body("x-signature-ed25519", "", HashAlgorithm::SHA256, SignatureEncoding::Hex);
    let timestamp = shape::any_time("x-signature-timestamp");
    let form = HmacForm { content: "{timestamp}{body}".to_owned(), timestamp: Some(timestamp), ..form };
    vec![Variant { method: SignMethod::Ed25519, ..form.into() }]
}

static HANDSHAKES: [Handshake; 2] = [
    // Interactions: a ping has the type 1, as an event of webhook events has, which says so.
    Handshake {
        method: Method::POST,
        when: &[
            When { place: Place::Body(&["type"]), is: Is::Text("1") },
            When { place: Place::Body(&["event", "type"]), is: Is::Absent },
        ],
        proved_by: ProvedBy::Signature,
        answer: HandshakeAnswer::Json(r#"{"type":1}"#),
    },
    Handshake {
        method: Method::POST,
        when: &[When { place: Place::Body(&["type"]), is: Is::Text("0") }],
        proved_by: ProvedBy::Signature,
        answer: HandshakeAnswer::NoContent,
    },
];
