//! The port to the gateways: what each is to serve goes out, and what its pods say of themselves comes back.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use boathook_operator_core::apply::Observed;
use boathook_operator_core::compile::CompiledRoute;
use boathook_operator_core::desired::ChannelFiles;
use boathook_operator_core::object::ObjectKey;
use boathook_plan::channel::Deliveries;
use boathook_plan::edge::Edge;

use crate::watches::Pod;

/// What a gateway is to serve, and its pods.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Its pods, ready ones and others: a pod is ready once it has its routes.
    pub pods: Vec<Pod>,
    /// Its routes.
    pub routes: Vec<Arc<CompiledRoute>>,
    /// Its public port.
    pub edge: Edge,
    /// The UIDs of all workflows, also of those without a route.
    pub alive: BTreeSet<String>,
}

/// What a pod says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PodSays {
    /// The UIDs of workflows of which it serves the newest route, with the newest keys.
    pub serves: BTreeSet<String>,
    /// Whether it serves the newest table whole.
    pub is_whole: bool,
    /// Whether scripts can be confined where it runs, once it has said so.
    pub sandbox: Option<bool>,
    /// What became of requests, by the workflow's UID, as this process counts.
    pub deliveries: BTreeMap<String, Deliveries>,
    /// The process: another one counts from nothing.
    pub instance: String,
}

/// What all pods say, by gateway and the pod's name.
pub type Said = BTreeMap<ObjectKey, BTreeMap<String, PodSays>>;

/// The gateways of a cluster.
pub trait Gateways: fmt::Debug + Send + Sync {
    /// What each gateway is to serve from now on; those that are not named are let go.
    fn publish(&self, tables: &BTreeMap<ObjectKey, Table>);

    /// What the pods have said by now.
    fn said(&self) -> Said;

    /// The files of a gateway's end of the channel: those that are `kept` in its Secret while they are good.
    fn files(&self, gateway: &ObjectKey, kept: Option<&Observed>) -> Option<ChannelFiles>;
}
