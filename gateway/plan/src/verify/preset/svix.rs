//! Svix: Standard Webhooks under its own header names; its libraries also read the unbranded ones.
//!
//! Source: <https://docs.svix.com/receiving/verifying-payloads/how-manual>

use super::standard_webhooks::{KEY, form};
use super::{Ack, IdPlace, Place, Preset, Proof};

pub(super) static PRESET: Preset = Preset {
    name: "Svix",
    proof: Proof::Signature(|| vec![form("svix").into(), form("webhook").into()]),
    keys: &[KEY],
    ack: Ack::Accepted,
    handshakes: &[],
    event: &[Place::Body(&["type"])],
    delivery_id: &[
        IdPlace { place: Place::Header("svix-id"), signed: true },
        IdPlace { place: Place::Header("webhook-id"), signed: true },
    ],
    docs: "https://docs.svix.com/receiving/verifying-payloads/how-manual",
};
