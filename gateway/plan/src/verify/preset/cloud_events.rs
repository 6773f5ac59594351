//! CloudEvents over HTTP: a bearer token, and a handshake by the sender's DNS name. The token does not cover the body.
//!
//! Source: <https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md>

use http::Method;

use super::{Ack, Handshake, HandshakeAnswer, Is, KeyRole, Place, Preset, Proof, ProvedBy, TokenIn, When};

pub(super) static PRESET: Preset = Preset {
    name: "CloudEvents",
    proof: Proof::Token(TokenIn::Bearer),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Accepted,
    handshakes: &HANDSHAKES,
    event: &[],
    delivery_id: &[],
    docs: "https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md",
};

/// A sender asks by its DNS name whether it may send (CloudEvents HTTP WebHook 1.0.1, 4.1). Nothing that it names is called.
static HANDSHAKES: [Handshake; 1] = [Handshake {
    method: Method::OPTIONS,
    when: &[When { place: Place::Header("webhook-request-origin"), is: Is::There }],
    proved_by: ProvedBy::Origin("webhook-request-origin"),
    answer: HandshakeAnswer::AllowedOrigin,
}];
