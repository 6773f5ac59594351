//! Slack: HMAC-SHA256 over version, time and body; the URL is proved by echoing a challenge.
//!
//! Source: <https://docs.slack.dev/authentication/verifying-requests-from-slack/>

use http::Method;

use super::{
    Ack, Handshake, HandshakeAnswer, IdPlace, Is, KeyRole, Place, Preset, Proof, ProvedBy, Variant, When, shape,
};

pub(super) static PRESET: Preset = Preset {
    name: "Slack",
    proof: Proof::Signature(variants),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Empty,
    handshakes: &[Handshake {
        method: Method::POST,
        when: &[When { place: Place::Body(&["type"]), is: Is::Text("url_verification") }],
        proved_by: ProvedBy::Signature,
        answer: HandshakeAnswer::Echo(Place::Body(&["challenge"])),
    }],
    event: &[Place::Body(&["event", "type"]), Place::Body(&["type"])],
    delivery_id: &[IdPlace { place: Place::Body(&["event_id"]), signed: true }],
    docs: "https://docs.slack.dev/authentication/verifying-requests-from-slack/",
};

fn variants() -> Vec<Variant> {
    vec![shape::versioned("x-slack-signature", "x-slack-request-timestamp").into()]
}
