//! WeChat's official accounts, plain mode: SHA-1 over sorted strings. The body is not covered.
//!
//! Source: <https://developers.weixin.qq.com/doc/offiaccount/en/Basic_Information/Access_Overview.html>

use http::Method;

use super::{Ack, Handshake, HandshakeAnswer, IdPlace, Is, KeyRole, Own, Place, Preset, Proof, ProvedBy, When};

pub(super) static PRESET: Preset = Preset {
    name: "WeChat",
    proof: Proof::Own(Own::WeChat),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Empty,
    handshakes: &[Handshake {
        method: Method::GET,
        when: &[When { place: Place::Query("echostr"), is: Is::There }],
        proved_by: ProvedBy::Signature,
        answer: HandshakeAnswer::Echo(Place::Query("echostr")),
    }],
    event: &[Place::Body(&["Event"]), Place::Body(&["MsgType"])],
    delivery_id: &[IdPlace { place: Place::Body(&["MsgId"]), signed: false }],
    docs: "https://developers.weixin.qq.com/doc/offiaccount/en/Basic_Information/Access_Overview.html",
};
