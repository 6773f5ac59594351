//! Slow clients of six shapes, at the limits that are served: each is closed at its own, and nobody else is slower for
//! it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use boathook_tests::durable::campaign::Campaign;
use boathook_tests::edge::{Edge, PATH, connect, percentile};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinSet;
use tokio::time::timeout;

/// How much later than its limit a connection may be closed.
const SLACK: Duration = Duration::from_secs(2);

/// Between two bytes of a client that goes on.
const DRIP: Duration = Duration::from_secs(1);

/// Between the openings of two connections: more at once than the kernel queues would wait there, and not for the gateway.
const RAMP: Duration = Duration::from_millis(2);

/// Between two requests of the healthy client.
const BREATH: Duration = Duration::from_millis(10);

/// How long the healthy client is alone.
const ALONE: Duration = Duration::from_secs(10);

/// A difference that a loaded machine makes by itself.
const NOISE: Duration = Duration::from_millis(5);

/// A way to be slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Says nothing.
    Silent,
    /// Half a request line, then nothing.
    HalfLine,
    /// A head whose fields go on coming.
    EndlessHead,
    /// A body, a byte a second.
    DrippedBody,
    /// A request, then nothing.
    Idle,
    /// The beginning of HTTP/2, then nothing.
    PrefaceOnly,
}

impl Shape {
    const ALL: [Self; 6] =
        [Self::Silent, Self::HalfLine, Self::EndlessHead, Self::DrippedBody, Self::Idle, Self::PrefaceOnly];

    /// When it is closed, from its connection on.
    const fn limit(self) -> Duration {
        match self {
            Self::Silent | Self::HalfLine | Self::EndlessHead | Self::PrefaceOnly => Duration::from_secs(10),
            Self::DrippedBody | Self::Idle => Duration::from_mins(1),
        }
    }

    fn opening(self) -> String {
        match self {
            Self::Silent => String::new(),
            Self::HalfLine => "POST /api/web".to_owned(),
            Self::EndlessHead => format!("POST {PATH} HTTP/1.1\r\nHost: h\r\n"),
            Self::DrippedBody => format!("POST {PATH} HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n"),
            Self::Idle => format!("GET {PATH} HTTP/1.1\r\nHost: h\r\n\r\n"),
            Self::PrefaceOnly => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        }
    }

    const fn drip(self) -> Option<&'static [u8]> {
        match self {
            Self::EndlessHead => Some(b"a: b\r\n"),
            Self::DrippedBody => Some(b" "),
            Self::Silent | Self::HalfLine | Self::Idle | Self::PrefaceOnly => None,
        }
    }
}

/// Is slow until it is closed; how long that took.
async fn be_slow(to: SocketAddr, number: usize, shape: Shape) -> Duration {
    tokio::time::sleep(RAMP * u32::try_from(number).expect("so many")).await;
    let stream = connect(to, number).await.expect("a connection");
    let began = Instant::now();
    let (mut reader, mut writer) = stream.into_split();
    writer.write_all(shape.opening().as_bytes()).await.expect("a first word");
    let drip = async {
        while let Some(bytes) = shape.drip() {
            tokio::time::sleep(DRIP).await;
            if writer.write_all(bytes).await.is_err() {
                break;
            }
        }
        std::future::pending::<()>().await;
    };
    let mut said = Vec::new();
    let closed = async {
        tokio::select! {
            // An error is an end as well: what is still on its way when it is closed is answered by a reset.
            _ = reader.read_to_end(&mut said) => {}
            () = drip => {}
        }
    };
    timeout(shape.limit() + 2 * SLACK, closed).await.unwrap_or_else(|_| panic!("{shape:?} is never closed"));
    began.elapsed()
}

/// Asks until it is told to stop; how long each answer took.
async fn be_healthy(to: SocketAddr, stop: Arc<AtomicBool>) -> Vec<Duration> {
    let mut stream = connect(to, 10_000).await.expect("a connection");
    let request =
        format!("POST {PATH} HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}");
    let mut times = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        tokio::time::sleep(BREATH).await;
        let began = Instant::now();
        stream.write_all(request.as_bytes()).await.expect("the healthy client is served");
        let mut space = [0; 1024];
        let count = stream.read(&mut space).await.expect("the healthy client is answered");
        assert!(space[..count].starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&space[..count]));
        times.push(began.elapsed());
    }
    times
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_clients_are_closed_at_their_limits_and_cost_the_others_nothing() {
    let campaign = Campaign::begin("slow");
    let count = campaign.scale(240, 2_000);
    let edge = Edge::start();
    let to = edge.place.listen;
    let stop = Arc::<AtomicBool>::default();
    let alone = tokio::spawn(be_healthy(to, Arc::clone(&stop)));
    tokio::time::sleep(ALONE).await;
    stop.store(true, Ordering::Relaxed);
    let baseline = percentile(&mut alone.await.expect("healthy"), 99);
    let before = edge.server.memory().expect("its memory");

    stop.store(false, Ordering::Relaxed);
    let healthy = tokio::spawn(be_healthy(to, Arc::clone(&stop)));
    let mut slow = JoinSet::new();
    for number in 0..count {
        let shape = Shape::ALL[number % Shape::ALL.len()];
        slow.spawn(async move { (shape, be_slow(to, number, shape).await) });
    }
    let mut most = before;
    while let Some(ended) = slow.join_next().await {
        let (shape, time) = ended.expect("a slow client ends");
        assert!(time <= shape.limit() + SLACK, "{shape:?} was closed after {time:?}");
        assert!(time + SLACK >= shape.limit(), "{shape:?} was closed after {time:?} already");
        most = most.max(edge.server.memory().expect("its memory"));
    }
    stop.store(true, Ordering::Relaxed);
    let among = percentile(&mut healthy.await.expect("healthy"), 99);
    campaign.done(&format!(
        "{count} of {count} slow clients closed at their limits; others' p99 {among:?} among them, {baseline:?} alone; \
         memory {} KiB more",
        (most - before) >> 10
    ));
    assert!(among < baseline.max(NOISE) * 2, "p99 {among:?} among slow clients, {baseline:?} alone");
}
