//! All pods of all gateways: each is kept at the newest table of its gateway by a task of its own. A reconcile loop says
//! what there is, and looks at what has become of it; nothing here waits for a pod.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use boathook_operator_core::object::ObjectKey;
use boathook_plan::channel::TableRevision;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::client::{Connection, Dialer};
use super::pod::{Pod, PodState};
use super::published::{Published, Table};

/// Every gateway's pods. Dropping it lets go of all of them; they serve on.
#[derive(Debug)]
pub struct Fleet {
    dialer: watch::Sender<Dialer>,
    changed: Arc<watch::Sender<u64>>,
    gateways: Mutex<Gateways>,
}

/// What a reconcile loop looks at.
#[derive(Clone, Debug, Default)]
pub struct GatewayState {
    /// What every pod should serve.
    pub published: Option<Arc<Published>>,
    /// Its pods.
    pub pods: BTreeMap<SocketAddr, PodState>,
}

#[derive(Debug)]
struct Gateways {
    /// Of this process: tables of two are never taken for one another.
    epoch: Uuid,
    published: u64,
    by_key: HashMap<ObjectKey, Gateway>,
}

#[derive(Debug)]
struct Gateway {
    table: watch::Sender<Option<Arc<Published>>>,
    pods: BTreeMap<SocketAddr, Kept>,
}

/// A pod's task, and what it tells.
#[derive(Debug)]
struct Kept {
    task: JoinHandle<()>,
    state: watch::Receiver<PodState>,
    connection: watch::Receiver<Option<Connection>>,
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Default for Gateway {
    fn default() -> Self {
        Self { table: watch::Sender::new(None), pods: BTreeMap::new() }
    }
}

impl Fleet {
    /// No gateways yet.
    pub fn new(dialer: Dialer) -> Self {
        let gateways = Gateways { epoch: Uuid::new_v4(), published: 0, by_key: HashMap::new() };
        let changed = Arc::new(watch::Sender::new(0));
        Self { dialer: watch::Sender::new(dialer), changed, gateways: Mutex::new(gateways) }
    }

    /// Dials with another certificate from now on; every connection is made anew.
    pub fn renew(&self, dialer: Dialer) {
        self.dialer.send_replace(dialer);
    }

    /// What a gateway is to serve. One that is as before is not sent again. Packs what is new: of thousands of routes that
    /// takes some time.
    pub fn publish(&self, gateway: &ObjectKey, table: Table) {
        let before = self.with(gateway, |gateway| gateway.table.borrow().clone());
        let revision = self.next();
        let Some(next) = Published::after(before.as_deref(), table, revision) else { return };
        self.with(gateway, |gateway| gateway.table.send_replace(Some(Arc::new(next))));
        self.tell();
    }

    /// Which pods a gateway has, ready or not. Needs a runtime.
    pub fn endpoints(&self, gateway: &ObjectKey, addresses: &BTreeSet<SocketAddr>) {
        self.with(gateway, |known| {
            known.pods.retain(|address, _| addresses.contains(address));
            for address in addresses {
                if !known.pods.contains_key(address) {
                    known.pods.insert(*address, self.start(gateway, *address, known.table.subscribe()));
                }
            }
        });
        self.tell();
    }

    /// A gateway is gone.
    pub fn forget(&self, gateway: &ObjectKey) {
        self.lock().by_key.remove(gateway);
        self.tell();
    }

    /// Changes whenever something of a state may have.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// What has become of a gateway's pods.
    pub fn state(&self, gateway: &ObjectKey) -> GatewayState {
        let gateways = self.lock();
        let Some(known) = gateways.by_key.get(gateway) else { return GatewayState::default() };
        let pods = known.pods.iter().map(|(address, pod)| (*address, pod.state.borrow().clone()));
        GatewayState { published: known.table.borrow().clone(), pods: pods.collect() }
    }

    /// A connection to each pod of a gateway that there is one to, to ask it for executions.
    pub fn connections(&self, gateway: &ObjectKey) -> Vec<(SocketAddr, Connection)> {
        let gateways = self.lock();
        let pods = gateways.by_key.get(gateway).into_iter().flat_map(|known| &known.pods);
        pods.filter_map(|(address, pod)| Some((*address, pod.connection.borrow().clone()?))).collect()
    }

    fn start(&self, gateway: &ObjectKey, address: SocketAddr, table: watch::Receiver<Option<Arc<Published>>>) -> Kept {
        let (state, seen) = watch::channel(PodState::default());
        let (connection, connected) = watch::channel(None);
        let pod = Pod {
            gateway: gateway.clone(),
            address,
            dialer: self.dialer.subscribe(),
            table,
            state,
            connection,
            changed: Arc::clone(&self.changed),
        };
        Kept { task: tokio::spawn(pod.keep()), state: seen, connection: connected }
    }

    fn next(&self) -> TableRevision {
        let mut gateways = self.lock();
        gateways.published = gateways.published.wrapping_add(1);
        TableRevision(format!("{}-{}", gateways.epoch.simple(), gateways.published))
    }

    fn with<T>(&self, gateway: &ObjectKey, work: impl FnOnce(&mut Gateway) -> T) -> T {
        work(self.lock().by_key.entry(gateway.clone()).or_default())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Gateways> {
        self.gateways.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self) {
        self.changed.send_modify(|count| *count = count.wrapping_add(1));
    }
}
