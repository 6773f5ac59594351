//! Measurements and how they are written.

use std::time::Duration;

/// What several turns of one contender have measured.
#[derive(Debug, Default)]
pub struct Measured {
    latencies: Vec<Duration>,
    took: Duration,
    cpu: Duration,
}

/// One turn.
#[derive(Debug)]
pub struct Turn {
    /// One an operation.
    pub latencies: Vec<Duration>,
    /// From the first to the last.
    pub took: Duration,
    /// CPU of the contender.
    pub cpu: Duration,
}

impl Measured {
    pub fn add(&mut self, turn: Turn) {
        self.latencies.extend(turn.latencies);
        self.took += turn.took;
        self.cpu += turn.cpu;
    }

    /// Operations a second.
    fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.took.as_secs_f64()
    }

    /// CPU seconds of a thousand operations.
    fn cpu(&self) -> f64 {
        self.cpu.as_secs_f64() * 1_000.0 / self.latencies.len() as f64
    }

    /// Milliseconds below which half of the operations took, and 99 of 100.
    fn quantiles(&self) -> [f64; 2] {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        [50, 99].map(|percent| {
            let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
            sorted.get(at).map_or(0.0, |latency| latency.as_secs_f64() * 1e3)
        })
    }
}

/// The head of the table of accepts.
pub const HEAD: &str = "\
| connections | accepts/s | p50 ms | p99 ms | CPU s per 1,000 | SQLite rows/s | p50 ms | p99 ms | CPU s per 1,000 | accepts : rows |
|---|---|---|---|---|---|---|---|---|---|";

/// A line of it.
pub fn row(connections: usize, own: &Measured, alone: &Measured) -> String {
    let [own_half, own_most] = own.quantiles();
    let [alone_half, alone_most] = alone.quantiles();
    format!(
        "| {connections} | {:.0} | {own_half:.2} | {own_most:.2} | {:.3} | {:.0} | {alone_half:.2} | {alone_most:.2} | {:.3} | {:.2} |",
        own.rate(),
        own.cpu(),
        alone.rate(),
        alone.cpu(),
        own.rate() / alone.rate(),
    )
}
