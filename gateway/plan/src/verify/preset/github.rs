//! GitHub: HMAC-SHA256 over the body.
//!
//! Source: <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>

use http::Method;

use super::{Ack, Handshake, HandshakeAnswer, IdPlace, KeyRole, Place, Preset, Proof};
use crate::plan::{HashAlgorithm, HmacForm, SignatureEncoding, SignatureFormat};

pub(super) static PRESET: Preset = Preset {
    name: "GitHub",
    proof: Proof::Hmac(forms),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Accepted,
    handshake: Some(Handshake {
        method: Method::POST,
        place: Place::Header("x-github-event"),
        value: "ping",
        answer: HandshakeAnswer::Json(r#"{"status":"pong"}"#),
    }),
    event: &[Place::Header("x-github-event")],
    delivery_id: &[IdPlace { place: Place::Header("x-github-delivery"), signed: false }],
    docs: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
};

fn forms() -> Vec<HmacForm> {
    vec![HmacForm {
        header: "x-hub-signature-256".to_owned(),
        format: SignatureFormat::Raw { prefix: "sha256=".to_owned() },
        algorithm: HashAlgorithm::SHA256,
        encoding: SignatureEncoding::Hex,
        content: "{body}".to_owned(),
        timestamp: None,
        id_header: None,
    }]
}
