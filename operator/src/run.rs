//! The operator's life: start, passes whenever something changed, a clean end at a signal.

use std::sync::Arc;
use std::time::Duration;

use boathook_operator_core::world::Platform;
use boathook_sandbox::{Sandbox, Settings as SandboxSettings};
use kube::{Client, Config};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::args::Args;
use crate::cluster::Cluster;
use crate::definitions;
use crate::error::OperatorError;
use crate::events::Events;
use crate::fleet::Connected;
use crate::health;
use crate::lease::Candidate;
use crate::logging;
use crate::metrics::Metrics;
use crate::operator::{Operator, Tools};
use crate::scripts::Scripts;
use crate::statuses::Statuses;
use crate::trust::Trust;
use crate::watches::Watches;

/// What changes within this time is one change.
const DEBOUNCE: Duration = Duration::from_millis(50);

/// How long a pass may go on after a signal.
const LAST_PASS: Duration = Duration::from_secs(10);

/// How often the start is tried again while the API server is not there, or lacks the definitions.
const RETRY: Duration = Duration::from_secs(2);

/// Runs until a signal; an error when it cannot go on.
pub async fn run(args: Args) -> Result<(), OperatorError> {
    logging::start(args.log_format)?;
    let mut signals = Signals::listen()?;
    let client = client().await?;
    if !args.keep_definitions {
        tokio::select! {
            () = signals.stop() => return Ok(()),
            () = install(client.clone()) => {}
        }
    }
    let mut tasks = JoinSet::new();
    let changed = Arc::new(Notify::new());
    let watches = Watches::start(client.clone(), &args.watch_namespaces, Arc::clone(&changed), &mut tasks);
    let watches = Arc::new(watches);
    let metrics = Metrics::new()?;
    let address = health::serve(args.admin, Arc::clone(&watches), metrics.clone()).await?;
    tracing::info!(%address, "serves health and metrics");
    let whom = (&*args.namespace, args.identity.clone());
    let candidate = Candidate::new(client.clone(), whom, Arc::clone(&changed));
    let trust = Trust::establish(client.clone(), &args.namespace).await?;
    let gateways = Connected::start(trust, Arc::clone(&changed))?;
    let tools = Tools {
        watches,
        scripts: Scripts::new(Sandbox::new(SandboxSettings::default()), Arc::clone(&changed)),
        cluster: Cluster::new(client.clone()),
        gateways,
        leadership: candidate.leadership(),
    };
    let operator = operator(&args, client, tools, metrics.clone())?;
    live(&mut signals, candidate, (operator, changed, metrics)).await
}

/// Passes and elections, until a signal or the loss of the lease.
async fn live(
    signals: &mut Signals,
    mut candidate: Candidate,
    (operator, changed, metrics): (Operator, Arc<Notify>, Metrics),
) -> Result<(), OperatorError> {
    let (stop, stopped) = watch::channel(false);
    let passes = tokio::spawn(passes(operator, (changed, stopped), metrics));
    let ended = tokio::select! {
        () = signals.stop() => Ok(()),
        lost = candidate.run() => Err(lost),
    };
    // What is being written is written under the lease; nothing more is, and then somebody else may have it.
    candidate.leadership().end();
    stop.send_replace(true);
    if timeout(LAST_PASS, passes).await.is_err() {
        tracing::warn!("a pass does not end");
    }
    candidate.release().await;
    ended
}

async fn client() -> Result<Client, OperatorError> {
    let config = Config::infer().await.map_err(OperatorError::Inferred)?;
    Client::try_from(config).map_err(|error| OperatorError::Config(Box::new(error)))
}

/// Tries until the definitions are there: what comes next needs them, and a restart would not bring them.
async fn install(client: Client) {
    while let Err(error) = definitions::install(client.clone()).await {
        tracing::warn!(error = error.chain(), "the definitions cannot be installed yet");
        sleep(RETRY).await;
    }
}

fn operator(args: &Args, client: Client, tools: Tools, metrics: Metrics) -> Result<Operator, OperatorError> {
    let platform = Platform { default_gateway: args.default_gateway()?, base_url: None, loopback_egress: false };
    let events = Events::start(client.clone(), args.identity.clone());
    Ok(Operator::new(tools, (args.settings(), platform), Statuses::new(client, events), metrics))
}

/// A pass for each change, once everything has been seen, until it is told to stop.
async fn passes(
    mut operator: Operator,
    (changed, mut stopped): (Arc<Notify>, watch::Receiver<bool>),
    metrics: Metrics,
) {
    let mut due = Duration::ZERO;
    while !*stopped.borrow_and_update() {
        // A change that comes while a pass runs is heard afterwards.
        tokio::select! {
            _ = stopped.changed() => continue,
            _ = timeout(due, changed.notified()) => {}
        }
        sleep(DEBOUNCE).await;
        metrics.asked();
        metrics.leads(operator.leads());
        due = if operator.sees_everything() { operator.pass().await } else { RETRY };
    }
}

/// Ctrl-C, and SIGTERM as Kubernetes sends it.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn listen() -> Result<Self, OperatorError> {
        let hear = |kind| signal(kind).map_err(OperatorError::Signals);
        Ok(Self { interrupt: hear(SignalKind::interrupt())?, terminate: hear(SignalKind::terminate())? })
    }

    async fn stop(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
