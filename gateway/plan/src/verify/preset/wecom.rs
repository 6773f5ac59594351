//! WeCom: SHA-1 over sorted strings, and an encrypted message that becomes the body.
//!
//! Source: <https://developer.work.weixin.qq.com/document/path/90968>

use http::Method;

use super::{Ack, Handshake, HandshakeAnswer, IdPlace, Is, KeyRole, Own, Place, Preset, Proof, ProvedBy, When};
use crate::plan::KeyUse;

pub(super) static PRESET: Preset = Preset {
    name: "WeCom",
    proof: Proof::Own(Own::WeCom),
    keys: &[KeyRole::PLAIN, KeyRole { use_: KeyUse::Decrypt, ..KeyRole::PLAIN }],
    ack: Ack::Empty,
    handshakes: &[Handshake {
        method: Method::GET,
        when: &[When { place: Place::Query("echostr"), is: Is::There }],
        proved_by: ProvedBy::Signature,
        answer: HandshakeAnswer::Message,
    }],
    event: &[Place::Body(&["Event"]), Place::Body(&["MsgType"]), Place::Body(&["msgtype"])],
    delivery_id: &[
        IdPlace { place: Place::Body(&["MsgId"]), signed: true },
        IdPlace { place: Place::Body(&["msgid"]), signed: true },
    ],
    docs: "https://developer.work.weixin.qq.com/document/path/90968",
};
