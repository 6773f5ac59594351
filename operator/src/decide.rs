//! From what is compiled to what is wanted, published and said: pure, and all of a pass that is not IO.

mod status;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use boathook_operator_core::apply::Id;
use boathook_operator_core::compile::Compiled;
use boathook_operator_core::desired::{self, ChannelFiles, Names, Settings, Wanted};
use boathook_operator_core::object::ObjectKey;

use crate::gateways::Table;
use crate::watches::{Pod, View};
pub use status::{Known, Say, Spoken, Statements, Subject, say};

/// The objects of every gateway that is accepted and still there.
pub fn wanted(
    compiled: &Compiled,
    settings: &Settings,
    files: impl Fn(&ObjectKey) -> Option<ChannelFiles>,
) -> BTreeMap<Id, Wanted> {
    let gateways = compiled.accepted.gateways.iter();
    let objects = gateways.flat_map(|(key, gateway)| desired::objects(gateway, settings, files(key).as_ref()));
    objects.map(|object| ((object.kind, object.key.clone()), object)).collect()
}

/// What every gateway is to serve.
pub fn tables(compiled: &Compiled, view: &View) -> BTreeMap<ObjectKey, Table> {
    let alive: BTreeSet<_> = view.workflows.values().map(|workflow| workflow.uid.clone()).collect();
    let tables = compiled.accepted.gateways.keys().map(|key| {
        let routes = compiled.routes.iter().filter(|route| route.gateway == *key).map(Arc::clone);
        let table = Table {
            pods: pods(key, view),
            routes: routes.collect(),
            edge: compiled.edges.get(key).cloned().unwrap_or_default(),
            alive: alive.clone(),
        };
        (key.clone(), table)
    });
    tables.collect()
}

/// The pods of a gateway, by the slices of its channel's Service. One pod may be in two of them for a moment.
fn pods(gateway: &ObjectKey, view: &View) -> Vec<Pod> {
    let service = Names::of(&gateway.name).channel;
    let slices = view.pods.iter().filter(|(key, pods)| key.namespace == gateway.namespace && pods.service == service);
    let pods: BTreeMap<_, _> =
        slices.flat_map(|(_, pods)| &pods.pods).map(|pod| (pod.name.clone(), pod.clone())).collect();
    pods.into_values().collect()
}
