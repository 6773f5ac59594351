//! GitHub: HMAC-SHA256 over the body.
//!
//! Source: <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>

use http::Method;

use super::{
    Ack, Handshake, HandshakeAnswer, IdPlace, Is, KeyRole, Place, Preset, Proof, ProvedBy, Variant, When, shape,
};
use crate::plan::{HashAlgorithm, SignatureEncoding};

pub(super) static PRESET: Preset = Preset {
    name: "GitHub",
    proof: Proof::Signature(variants),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Accepted,
    handshakes: &HANDSHAKES,
    event: &[Place::Header("x-github-event")],
    delivery_id: &[IdPlace { place: Place::Header("x-github-delivery"), signed: false }],
    docs: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
};

pub(super) static HANDSHAKES: [Handshake; 1] = [Handshake {
    method: Method::POST,
    when: &[When { place: Place::Header("x-github-event"), is: Is::Text("ping") }],
    proved_by: ProvedBy::Signature,
    answer: HandshakeAnswer::Json(r#"{"status":"pong"}"#),
}];

fn variants() -> Vec<Variant> {
    vec![shape::over_body("x-hub-signature-256", "sha256=", HashAlgorithm::SHA256, SignatureEncoding::Hex).into()]
}
