//! A backlog: how fast it is taken, what memory it costs, how long a restart with it takes, how fast it is worked off.

use std::time::Instant;

use boathook_tests::durable::server::Server;

use super::client::{fill, finished};
use super::gateway::{Served, Work};

/// Measures with so many deliveries waiting.
pub async fn measure(deliveries: usize) {
    let mut served = Served::start(Work::Suspended);
    let empty = memory(&served);
    let filled = fill(&served, deliveries).await;
    let full = memory(&served);
    served.server.kill();
    let started = Instant::now();
    served.server = Server::start(&served.place);
    let ready = started.elapsed();
    let restarted = memory(&served);
    served.change(Work::Steps(1));
    let started = Instant::now();
    finished(&served, deliveries).await;
    let drained = started.elapsed();
    println!("| backlog of {deliveries} | |");
    println!("|---|---|");
    println!("| taken | {:.0}/s |", deliveries as f64 / filled.took.as_secs_f64());
    println!("| SIGKILL, restart to ready | {:.0} ms |", ready.as_secs_f64() * 1e3);
    println!("| worked off | {:.0}/s |", deliveries as f64 / drained.as_secs_f64());
    println!("| resident memory: empty | {empty} MiB |");
    println!("| with the backlog | {full} MiB |");
    println!("| after the restart | {restarted} MiB |");
    println!("| when all is worked off | {} MiB |", memory(&served));
}

/// Mebibytes.
fn memory(served: &Served) -> u64 {
    served.server.memory().unwrap_or_default() >> 20
}
