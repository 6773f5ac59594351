//! What the request path costs: the verified, filtered Sync path on bodies of three sizes, against a bare axum handler with
//! the same HMAC that reads two fields; and the filter alone. Prints the tables of docs/benchmarks.md.
//!
//! The contenders take turns, several rounds in one run, each in a process of its own, so that the machine's noise meets
//! both; the ratios are what carries over. This program is the bare handler's process too.
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

#[path = "request_path/bare.rs"]
mod bare;
#[path = "request_path/client.rs"]
mod client;
#[path = "request_path/contender.rs"]
mod contender;
#[path = "request_path/filter.rs"]
mod filter;

use std::time::Duration;

use client::{Load, Work};
use contender::Contender;

/// KiB of a body.
const SIZES: [usize; 3] = [1, 8, 256];

/// Senders at one time.
const CONNECTIONS: [usize; 2] = [1, 64];

fn variable(name: &str, default: usize) -> usize {
    std::env::var(name).ok().map_or(default, |text| text.parse().expect("a number"))
}

fn main() {
    let mut arguments = std::env::args().skip_while(|argument| argument != bare::COMMAND);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    if arguments.next().is_some() {
        let address = arguments.next().and_then(|text| text.parse().ok()).expect("an address");
        return runtime.block_on(bare::serve(address));
    }
    runtime.block_on(paths());
    filter::measure(variable("BENCH_FILTERS", 200_000));
}

/// Both contenders at every size and number of senders.
async fn paths() {
    let rounds = variable("BENCH_ROUNDS", 5);
    let turn = Duration::from_millis(u64::try_from(variable("BENCH_TURN_MS", 3_000)).expect("a few seconds"));
    println!("| body | connections | requests/s | CPU s per 1,000 | bare: requests/s | CPU s per 1,000 | CPU : bare |");
    println!("|---|---|---|---|---|---|---|");
    for size in SIZES {
        let work = Work::of(size << 10);
        for connections in CONNECTIONS {
            let (mut own, mut alone) = (Load::default(), Load::default());
            for _ in 0..rounds {
                own.add(&client::load(&Contender::gateway(), &work, (connections, turn)).await);
                alone.add(&client::load(&Contender::bare(), &work, (connections, turn)).await);
            }
            println!(
                "| {size} KiB | {connections} | {:.0} | {:.3} | {:.0} | {:.3} | {:.2} |",
                own.rate(),
                own.cpu(),
                alone.rate(),
                alone.cpu(),
                own.cpu() / alone.cpu(),
            );
        }
    }
    println!();
}
