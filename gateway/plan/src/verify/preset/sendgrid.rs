//! SendGrid: ECDSA over P-256, of time and body, with the public key that SendGrid shows. It repeats a delivery for a day
//! under its first time, so the time is held to a window only where the workflow says so.
//!
//! Source: <https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features>

use super::{Ack, KeyRole, Preset, Proof, SignMethod, Variant, shape};
use crate::plan::{HashAlgorithm, HmacForm, KeyEncoding, SignatureEncoding};

pub(super) static PRESET: Preset = Preset {
    name: "SendGrid",
    proof: Proof::Signature(variants),
    keys: &[KeyRole { encoding: KeyEncoding::Base64, ..KeyRole::PLAIN }],
    ack: Ack::Accepted,
    handshakes: &[],
    event: &[],
    delivery_id: &[],
    docs: "https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features",
};

fn variants() -> Vec<Variant> {
    let header = "x-twilio-email-event-webhook-signature";
    let form = shape::over_body(header, "", HashAlgorithm::SHA256, SignatureEncoding::Base64);
    let timestamp = shape::any_time("x-twilio-email-event-webhook-timestamp");
    let form = HmacForm { content: "{timestamp}{body}".to_owned(), timestamp: Some(timestamp), ..form };
    vec![Variant { method: SignMethod::EcdsaP256, ..form.into() }]
}
