//! GitLab's secret token: a shared text in a header. It does not cover the body.
//!
//! Source: <https://docs.gitlab.com/user/project/integrations/webhooks/>; the idempotency key is the one header that is
//! equal on each retry of a delivery and on no other delivery.

use super::{Ack, IdPlace, KeyRole, Place, Preset, Proof, TokenIn};

pub(super) static PRESET: Preset = Preset {
    name: "GitLab",
    proof: Proof::Token(TokenIn::Header("x-gitlab-token")),
    keys: &[KeyRole::PLAIN],
    ack: Ack::Accepted,
    handshakes: &[],
    event: &[Place::Header("x-gitlab-event")],
    delivery_id: &[IdPlace { place: Place::Header("idempotency-key"), signed: false }],
    docs: "https://docs.gitlab.com/user/project/integrations/webhooks/",
};
