//! The objects that a gateway consists of, as the API server is to be told: every field that is given here is the
//! operator's, every other one is not.
//!
//! A pure function of the accepted gateway and of this installation. The names derive from the gateway's own. All but
//! the volume go with the gateway: what was accepted for delivery outlives it.

mod access;
mod deployment;
mod labels;
mod names;
mod object;
mod pod;
mod service;
mod volume;

use std::collections::BTreeMap;

use boathook_plan::secret::Secret;

use crate::object::ObjectKey;
use crate::validate::ValidGateway;

pub use labels::{GATEWAY_LABEL, MANAGED_BY, OPERATOR, PART_OF, SELECTOR, belongs_to, selector};
pub use names::{CHANNEL_PORT, Names};
pub use object::{Kind, Owner, Wanted};

pub(crate) use names::service_url;

/// Who writes, as `metadata.managedFields` names it.
pub const FIELD_MANAGER: &str = "boathook-operator";

/// What an installation decides for every gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The image of the gateway.
    pub image: String,
    /// `imagePullPolicy`; `None` is Kubernetes' own choice.
    pub image_pull_policy: Option<String>,
    /// Where the operator runs: its pods alone reach the channel.
    pub operator_namespace: String,
}

/// The files of a gateway's end of the control channel, by name.
pub type ChannelFiles = BTreeMap<String, Secret>;

/// The objects of a gateway, in the order in which they are made: a pod finds what it needs. Without `files` there is no
/// Secret, and pods wait for it.
pub fn objects(gateway: &ValidGateway, settings: &Settings, files: Option<&ChannelFiles>) -> Vec<Wanted> {
    let part = Part { gateway, settings, names: Names::of(&gateway.key.name) };
    let mut objects = vec![access::service_account(&part)];
    objects.extend(files.map(|files| access::channel_secret(&part, files)));
    objects.extend([
        volume::claim(&part),
        service::public(&part),
        service::channel(&part),
        access::network_policy(&part),
        deployment::disruption_budget(&part),
        deployment::deployment(&part),
    ]);
    objects
}

/// The gateways whose objects are known, and what each is to have.
pub type WantedObjects = BTreeMap<(Kind, ObjectKey), Wanted>;

/// What every object of a gateway is made from.
#[derive(Clone, Debug)]
struct Part<'a> {
    gateway: &'a ValidGateway,
    settings: &'a Settings,
    names: Names,
}
