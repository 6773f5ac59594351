//! Keeps one pod at the newest table of its gateway, for as long as the pod is there: connects, compares what it serves with
//! what it should, sends what is missing, listens.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use boathook_operator_core::object::ObjectKey;
use boathook_plan::channel::{Acknowledgement, Refusal, Rejection, Report, TableRevision, WorkflowReport};
use boathook_plan::plan::WorkflowRef;
use tokio::sync::watch;
use tokio::time::sleep;
use uuid::Uuid;

use super::client::{ChannelError, Connection, Dialer};
use super::published::Published;

/// The first pause after a failure, which doubles with each that follows.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The longest one: a pod that comes back is served again within that.
const LAST_PAUSE: Duration = Duration::from_secs(10);

/// Reports that may have been on their way when a table was acknowledged, and tell of the one before.
const BELATED: usize = 4;

/// What is known of a pod.
#[derive(Clone, Debug, Default)]
pub struct PodState {
    /// Whether there is a connection.
    pub connected: bool,
    /// The table that it has acknowledged and still serves.
    pub acknowledged: Option<Arc<Published>>,
    /// The routes of it that it does not serve.
    pub rejected: Vec<Rejection>,
    /// Why its public port is not as it should be.
    pub edge: Option<String>,
    /// Why the last attempt failed.
    pub error: Option<String>,
    /// The process that reports.
    pub instance: Option<Uuid>,
    /// Whether scripts can be confined where it runs, once it has said so.
    pub sandbox: Option<bool>,
    /// What it reported last of each workflow.
    pub report: Arc<BTreeMap<WorkflowRef, WorkflowReport>>,
}

/// What a pod's task works with.
pub(super) struct Pod {
    pub(super) gateway: ObjectKey,
    pub(super) address: SocketAddr,
    pub(super) dialer: watch::Receiver<Dialer>,
    pub(super) table: watch::Receiver<Option<Arc<Published>>>,
    pub(super) state: watch::Sender<PodState>,
    pub(super) connection: watch::Sender<Option<Connection>>,
    pub(super) changed: Arc<watch::Sender<u64>>,
}

/// What a pod serves, as far as this connection knows.
#[derive(Default)]
struct Served {
    revision: Option<TableRevision>,
    /// Reports to come that may still tell of the table before.
    belated: usize,
}

impl Pod {
    /// Until it is aborted.
    pub(super) async fn keep(mut self) {
        let (mut pause, mut known) = (FIRST_PAUSE, None);
        loop {
            let ended = self.session(&mut pause, &mut known).await;
            self.connection.send_replace(None);
            let error = ended.err().map(|error| told(&error));
            if let Some(error) = &error {
                tracing::debug!(gateway = %self.gateway, address = %self.address, error, "a gateway's pod");
            }
            let is_again = error.is_none();
            self.tell(|state| {
                // What it has acknowledged it serves on.
                state.connected = false;
                state.error = error;
            });
            if !is_again {
                sleep(pause).await;
                pause = (pause * 2).min(LAST_PAUSE);
            }
        }
    }

    /// One connection, until it breaks, or the operator has another certificate.
    /// `known` is the table that the pod acknowledged last.
    async fn session(&mut self, pause: &mut Duration, known: &mut Option<Arc<Published>>) -> Result<(), ChannelError> {
        let dialer = self.dialer.borrow_and_update().clone();
        let mut connection = dialer.dial(&self.gateway, self.address).await?;
        let mut reports = connection.reports().await?;
        let mut served = Served::default();
        self.tell(|state| state.report = Arc::default());
        self.hear(reports.next().await?, &mut served, known.as_ref());
        self.connection.send_replace(Some(connection.clone()));
        self.tell(|state| (state.connected, state.error) = (true, None));
        loop {
            let wanted = self.table.borrow_and_update().clone();
            // What it serves by its own word alone is sent once more: nobody knows what it rejected of it.
            let base = known.as_deref().filter(|known| served.revision.as_ref() == Some(known.revision()));
            let is_done = |wanted: &Published| base.is_some_and(|base| base.revision() == wanted.revision());
            if let Some(wanted) = wanted.filter(|wanted| !is_done(wanted)) {
                let acknowledgement = push(&mut connection, &wanted, base).await?;
                served = Served { revision: Some(acknowledgement.revision.clone()), belated: BELATED };
                *known = Some(Arc::clone(&wanted));
                *pause = FIRST_PAUSE;
                self.acknowledge(acknowledgement, wanted);
            }
            tokio::select! {
                report = reports.next() => self.hear(report?, &mut served, known.as_ref()),
                changed = self.table.changed() => changed.map_err(|_| ChannelError::Over)?,
                changed = self.dialer.changed() => return changed.map_err(|_| ChannelError::Over),
            }
        }
    }

    fn hear(&self, report: Report, served: &mut Served, known: Option<&Arc<Published>>) {
        served.hear(report.revision);
        let in_force = known.filter(|known| served.revision.as_ref() == Some(known.revision())).cloned();
        self.tell(|state| {
            (state.instance, state.sandbox) = (Some(report.instance), report.sandbox);
            state.acknowledged = in_force;
            if report.workflows.is_empty() && report.gone.is_empty() {
                return;
            }
            let known = Arc::make_mut(&mut state.report);
            report.gone.iter().for_each(|workflow| drop(known.remove(workflow)));
            known.extend(report.workflows.into_iter().map(|of_one| (of_one.workflow.clone(), of_one)));
        });
    }

    fn acknowledge(&self, acknowledgement: Acknowledgement, table: Arc<Published>) {
        let Acknowledgement { rejected, edge, .. } = acknowledgement;
        self.tell(|state| {
            state.acknowledged = Some(table);
            (state.rejected, state.edge) = (rejected, edge);
        });
    }

    fn tell(&self, change: impl FnOnce(&mut PodState)) {
        self.state.send_modify(change);
        self.changed.send_modify(|count| *count = count.wrapping_add(1));
    }
}

impl Served {
    /// Another operator may have given it another table, or it may have lost its own.
    fn hear(&mut self, reported: Option<TableRevision>) {
        if reported == self.revision {
            self.belated = 0;
        } else if self.belated > 0 {
            self.belated -= 1;
        } else {
            self.revision = reported;
        }
    }
}

/// Sends what is missing, or all of it where the pod has another table than it said.
async fn push(
    connection: &mut Connection,
    wanted: &Arc<Published>,
    base: Option<&Published>,
) -> Result<Acknowledgement, ChannelError> {
    match connection.push(wanted.message(base)).await {
        Err(ChannelError::Refused(Refusal { reason, .. })) if base.is_some() && reason == Refusal::OTHER_BASE => {
            connection.push(wanted.message(None)).await
        }
        pushed => pushed,
    }
}

/// An error and what caused it, as one line.
fn told(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |line, cause| format!("{line}: {cause}"))
}
