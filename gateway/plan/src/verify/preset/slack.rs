//! Slack: HMAC-SHA256 over version, time and body; the URL is proved by echoing a challenge.
//!
//! Source: <https://docs.slack.dev/authentication/verifying-requests-from-slack/>

use http::Method;

use super::{Ack, Handshake, HandshakeAnswer, IdPlace, KeyRole, Place, Preset, Proof};
use crate::plan::{
    HashAlgorithm, HmacForm, SignatureEncoding, SignatureFormat, TimestampPlace, TimestampSource, TimestampUnit,
};

pub(super) static PRESET: Preset = Preset {
    name: "Slack",
    proof: Proof::Hmac(forms),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Empty,
    handshake: Some(Handshake {
        method: Method::POST,
        place: Place::Body(&["type"]),
        value: "url_verification",
        answer: HandshakeAnswer::Echo(Place::Body(&["challenge"])),
    }),
    event: &[Place::Body(&["event", "type"]), Place::Body(&["type"])],
    delivery_id: &[IdPlace { place: Place::Body(&["event_id"]), signed: true }],
    docs: "https://docs.slack.dev/authentication/verifying-requests-from-slack/",
};

fn forms() -> Vec<HmacForm> {
    vec![HmacForm {
        header: "x-slack-signature".to_owned(),
        format: SignatureFormat::Raw { prefix: "v0=".to_owned() },
        algorithm: HashAlgorithm::SHA256,
        encoding: SignatureEncoding::Hex,
        content: "v0:{timestamp}:{body}".to_owned(),
        timestamp: Some(TimestampSource {
            place: TimestampPlace::Header("x-slack-request-timestamp".to_owned()),
            unit: TimestampUnit::Seconds,
            tolerance_ms: 300_000,
        }),
        id_header: None,
    }]
}
