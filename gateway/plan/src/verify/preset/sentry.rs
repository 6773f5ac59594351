//! Sentry: HMAC-SHA256 over the body; the time beside it is not signed, and says nothing.
//!
//! Source: <https://docs.sentry.io/organization/integrations/integration-platform/webhooks/>

use super::{Ack, IdPlace, KeyRole, Place, Preset, Proof, Variant, shape};
use crate::plan::{HashAlgorithm, SignatureEncoding};

pub(super) static PRESET: Preset = Preset {
    name: "Sentry",
    proof: Proof::Signature(variants),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Accepted,
    handshakes: &[],
    event: &[Place::Header("sentry-hook-resource")],
    delivery_id: &[IdPlace { place: Place::Header("request-id"), signed: false }],
    docs: "https://docs.sentry.io/organization/integrations/integration-platform/webhooks/",
};

fn variants() -> Vec<Variant> {
    vec![shape::over_body("sentry-hook-signature", "", HashAlgorithm::SHA256, SignatureEncoding::Hex).into()]
}
