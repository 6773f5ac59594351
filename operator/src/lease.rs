//! Leader election by a Lease, as client-go does it: 15 seconds of lease, 10 to renew it, 2 between two tries.
//!
//! Times of others are never compared with this clock: a lease is over when it has not changed for its length, as this
//! process sees it. Whoever leads asks [`Leadership::holds`] before each write; what the machine slept through counts.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta};
use kube::api::PostParams;
use kube::{Api, Client};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use crate::error::OperatorError;

/// The object.
const NAME: &str = "boathook-operator";

const LEASE: Duration = Duration::from_secs(15);
const RENEW: Duration = Duration::from_secs(10);
const RETRY: Duration = Duration::from_secs(2);

/// [`LEASE`] as the API writes it.
const LEASE_SECONDS: i32 = 15;

/// Whether this replica leads. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Leadership {
    until: Arc<Mutex<Option<Instant>>>,
}

impl Leadership {
    /// Whether this replica leads now.
    pub fn holds(&self) -> bool {
        self.with(|until| until.is_some_and(|until| Instant::now() < until))
    }

    fn extend(&self, from: Instant) {
        self.with(|until| *until = Some(from + RENEW));
    }

    /// It leads no more.
    pub fn end(&self) {
        self.with(|until| *until = None);
    }

    fn with<R>(&self, act: impl FnOnce(&mut Option<Instant>) -> R) -> R {
        act(&mut self.until.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A candidate.
pub struct Candidate {
    api: Api<Lease>,
    identity: String,
    leadership: Leadership,
    changed: Arc<Notify>,
    /// The lease as it was seen last, and since when.
    seen: Option<(LeaseSpec, Instant)>,
}

impl Candidate {
    /// A candidate of this name. `changed` is told when it begins to lead.
    pub fn new(client: Client, (namespace, identity): (&str, String), changed: Arc<Notify>) -> Self {
        let api = Api::namespaced(client, namespace);
        Self { api, identity, leadership: Leadership::default(), changed, seen: None }
    }

    /// Whether it leads.
    pub fn leadership(&self) -> Leadership {
        self.leadership.clone()
    }

    /// Stands for election for ever; ends when a leadership is lost.
    pub async fn run(&mut self) -> OperatorError {
        let mut was_leading = false;
        loop {
            let begun = Instant::now();
            match timeout(RENEW, self.attempt()).await {
                Ok(Ok(true)) => {
                    self.leadership.extend(begun);
                    if !was_leading {
                        tracing::info!(identity = self.identity, "this replica leads");
                        was_leading = true;
                        self.changed.notify_one();
                    }
                }
                Ok(Ok(false)) if was_leading => return self.lost(),
                Ok(Ok(false)) => {}
                Ok(Err(error)) => tracing::warn!(%error, "the lease cannot be asked for"),
                Err(_) => tracing::warn!("the API server does not answer about the lease"),
            }
            if was_leading && !self.leadership.holds() {
                return self.lost();
            }
            sleep(RETRY).await;
        }
    }

    fn lost(&self) -> OperatorError {
        self.leadership.end();
        OperatorError::LeaseLost
    }

    /// One try to have or keep the lease.
    async fn attempt(&mut self) -> Result<bool, kube::Error> {
        let Some(lease) = self.api.get_opt(NAME).await? else {
            let metadata = ObjectMeta { name: Some(NAME.to_owned()), ..ObjectMeta::default() };
            let lease = Lease { metadata, spec: Some(self.held(0, None)) };
            return written(self.api.create(&PostParams::default(), &lease).await);
        };
        let spec = lease.spec.clone().unwrap_or_default();
        if !self.may_have(&spec) {
            return Ok(false);
        }
        let is_own = spec.holder_identity.as_deref() == Some(&self.identity);
        let transitions = spec.lease_transitions.unwrap_or_default() + i32::from(!is_own);
        let since = spec.acquire_time.filter(|_| is_own);
        // Replaced in the version that was read: of two who try, one is refused.
        let lease = Lease { spec: Some(self.held(transitions, since)), ..lease };
        written(self.api.replace(NAME, &PostParams::default(), &lease).await)
    }

    /// Whether the lease is this replica's, nobody's, or over.
    fn may_have(&mut self, spec: &LeaseSpec) -> bool {
        let holder = spec.holder_identity.as_deref().unwrap_or_default();
        if holder == self.identity || holder.is_empty() {
            return true;
        }
        match &self.seen {
            Some((seen, since)) if seen == spec => {
                let seconds = spec.lease_duration_seconds.and_then(|seconds| u64::try_from(seconds).ok());
                since.elapsed() >= seconds.map_or(LEASE, Duration::from_secs)
            }
            Some(_) | None => {
                self.seen = Some((spec.clone(), Instant::now()));
                false
            }
        }
    }

    fn held(&self, transitions: i32, since: Option<MicroTime>) -> LeaseSpec {
        let now = MicroTime(Timestamp::now());
        LeaseSpec {
            holder_identity: Some(self.identity.clone()),
            lease_duration_seconds: Some(LEASE_SECONDS),
            acquire_time: since.or_else(|| Some(now.clone())),
            renew_time: Some(now),
            lease_transitions: Some(transitions),
            ..LeaseSpec::default()
        }
    }

    /// Gives the lease back, so that nobody waits for its end.
    pub async fn release(&self) {
        self.leadership.end();
        let given = timeout(RETRY, async {
            let Some(mut lease) = self.api.get_opt(NAME).await? else { return Ok(()) };
            let spec = lease.spec.get_or_insert_default();
            if spec.holder_identity.as_deref() == Some(&self.identity) {
                spec.holder_identity = Some(String::new());
                spec.lease_duration_seconds = Some(1);
                self.api.replace(NAME, &PostParams::default(), &lease).await?;
            }
            Ok::<_, kube::Error>(())
        });
        if !matches!(given.await, Ok(Ok(()))) {
            tracing::warn!("the lease cannot be given back: it ends by itself");
        }
    }
}

/// Whether a write of the lease was the first one.
fn written(result: Result<Lease, kube::Error>) -> Result<bool, kube::Error> {
    match result {
        Ok(_) => Ok(true),
        Err(kube::Error::Api(status)) if status.code == 409 => Ok(false),
        Err(error) => Err(error),
    }
}
