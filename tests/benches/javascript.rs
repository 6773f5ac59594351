//! What a `javascript` step costs: from the moment at which a worker is told, to its result in this process. Prints the
//! table of docs/benchmarks.md.
//!
//! This program is its own worker, as the product is.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_docs_in_private_items,
    clippy::print_stdout,
    reason = "a benchmark that cannot measure ends by panicking, and prints what it measured"
)]

use std::process::ExitCode;
use std::time::Duration;

use boathook_sandbox::{Job, Sandbox, Settings, worker};
use serde_json::json;

/// Scripts as people write them.
const SCRIPTS: [(&str, &str); 3] = [
    ("a branch's name", "return context.data.ref.replace('refs/heads/', '')"),
    (
        "commits to messages",
        "return context.data.commits.filter((commit) => commit.distinct)
            .map(({id, message, author}) => ({id: id.slice(0, 7), message: message.split('\\n')[0], by: author.name}))",
    ),
    (
        "a signature",
        "const crypto = require('crypto');
         const mac = crypto.createHmac('sha256', vars.key).update(JSON.stringify(context.data)).digest('hex');
         return {signature: `sha256=${mac}`}",
    ),
];

/// KiB of the body.
const SIZES: [usize; 3] = [1, 8, 256];

fn main() -> ExitCode {
    if let Some(exit) = worker::entered(std::env::args_os()) {
        return exit;
    }
    let runs = std::env::var("BENCH_SCRIPTS").ok().map_or(1_000, |text| text.parse().expect("a number"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(measure(runs));
    ExitCode::SUCCESS
}

async fn measure(runs: usize) {
    let sandbox = Sandbox::new(Settings::default());
    println!("| script | body | p50 µs | p99 µs | back to back: p50 µs | runs/s, four at once |");
    println!("|---|---|---|---|---|---|");
    for (name, code) in SCRIPTS {
        for size in SIZES {
            let input = input(size);
            let spaced = latencies(&sandbox, code, &input, runs, Duration::from_millis(2)).await;
            let close = latencies(&sandbox, code, &input, runs, Duration::ZERO).await;
            let rate = rate(&sandbox, code, &input, runs).await;
            let [half, most] = [50, 99].map(|percent| spaced[spaced.len() * percent / 100].as_micros());
            println!("| {name} | {size} KiB | {half} | {most} | {} | {rate:.0} |", close[close.len() / 2].as_micros());
        }
    }
}

/// Sorted.
async fn latencies(sandbox: &Sandbox, code: &str, input: &str, runs: usize, pause: Duration) -> Vec<Duration> {
    let mut took = Vec::with_capacity(runs);
    for _ in 0..runs {
        took.push(run(sandbox, code, input).await);
        tokio::time::sleep(pause).await;
    }
    took.sort_unstable();
    took
}

async fn rate(sandbox: &Sandbox, code: &'static str, input: &str, runs: usize) -> f64 {
    let began = std::time::Instant::now();
    let all = (0..4).map(|_| {
        let (sandbox, input) = (sandbox.clone(), input.to_owned());
        tokio::spawn(async move {
            for _ in 0..runs / 4 {
                run(&sandbox, code, &input).await;
            }
        })
    });
    for task in all.collect::<Vec<_>>() {
        task.await.expect("no panic");
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let runs = (runs / 4 * 4) as f64;
    runs / began.elapsed().as_secs_f64()
}

async fn run(sandbox: &Sandbox, code: &str, input: &str) -> Duration {
    let job = Job { code, input, raw: &[], time: Duration::from_secs(5), memory: 16 << 20 };
    let ended = sandbox.run("shop/bench", job).await.expect("a worker");
    ended.outcome.expect("a result");
    ended.took
}

/// A push of about so many KiB.
fn input(size: usize) -> String {
    let commit = |number: usize| {
        json!({
            "id": format!("{number:040x}"), "distinct": number.is_multiple_of(2), "message": "tidy: keep the table in order\n\nas it was",
            "author": {"name": "Ada", "email": "ada@example.com"}, "added": [], "modified": ["src/table.rs", "docs/table.md"],
        })
    };
    let commits: Vec<_> = (0..(size * 1024).div_ceil(260)).map(commit).collect();
    json!({"context": {"data": {"ref": "refs/heads/main", "commits": commits}}, "vars": {"key": "secret"}}).to_string()
}
