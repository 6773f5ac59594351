//! What durability costs: verified durable accepts against SQLite's own group commit on the same cores, the cost of a
//! step's journal entry, and how fast a backlog is restarted and worked off. Prints the tables of docs/benchmarks.md.
//!
//! All contenders of a table run in turn, several rounds in one process, so that the machine's noise meets all of them;
//! the ratios are what carries over.
#![allow(
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_docs_in_private_items,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark that cannot measure ends by panicking, and prints what it measured"
)]

#[path = "durable/backlog.rs"]
mod backlog;
#[path = "durable/client.rs"]
mod client;
#[path = "durable/gateway.rs"]
mod gateway;
#[path = "durable/numbers.rs"]
mod numbers;
#[path = "durable/sqlite.rs"]
mod sqlite;

use std::time::Duration;

use gateway::{Served, Work};
use numbers::{HEAD, Measured, row};

/// Senders at one time.
const CONNECTIONS: [usize; 4] = [1, 16, 64, 256];

/// One contender's turn.
const TURN: Duration = Duration::from_secs(3);

/// Steps whose journal entries are counted.
const STEPS: usize = 10;

fn variable(name: &str, default: usize) -> usize {
    std::env::var(name).ok().map_or(default, |text| text.parse().expect("a number"))
}

#[tokio::main(flavor = "multi_thread")]
async fn main() {
    let rounds = variable("BENCH_ROUNDS", 5);
    accepts(rounds).await;
    steps(rounds).await;
    backlog::measure(variable("BENCH_BACKLOG", 200_000)).await;
}

/// Verified durable accepts, and the same rows through a group commit that does nothing else.
async fn accepts(rounds: usize) {
    println!("{HEAD}");
    for connections in CONNECTIONS {
        let (mut own, mut alone) = (Measured::default(), Measured::default());
        for _ in 0..rounds {
            let served = Served::start(Work::Suspended);
            own.add(client::load(&served, connections, TURN).await);
            drop(served);
            alone.add(sqlite::load(connections, TURN));
        }
        println!("{}", row(connections, &own, &alone));
    }
    println!();
}

/// Executions of one step and of eleven: the difference is what ten steps cost, each with its journal entry.
async fn steps(rounds: usize) {
    let deliveries = variable("BENCH_STEPS", 5_000);
    let mut seconds = [0.0; 2];
    for _ in 0..rounds {
        for (sum, steps) in seconds.iter_mut().zip([1, 1 + STEPS]) {
            let served = Served::start(Work::Steps(steps));
            *sum += client::work_off(&served, deliveries).await.as_secs_f64();
        }
    }
    let [one, more] = seconds.map(|seconds| seconds * 1e6 / (rounds * deliveries) as f64);
    println!("| `set` steps | µs from delivery to end, each of {deliveries} |");
    println!("|---|---|");
    println!("| 1 | {one:.0} |");
    println!("| {} | {more:.0} |", 1 + STEPS);
    println!("| one step more, with its entry | {:.1} |\n", (more - one) / STEPS as f64);
}
