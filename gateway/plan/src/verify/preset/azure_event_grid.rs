//! Azure Event Grid: a shared text in the query parameter `code`. It does not cover the body.
//!
//! Source: <https://learn.microsoft.com/en-us/azure/event-grid/end-point-validation-event-grid-events-schema>

use http::Method;

use super::{Ack, Handshake, HandshakeAnswer, Is, KeyRole, Place, Preset, Proof, ProvedBy, TokenIn, When};

pub(super) static PRESET: Preset = Preset {
    name: "AzureEventGrid",
    proof: Proof::Token(TokenIn::Query("code")),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Accepted,
    handshakes: &HANDSHAKES,
    event: &[],
    delivery_id: &[],
    docs: "https://learn.microsoft.com/en-us/azure/event-grid/end-point-validation-event-grid-events-schema",
};

/// Proved by the secret like any other request: else anybody could make Event Grid send here. `validationUrl` is never
/// called.
static HANDSHAKES: [Handshake; 2] = [
    Handshake {
        method: Method::POST,
        when: &[When {
            place: Place::Body(&["0", "eventType"]),
            is: Is::Text("Microsoft.EventGrid.SubscriptionValidationEvent"),
        }],
        proved_by: ProvedBy::Signature,
        answer: HandshakeAnswer::EchoIn {
            member: "validationResponse",
            text: Place::Body(&["0", "data", "validationCode"]),
        },
    },
    // With the schema of CloudEvents: the origin is proved beside the secret.
    Handshake {
        method: Method::OPTIONS,
        when: &[When { place: Place::Header("webhook-request-origin"), is: Is::There }],
        proved_by: ProvedBy::SignatureAndOrigin("webhook-request-origin"),
        answer: HandshakeAnswer::AllowedOrigin,
    },
];
