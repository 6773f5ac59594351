//! Square: HMAC-SHA256, in base64, over the notification URL as it was entered there, and the body.
//!
//! Source: <https://developer.squareup.com/docs/webhooks/step3validate>

use super::{Ack, IdPlace, KeyRole, Place, Preset, Proof, Variant, shape};
use crate::plan::{HashAlgorithm, HmacForm, SignatureEncoding};

pub(super) static PRESET: Preset = Preset {
    name: "Square",
    proof: Proof::Signature(variants),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Accepted,
    handshakes: &[],
    event: &[Place::Body(&["type"])],
    delivery_id: &[IdPlace { place: Place::Body(&["event_id"]), signed: true }],
    docs: "https://developer.squareup.com/docs/webhooks/step3validate",
};

fn variants() -> Vec<Variant> {
    let form = shape::over_body("x-square-hmacsha256-signature", "", HashAlgorithm::SHA256, SignatureEncoding::Base64);
    vec![HmacForm { content: "{url}{body}".to_owned(), ..form }.into()]
}
