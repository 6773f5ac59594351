//! Shopify: HMAC-SHA256 over the body, in base64, with the app's client secret.
//!
//! Source: <https://shopify.dev/docs/apps/build/webhooks/verify-deliveries>

use super::{Ack, IdPlace, KeyRole, Place, Preset, Proof};
use crate::plan::{HashAlgorithm, HmacForm, SignatureEncoding, SignatureFormat};

pub(super) static PRESET: Preset = Preset {
    name: "Shopify",
    proof: Proof::Hmac(forms),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Empty,
    handshake: None,
    event: &[Place::Header("x-shopify-topic")],
    delivery_id: &[IdPlace { place: Place::Header("x-shopify-webhook-id"), signed: false }],
    docs: "https://shopify.dev/docs/apps/build/webhooks/verify-deliveries",
};

fn forms() -> Vec<HmacForm> {
    vec![HmacForm {
        header: "x-shopify-hmac-sha256".to_owned(),
        format: SignatureFormat::Raw { prefix: String::new() },
        algorithm: HashAlgorithm::SHA256,
        encoding: SignatureEncoding::Base64,
        content: "{body}".to_owned(),
        timestamp: None,
        id_header: None,
    }]
}
