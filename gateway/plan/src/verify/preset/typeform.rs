//! Typeform: HMAC-SHA256 over the body, in base64.
//!
//! Source: <https://www.typeform.com/developers/webhooks/secure-your-webhooks/>

use super::{Ack, IdPlace, KeyRole, Place, Preset, Proof, Variant, shape};
use crate::plan::{HashAlgorithm, SignatureEncoding};

pub(super) static PRESET: Preset = Preset {
    name: "Typeform",
    proof: Proof::Signature(variants),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Accepted,
    handshakes: &[],
    event: &[Place::Body(&["event_type"])],
    delivery_id: &[IdPlace { place: Place::Body(&["event_id"]), signed: true }],
    docs: "https://www.typeform.com/developers/webhooks/secure-your-webhooks/",
};

fn variants() -> Vec<Variant> {
    vec![shape::over_body("typeform-signature", "sha256=", HashAlgorithm::SHA256, SignatureEncoding::Base64).into()]
}
