//! WooCommerce: HMAC-SHA256 over the body, in base64.
//!
//! Source: <https://woocommerce.com/document/webhooks/>

use super::{Ack, IdPlace, KeyRole, Place, Preset, Proof, Variant, shape};
use crate::plan::{HashAlgorithm, SignatureEncoding};

pub(super) static PRESET: Preset = Preset {
    name: "WooCommerce",
    proof: Proof::Signature(variants),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Accepted,
    handshakes: &[],
    event: &[Place::Header("x-wc-webhook-topic")],
    delivery_id: &[IdPlace { place: Place::Header("x-wc-webhook-delivery-id"), signed: false }],
    docs: "https://woocommerce.com/document/webhooks/",
};

fn variants() -> Vec<Variant> {
    vec![shape::over_body("x-wc-webhook-signature", "", HashAlgorithm::SHA256, SignatureEncoding::Base64).into()]
}
