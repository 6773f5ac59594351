//! GitLab's signing token: Standard Webhooks, in GitLab's own words.
//!
//! Source: <https://docs.gitlab.com/user/project/integrations/webhooks/>

use super::standard_webhooks::{KEY, form};
use super::{Ack, IdPlace, Place, Preset, Proof, Variant};

pub(super) static PRESET: Preset = Preset {
    name: "GitLabSigned",
    proof: Proof::Signature(variants),
    keys: &[KEY],
    ack: Ack::Accepted,
    handshakes: &[],
    event: &[Place::Header("x-gitlab-event")],
    delivery_id: &[IdPlace { place: Place::Header("webhook-id"), signed: true }],
    docs: "https://docs.gitlab.com/user/project/integrations/webhooks/",
};

fn variants() -> Vec<Variant> {
    vec![form("webhook").into()]
}
