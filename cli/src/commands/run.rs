//! `boathook run`: the whole system in one process, from files.
//!
//! Reads, compiles, serves, and reads again whenever the files change, until it is told to stop.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use boathook_gateway::store::OpenError;
use boathook_gateway::{Clock, Config, Gateway, StartError};
use boathook_sandbox::{Sandbox, Settings};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::console::Console;
use crate::failure::{Exit, Failure, chain};
use crate::load::world::Surroundings;
use crate::logging::{self, LogFormat};
use crate::report::{self, counted};
use crate::route_list::{self, Target};
use crate::scripts::Scripts;
use crate::shell::quote;
use crate::signals::Signals;
use crate::site::{Reading, Site};
use crate::sources::Sources;
use crate::watch;

/// Arguments of `run`.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Secrets are read from the same files, and their owner allows their use as in a cluster, by the label
boathook.dev/allow: verification (or steps). An edit is served at once; one that cannot be read
changes nothing. Stop with Ctrl-C: requests in flight are answered first.")]
pub struct Args {
    /// Files, and folders that are read with what is below them (*.yaml, *.yml, *.json)
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,

    /// Where senders connect; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,

    /// Where health, metrics and the list of routes are served; loopback only
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8081")]
    admin: SocketAddr,

    /// Where deliveries and records are kept, by this process alone [default: .boathook beside the first file, or in the
    /// first folder]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// Refuse outbound requests to this machine, as a gateway in a cluster does
    #[arg(long)]
    deny_loopback_egress: bool,

    /// How the log on standard error is written [default: text on a terminal, else json]
    #[arg(long, value_enum)]
    log_format: Option<LogFormat>,
}

/// Serves until a signal.
pub async fn execute(args: Args, console: &mut Console) -> Result<Exit, Failure> {
    keep_admin_local(args.admin)?;
    logging::start(args.log_format, console.colours().err)?;
    let mut signals = Signals::listen()?;
    let sources = Sources::open(&args.paths)?;
    let sandbox = Sandbox::new(Settings::default());
    let gateway = start(&args, &sources, sandbox.clone()).await?;
    let surroundings = Surroundings {
        base_url: format!("http://{}", reachable(gateway.addresses().public)),
        loopback_egress: !args.deny_loopback_egress,
    };
    let mut session = Session { gateway, console, stated: sources.paths().map(PathBuf::from).collect() };
    let mut site = session
        .open(Site::new(sources, surroundings, Scripts::new(sandbox, Handle::current())), !args.deny_loopback_egress)
        .await?;
    loop {
        tokio::select! {
            () = signals.stop() => break,
            what = session.gateway.broken() => return Err(broken(&what)),
            () = sleep(watch::INTERVAL) => site = session.look(site).await?,
        }
    }
    session.close(signals).await
}

/// What a run holds while it serves.
struct Session<'a> {
    gateway: Gateway,
    console: &'a mut Console,
    stated: Vec<PathBuf>,
}

impl Session<'_> {
    async fn open(&mut self, mut site: Site, loopback: bool) -> Result<Site, Failure> {
        let (site, reading) = blocking(move || {
            let reading = site.open();
            (site, reading)
        })
        .await?;
        let is_trusted = self.serve(&reading);
        let serves_nothing = self.gateway.routes().is_empty() && !reading.world.problems.is_empty();
        if !is_trusted || serves_nothing {
            return Err(Failure::no("nothing can be served from these files").next(format!(
                "mend what is above, then: {} validate {}",
                route_list::invocation(),
                self.files()
            )));
        }
        self.announce(loopback)?;
        Ok(site)
    }

    async fn look(&mut self, mut site: Site) -> Result<Site, Failure> {
        let (site, reading) = blocking(move || {
            let reading = site.look();
            (site, reading)
        })
        .await?;
        if let Some(reading) = reading {
            let is_trusted = self.serve(&reading);
            let routes = counted(self.gateway.routes().len(), "route");
            self.console.say(&if is_trusted {
                format!("reloaded: {routes}")
            } else {
                format!("not reloaded: {routes} served as before the last edit")
            });
        }
        Ok(site)
    }

    /// Takes a reading over, tells everything that is wrong, and says whether it was taken.
    fn serve(&mut self, reading: &Reading) -> bool {
        let world = &reading.world;
        for note in &world.loaded.notes {
            self.console.say(&format!("note: {note}"));
        }
        if !world.problems.is_empty() {
            let colours = self.console.colours().err;
            self.console.say(&format!("{}\n", report::text(&world.loaded.files, &world.problems, colours)));
        }
        for fault in &reading.faults {
            self.console.say(&format!("error: {fault}"));
        }
        let Some(routes) = &reading.routes else { return false };
        for left in reading.left_behind() {
            self.console.say(&format!("note: {left}"));
        }
        if let Err(error) = self.gateway.apply(&reading.edge) {
            self.console.say(&format!("error: serve certificates: {}", chain(&error)));
        }
        for rejected in self.gateway.swap(routes.clone(), reading.alive.clone()) {
            let (loser, winner) = (&rejected.workflow, &rejected.winner);
            self.console.say(&format!(
                "error: {}/{} is not served: {}/{} has its path",
                loser.namespace, loser.name, winner.namespace, winner.name
            ));
        }
        true
    }

    fn announce(&mut self, loopback: bool) -> Result<(), Failure> {
        let addresses = self.gateway.addresses();
        let target = Target { listen: reachable(addresses.public), sources: self.stated.clone() };
        self.console.print(&route_list::table(&self.gateway.routes(), &target, false))?;
        let scheme = if self.gateway.is_secure() { "https" } else { "http" };
        self.console.say(&format!("\nserving on {scheme}://{}, admin on http://{}", addresses.public, addresses.admin));
        if loopback {
            self.console.say(
                "steps may reach this machine (127.0.0.0/8): --deny-loopback-egress refuses it, as a cluster does",
            );
        }
        Ok(())
    }

    async fn close(self, mut signals: Signals) -> Result<Exit, Failure> {
        self.console.say("stopping: requests in flight are answered first; a second signal stops at once");
        tokio::select! {
            () = self.gateway.drain() => Ok(Exit::Done),
            () = signals.stop() => Err(Failure::stuck("stopped before every request was answered")),
        }
    }

    fn files(&self) -> String {
        self.stated.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(" ")
    }
}

async fn start(args: &Args, sources: &Sources, sandbox: Sandbox) -> Result<Gateway, Failure> {
    let data = args.data.clone().unwrap_or_else(|| beside(&args.paths));
    let absolute = sources.paths().map(|path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned()));
    let config = Config {
        listen: args.listen,
        admin: args.admin,
        data: Some(data.clone()),
        sources: absolute.collect(),
        sandbox,
        ..Config::default()
    };
    Gateway::start(config, Clock::system()).await.map_err(|error| unstarted(&error, args, &data))
}

/// Why it does not start, and the next thing to try.
fn unstarted(error: &StartError, args: &Args, data: &Path) -> Failure {
    let failure = Failure::stuck(chain(error));
    match error {
        StartError::Listen { address, .. } => failure.next(format!(
            "another address, such as {} 127.0.0.1:0 for a free port; or stop what has the port: ss -ltnp 'sport = :{}'",
            if *address == args.admin { "--admin" } else { "--listen" },
            address.port()
        )),
        StartError::Store(OpenError::Locked { .. }) => {
            failure.next("stop that process, or give this one another --data DIR")
        }
        StartError::Store(OpenError::Full(_)) => failure.next("make room on that disk: nothing that was accepted is lost"),
        StartError::Store(OpenError::Busy(_)) => failure.next("close the program that has it open, such as sqlite3"),
        StartError::Store(OpenError::Io { .. }) => failure.next("a directory that this user may write: --data DIR"),
        StartError::Store(
            OpenError::Behind { .. }
            | OpenError::RowsMissing { .. }
            | OpenError::Corrupt { .. }
            | OpenError::Database { .. },
        ) => {
            let data = quote(&data.display().to_string());
            failure.next(format!(
                "boathook store check --data {data}: it says what is gone, and how to go on (--accept-loss, or a backup)"
            ))
        }
        StartError::Store(OpenError::KeyGone(key)) => {
            let key = quote(&key.display().to_string());
            failure.next(format!(
                "put {key} of a backup there; without one, a new key lets what is not sealed go on: \
                 head -c 32 /dev/urandom > {key}"
            ))
        }
        StartError::Store(OpenError::NewerVersion { .. } | OpenError::NotAStore(_) | OpenError::Key(_))
        | StartError::Metrics(_)
        | StartError::StoreAborted => failure,
    }
}

/// The store's default place: what belongs to the files stays with them.
fn beside(paths: &[PathBuf]) -> PathBuf {
    let first = paths.first().map_or_else(|| Path::new("."), PathBuf::as_path);
    let folder = if first.is_dir() { first } else { first.parent().unwrap_or_else(|| Path::new("")) };
    folder.join(".boathook")
}

/// What the disk holds is not known: only a new process may look.
fn broken(what: &str) -> Failure {
    Failure::stuck(format!("the store failed: {what}"))
        .next("see to the disk, then start again: everything that was accepted is kept")
}

/// Whoever reaches the admin port may read it.
fn keep_admin_local(admin: SocketAddr) -> Result<(), Failure> {
    if admin.ip().is_loopback() {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "serve the admin port on {admin}: it asks nobody who they are, so it stays on loopback"
    ))
    .next(format!("--admin 127.0.0.1:{}", admin.port())))
}

/// The address that a client on this machine uses: one does not connect to 0.0.0.0.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = if address.ip().is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { address.ip() };
    SocketAddr::new(ip, address.port())
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    spawn_blocking(work).await.map_err(|error| Failure::stuck(format!("read the files: {error}")))
}
