//! The port to the gateways over the control channel.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use boathook_operator_core::apply::Observed;
use boathook_operator_core::compile::CompiledRoute;
use boathook_operator_core::desired::ChannelFiles;
use boathook_operator_core::object::ObjectKey;
use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::time::sleep;

use crate::channel::{Fleet, PodState, Table as ChannelTable};
use crate::error::OperatorError;
use crate::gateways::{Gateways, PodSays, Said, Table};
use crate::trust::Trust;
use crate::watches::Pod;

/// What is heard within this time is heard at once: every pod says something each second.
const PAUSE: Duration = Duration::from_millis(200);

/// Between two tries to make a certificate.
const AGAIN: Duration = Duration::from_mins(1);

/// All gateways, by the control channel.
#[derive(Debug)]
pub struct Connected {
    fleet: Fleet,
    trust: Trust,
    tables: Mutex<BTreeMap<ObjectKey, Table>>,
}

impl Connected {
    /// Reaches no gateway yet. `changed` is told whenever something is heard.
    pub fn start(trust: Trust, changed: Arc<Notify>) -> Result<Arc<Self>, OperatorError> {
        let (dialer, renewal) = trust.dialer()?;
        let connected = Arc::new(Self { fleet: Fleet::new(dialer), trust, tables: Mutex::default() });
        let mut heard = connected.fleet.changed();
        tokio::spawn(async move {
            while heard.changed().await.is_ok() {
                changed.notify_one();
                sleep(PAUSE).await;
            }
        });
        tokio::spawn(Arc::clone(&connected).renew(renewal));
        Ok(connected)
    }

    /// Shows another certificate before the last one ends.
    async fn renew(self: Arc<Self>, mut due: Timestamp) {
        loop {
            let wait = Timestamp::now().until(due).ok().and_then(|wait| Duration::try_from(wait).ok());
            sleep(wait.unwrap_or_default().max(AGAIN)).await;
            match self.trust.dialer() {
                Ok((dialer, renewal)) => {
                    self.fleet.renew(dialer);
                    due = renewal;
                }
                Err(error) => tracing::error!(error = error.chain(), "the operator's certificate cannot be made"),
            }
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<ObjectKey, Table>) -> T) -> T {
        act(&mut self.tables.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Gateways for Connected {
    fn publish(&self, tables: &BTreeMap<ObjectKey, Table>) {
        let before = self.with(|known| std::mem::replace(known, tables.clone()));
        before.keys().filter(|gateway| !tables.contains_key(*gateway)).for_each(|gone| self.fleet.forget(gone));
        for (gateway, table) in tables {
            let Table { routes, edge, alive, pods } = table.clone();
            self.fleet.publish(gateway, ChannelTable { routes, edge, alive });
            self.fleet.endpoints(gateway, &pods.iter().filter_map(address).collect());
        }
    }

    fn said(&self) -> Said {
        self.with(|tables| {
            let said = tables.iter().map(|(gateway, table)| {
                let state = self.fleet.state(gateway);
                let newest = state.published.as_ref();
                let pods = table.pods.iter().filter_map(|pod| Some((pod, state.pods.get(&address(pod)?)?)));
                let says = pods.map(|(pod, state)| {
                    let is_newest =
                        newest.zip(state.acknowledged.as_ref()).is_some_and(|(one, other)| Arc::ptr_eq(one, other));
                    (pod.name.clone(), says(state, &table.routes, is_newest))
                });
                (gateway.clone(), says.collect())
            });
            said.collect()
        })
    }

    fn files(&self, gateway: &ObjectKey, kept: Option<&Observed>) -> Option<ChannelFiles> {
        self.trust.files(gateway, kept)
    }
}

/// What a pod says, of the newest routes.
fn says(state: &PodState, routes: &[Arc<CompiledRoute>], is_newest: bool) -> PodSays {
    let rejected: BTreeSet<_> = state.rejected.iter().map(|rejection| &rejection.workflow).collect();
    let serves = routes.iter().filter(|route| {
        let acknowledged = state.acknowledged.as_ref().and_then(|table| table.route(&route.plan.workflow));
        acknowledged.is_some_and(|acknowledged| Arc::ptr_eq(acknowledged, route))
            && !rejected.contains(&route.plan.workflow)
    });
    let deliveries = state.report.values().map(|report| (report.workflow.uid.clone(), report.deliveries.clone()));
    PodSays {
        serves: serves.map(|route| route.plan.workflow.uid.clone()).collect(),
        sandbox: state.sandbox,
        is_whole: is_newest && state.rejected.is_empty() && state.edge.is_none(),
        deliveries: deliveries.collect(),
        instance: state.instance.map(|instance| instance.to_string()).unwrap_or_default(),
    }
}

fn address(pod: &Pod) -> Option<SocketAddr> {
    Some(SocketAddr::new(pod.address.parse::<IpAddr>().ok()?, pod.port))
}
