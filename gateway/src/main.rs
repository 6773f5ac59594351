//! `boathook-gateway`: a gateway of a cluster, which an operator gives its routes over the control channel.
//!
//! Holds no Kubernetes client and no credentials of one. Ends with 3 where it cannot start or go on: whoever watches it
//! starts it again, and the store recovers from its disk.
#![forbid(unsafe_code)]

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use boathook_gateway::{ChannelConfig, Clock, Config, Gateway, Private};
use clap::Parser;
use jiff::SignedDuration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::sleep;
use tracing_subscriber::EnvFilter;

/// "Cannot start or go on", as every binary of Boathook means it.
const CANNOT_GO_ON: u8 = 3;

/// Boathook's gateway: receives, verifies and runs what an operator gives it.
#[derive(Parser)]
#[command(name = "boathook-gateway", version)]
struct Arguments {
    /// Where senders connect
    #[arg(long, env = "BOATHOOK_LISTEN", value_name = "ADDRESS", default_value = "0.0.0.0:8080")]
    listen: SocketAddr,

    /// Where probes and scrapers connect: /livez, /readyz, /metrics and nothing else
    #[arg(long, env = "BOATHOOK_ADMIN", value_name = "ADDRESS", default_value = "0.0.0.0:8081")]
    admin: SocketAddr,

    /// Where the operator connects
    #[arg(long, env = "BOATHOOK_CHANNEL", value_name = "ADDRESS", default_value = "0.0.0.0:8444")]
    channel: SocketAddr,

    /// The certificates of the operator's port: tls.crt, tls.key and ca.crt, read again when they change
    #[arg(long, env = "BOATHOOK_CHANNEL_CERTS", value_name = "DIR")]
    channel_certs: PathBuf,

    /// Where deliveries and records are kept, by this process alone; without it only Sync workflows are served
    #[arg(long, env = "BOATHOOK_DATA", value_name = "DIR")]
    data: Option<PathBuf>,

    /// How long it waits for them where another process holds them, as the pod before it does until it has finished
    #[arg(long, env = "BOATHOOK_DATA_WAIT", value_name = "TIME", default_value = "0s", value_parser = time)]
    data_wait: Duration,

    /// Where the last routes are kept for a restart, on a volume in memory: they hold keys
    #[arg(long, env = "BOATHOOK_TABLE", value_name = "DIR")]
    table: Option<PathBuf>,

    /// How long it serves on after SIGTERM, unready, so that senders are led elsewhere
    #[arg(long, env = "BOATHOOK_DRAIN_DELAY", value_name = "TIME", default_value = "10s", value_parser = time)]
    drain_delay: Duration,
}

/// A time as it is written everywhere: `10s`, `1m30s`.
fn time(text: &str) -> Result<Duration, String> {
    let parsed: SignedDuration = text.parse().map_err(|error: jiff::Error| error.to_string())?;
    Duration::try_from(parsed).map_err(|_| "must not be negative".to_owned())
}

fn main() -> ExitCode {
    // A worker is nothing else: whatever comes next is not of its life.
    if let Some(exit) = boathook_sandbox::worker::entered(std::env::args_os()) {
        return exit;
    }
    boathook_gateway::start_frugally(std::env::args_os());
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell when stderr is closed; the exit code still says it.
            let _ = writeln!(std::io::stderr(), "boathook-gateway: {}", told(&*error));
            ExitCode::from(CANNOT_GO_ON)
        }
    }
}

/// An error and what caused it, as one line.
fn told(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |line, cause| format!("{line}: {cause}"))
}

fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let filter = EnvFilter::try_new(std::env::var("BOATHOOK_LOG").unwrap_or_else(|_| "info".to_owned()))?;
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter).json().flatten_event(true).init();
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        return Err("another TLS provider is installed".into());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let done = runtime.block_on(serve(arguments));
    // A name lookup may still block a thread: nothing waits for it.
    runtime.shutdown_background();
    done
}

async fn serve(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let mut signals = Signals::listen()?;
    let delay = arguments.drain_delay;
    let gateway = tokio::select! {
        started = Gateway::start(config(arguments), Clock::system()) => started?,
        () = signals.stop() => return Ok(()),
    };
    let addresses = gateway.addresses();
    tracing::info!(public = %addresses.public, admin = %addresses.admin, channel = ?addresses.channel, "serving");
    tokio::select! {
        () = signals.stop() => {}
        what = gateway.broken() => return Err(broken(&what)),
    }
    gateway.leave();
    tracing::info!(seconds = delay.as_secs(), "leaving: unready, and serving on");
    tokio::select! {
        () = sleep(delay) => {}
        () = signals.stop() => {}
        what = gateway.broken() => return Err(broken(&what)),
    }
    tracing::info!("stopping: what is in flight is finished first");
    gateway.drain().await;
    Ok(())
}

fn config(arguments: Arguments) -> Config {
    let Arguments { listen, admin, channel, channel_certs, data, data_wait, table, drain_delay: _ } = arguments;
    Config {
        listen,
        admin,
        private: Private::Health,
        channel: Some(ChannelConfig { listen: channel, certificates: channel_certs, table }),
        data,
        data_wait,
        ..Config::default()
    }
}

/// What the disk holds is not known: only a new process may look.
fn broken(what: &str) -> Box<dyn std::error::Error> {
    format!("the store failed: {what}").into()
}

/// The signals that end it.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Returns with the next one.
    async fn stop(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
