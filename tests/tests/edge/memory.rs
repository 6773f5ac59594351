//! A thousand clients that send what costs most and read no answer, against a gateway in a container of 256 MiB: it is
//! never killed, goes on as the same process, and serves whoever else comes meanwhile. And common traffic in as much.

#[path = "memory/frames.rs"]
mod frames;
#[path = "memory/inputs.rs"]
mod inputs;
#[path = "memory/tls.rs"]
mod tls;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use boathook_tests::cgroup::Cgroup;
use boathook_tests::durable::campaign::Campaign;
use boathook_tests::durable::server::{Place, Server};
use boathook_tests::edge::{connect, prepare};
use boathook_tests::wire::{Sent, send};
use inputs::Input;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::task::JoinSet;
use tokio::time::{Instant as Moment, interval, timeout, timeout_at};

/// What a small pod has.
const MEMORY: u64 = 256 << 20;

/// Clients at once: as many connections as requests that the gateway takes.
const CLIENTS: usize = 1_000;

/// How long a healthy client may wait in a flood: the machine's two cores are the gateway's and the thousand clients'.
const PATIENCE: Duration = Duration::from_secs(30);

/// Between two requests of the healthy client.
const PACE: Duration = Duration::from_millis(250);

/// Between two connections of a client that was closed.
const PAUSE: Duration = Duration::from_millis(20);

/// The workflows; each makes the most of what it is sent.
const WORKFLOWS: &str = include_str!("memory/workflows.yaml");

/// How clients connect.
#[derive(Clone)]
enum Way {
    Plain,
    Tls(tls::Client),
}

impl Way {
    /// One client: the same request again and again, for as long as it is taken, and no answer is read. One that is closed
    /// comes again.
    async fn flood(self, to: SocketAddr, number: usize, input: Arc<Input>, end: Moment) {
        let again = async {
            loop {
                let _: std::io::Result<()> = self.fill(to, number, &input).await;
                tokio::time::sleep(PAUSE).await;
            }
        };
        // Until all are done: what waits for it stays where it is.
        let _: Result<(), _> = timeout_at(end, again).await;
    }

    async fn fill(&self, to: SocketAddr, number: usize, input: &Input) -> std::io::Result<()> {
        let stream = connect(to, number).await?;
        match self {
            Self::Plain => fill(stream, input).await,
            Self::Tls(client) => fill(client.connect(stream, input.speaks).await?, input).await,
        }
    }

    /// What a healthy client is answered.
    async fn ask(&self, to: SocketAddr) -> Result<u16, String> {
        match self {
            Self::Plain => post(to, "plain", b"{}").await,
            Self::Tls(client) => client.post(to, "plain").await.map_err(|error| format!("{error:?}")),
        }
    }
}

async fn fill(mut stream: impl AsyncWrite + Unpin, input: &Input) -> std::io::Result<()> {
    stream.write_all(&input.first).await?;
    stream.flush().await?;
    while !input.again.is_empty() {
        stream.write_all(&input.again).await?;
    }
    std::future::pending().await
}

/// The status of the answer to some JSON, or why there is none.
async fn post(to: SocketAddr, workflow: &str, body: &[u8]) -> Result<u16, String> {
    let headers = [("Content-Type".to_owned(), "application/json".to_owned())];
    let target = format!("/api/webhooks/default/{workflow}");
    let sent = Sent { method: "POST", target: &target, headers: &headers, body };
    send(to, &sent).await.map(|answer| answer.status).map_err(|error| error.to_string())
}

/// Asks again and again until the flood is over, and once behind it; how often, and how long the slowest answer took.
async fn healthy(way: Way, to: SocketAddr, name: &str, end: Moment) -> (usize, Duration) {
    let (mut count, mut slowest, mut ticks) = (0, Duration::ZERO, interval(PACE));
    loop {
        ticks.tick().await;
        let over = Moment::now() >= end;
        let began = Instant::now();
        let told = timeout(PATIENCE, way.ask(to)).await;
        assert_eq!(told, Ok(Ok(200)), "a healthy client in a flood of {name}");
        (count, slowest) = (count + 1, slowest.max(began.elapsed()));
        if over {
            return (count, slowest);
        }
    }
}

/// A gateway in a group, and what it met.
struct Pod {
    group: Cgroup,
    server: Server,
    place: Place,
    _folder: tempfile::TempDir,
    told: Vec<String>,
}

impl Pod {
    fn start(workflows: &str) -> Self {
        let group = Cgroup::with_memory(MEMORY);
        let (folder, place) = prepare(workflows);
        let server = Server::start_in(&group, &place);
        Self { group, server, place, _folder: folder, told: Vec::new() }
    }

    /// Lets the clients at it.
    async fn meet(&mut self, way: &Way, input: Input, time: Duration) {
        let (name, to, end) = (input.name, self.place.listen, Moment::now() + time);
        let input = Arc::new(input);
        self.server.forget_peak();
        let mut clients = JoinSet::new();
        for number in 0..CLIENTS {
            clients.spawn(way.clone().flood(to, number, Arc::clone(&input), end));
        }
        let (count, slowest) = healthy(way.clone(), to, name, end).await;
        clients.join_all().await;
        let peak = self.server.peak().unwrap_or_default() >> 20;
        if let Some(status) = self.server.ended() {
            panic!("{name} ended the gateway: {status}: {}", self.server.messages());
        }
        self.told.push(format!("{name} {peak} MiB ({count} served, the slowest in {} ms)", slowest.as_millis()));
    }

    /// It has survived all of it.
    fn survived(mut self, campaign: &Campaign, time: Duration) {
        assert_eq!(self.group.kills(), 0);
        assert!(self.server.ended().is_none(), "it is the same process");
        let told = self.told.join("; ");
        campaign.done(&format!("{} kinds of {CLIENTS} clients for {time:?} each: {told}", self.told.len()));
    }
}

fn time(campaign: &Campaign) -> Duration {
    Duration::from_millis(u64::try_from(campaign.scale(1_500, 20_000)).expect("a few seconds"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_any_kind_is_survived_in_256_mib_and_others_are_served_meanwhile() {
    let mut campaign = Campaign::begin("memory");
    let mut pod = Pod::start(WORKFLOWS);
    let mut inputs = inputs::all();
    campaign.chance.shuffle(&mut inputs);
    inputs.truncate(campaign.scale(12, usize::MAX));
    for input in inputs {
        pod.meet(&Way::Plain, input, time(&campaign)).await;
    }
    pod.survived(&campaign, time(&campaign));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_over_tls_is_survived_in_256_mib_and_others_are_served_meanwhile() {
    let mut campaign = Campaign::begin("memory");
    let mut pod = Pod::start(&(tls::GATEWAY.to_owned() + &tls::secret() + WORKFLOWS));
    let mut inputs = inputs::of_tls();
    campaign.chance.shuffle(&mut inputs);
    inputs.truncate(campaign.scale(3, usize::MAX));
    // A handshake takes a millisecond of both sides.
    let time = time(&campaign) + Duration::from_secs(2);
    for input in inputs {
        pod.meet(&Way::Tls(tls::Client::new()), input, time).await;
    }
    pod.survived(&campaign, time);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_senders_of_256_kib_at_once_are_all_served_in_256_mib() {
    let campaign = Campaign::begin("memory");
    let mut pod = Pod::start(WORKFLOWS);
    let commit = r#"{"id":"0123456789abcdef","message":"tidy","author":{"name":"Ada"},"added":[],"modified":["a"]}"#;
    let body = Arc::new(format!("[{}{commit}]", format!("{commit},").repeat((256 << 10) / (commit.len() + 1))));
    let rounds = campaign.scale(3, 30);
    for workflow in ["plain", "named", "echo"] {
        pod.server.forget_peak();
        let mut senders = JoinSet::new();
        for _ in 0..64 {
            let (body, to) = (Arc::clone(&body), pod.place.listen);
            senders.spawn(async move {
                for _ in 0..rounds {
                    assert_eq!(post(to, workflow, body.as_bytes()).await, Ok(200), "{workflow}");
                }
            });
        }
        while let Some(sender) = senders.join_next().await {
            sender.expect("every one of its requests is served");
        }
        pod.told.push(format!("{workflow} {} MiB", pod.server.peak().unwrap_or_default() >> 20));
    }
    assert_eq!(pod.group.kills(), 0);
    assert!(pod.server.ended().is_none(), "it is the same process");
    campaign.done(&format!("64 senders of 256 KiB, {rounds} times each: {}", pod.told.join(", ")));
}
