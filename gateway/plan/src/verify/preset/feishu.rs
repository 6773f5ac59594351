//! Feishu and Lark: SHA-256 that holds the encrypt key, and a message under the same key, which becomes the body.
//!
//! Source: <https://open.feishu.cn/document/server-docs/event-subscription-guide/overview>

use http::Method;

use super::{Ack, Handshake, HandshakeAnswer, IdPlace, Is, KeyRole, Own, Place, Preset, Proof, ProvedBy, When};
use crate::plan::KeyUse;

pub(super) static PRESET: Preset = Preset {
    name: "Feishu",
    proof: Proof::Own(Own::Feishu),
    keys: &[KeyRole::PLAIN, KeyRole { use_: KeyUse::Challenge, ..KeyRole::PLAIN }],
    ack: Ack::Empty,
    handshakes: &[Handshake {
        method: Method::POST,
        when: &[When { place: Place::Body(&["type"]), is: Is::Text("url_verification") }],
        proved_by: ProvedBy::Challenge(Place::Body(&["token"])),
        answer: HandshakeAnswer::EchoIn { member: "challenge", text: Place::Body(&["challenge"]) },
    }],
    event: &[Place::Body(&["header", "event_type"]), Place::Body(&["event", "type"])],
    delivery_id: &[
        IdPlace { place: Place::Body(&["header", "event_id"]), signed: true },
        IdPlace { place: Place::Body(&["uuid"]), signed: true },
    ],
    docs: "https://open.feishu.cn/document/server-docs/event-subscription-guide/overview",
};
