//! The durable executions that this process runs: which leases it holds, and how a run is told what became of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;
use uuid::Uuid;

use crate::store::Fence;

/// What a run is told from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Control {
    /// Go on.
    #[default]
    Nothing,
    /// It is not wanted any more, for this reason.
    Cancel(String),
    /// Somebody else has the lease: stop without any effect.
    Lost,
}

/// The runs under a lease of ours.
#[derive(Clone, Debug, Default)]
pub(crate) struct Running(Arc<Mutex<HashMap<Fence, watch::Sender<Control>>>>);

/// A run among them; dropping it takes it out.
#[derive(Debug)]
pub(crate) struct Held {
    running: Running,
    pub(crate) fence: Fence,
    pub(crate) control: watch::Receiver<Control>,
}

impl Running {
    /// Notes a run.
    pub(crate) fn hold(&self, fence: Fence) -> Held {
        let sender = watch::Sender::new(Control::Nothing);
        let control = sender.subscribe();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(fence, sender);
        Held { running: self.clone(), fence, control }
    }

    /// The leases that we hold.
    pub(super) fn fences(&self) -> Vec<Fence> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keys().copied().collect()
    }

    /// Tells the runs of an execution.
    pub(crate) fn tell(&self, id: Uuid, control: &Control) {
        self.tell_those(|fence| fence.id == id, control);
    }

    /// Tells a run that its lease is lost; another run of the same execution may be ours as well.
    pub(super) fn lose(&self, lost: Fence) {
        self.tell_those(|fence| fence == lost, &Control::Lost);
    }

    fn tell_those(&self, who: impl Fn(Fence) -> bool, control: &Control) {
        let runs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, run) in runs.iter().filter(|(fence, _)| who(**fence)) {
            run.send_if_modified(|known| {
                let news = *known != Control::Lost && known != control;
                if news {
                    known.clone_from(control);
                }
                news
            });
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.running.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.fence);
    }
}
