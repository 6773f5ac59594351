//! Shopify: HMAC-SHA256 over the body, in base64, with the app's client secret.
//!
//! Source: <https://shopify.dev/docs/apps/build/webhooks/verify-deliveries>

use super::{Ack, IdPlace, KeyRole, Place, Preset, Proof, Variant, shape};
use crate::plan::{HashAlgorithm, SignatureEncoding};

pub(super) static PRESET: Preset = Preset {
    name: "Shopify",
    proof: Proof::Signature(variants),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Empty,
    handshakes: &[],
    event: &[Place::Header("x-shopify-topic")],
    delivery_id: &[IdPlace { place: Place::Header("x-shopify-webhook-id"), signed: false }],
    docs: "https://shopify.dev/docs/apps/build/webhooks/verify-deliveries",
};

fn variants() -> Vec<Variant> {
    vec![shape::over_body("x-shopify-hmac-sha256", "", HashAlgorithm::SHA256, SignatureEncoding::Base64).into()]
}
