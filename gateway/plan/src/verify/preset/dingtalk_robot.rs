//! DingTalk's robots: HMAC-SHA256 over time and secret. The body is not covered: within the hour any body passes.
//!
//! Source: <https://open.dingtalk.com/document/orgapp/receive-message>

use super::{Ack, IdPlace, KeyRole, Place, Preset, Proof, Variant, shape};
use crate::plan::{HashAlgorithm, HmacForm, SignatureEncoding, TimestampPlace, TimestampSource, TimestampUnit};

pub(super) static PRESET: Preset = Preset {
    name: "DingTalkRobot",
    proof: Proof::Signature(variants),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Empty,
    handshakes: &[],
    event: &[Place::Body(&["msgtype"])],
    delivery_id: &[IdPlace { place: Place::Body(&["msgId"]), signed: false }],
    docs: "https://open.dingtalk.com/document/orgapp/receive-message",
};

fn variants() -> Vec<Variant> {
    let form = shape::over_body("sign", "", HashAlgorithm::SHA256, SignatureEncoding::Base64);
    let place = TimestampPlace::Header("timestamp".to_owned());
    let timestamp = TimestampSource { place, unit: TimestampUnit::Milliseconds, tolerance_ms: 3_600_000 };
    vec![HmacForm { content: "{timestamp}\n{secret}".to_owned(), timestamp: Some(timestamp), ..form }.into()]
}
