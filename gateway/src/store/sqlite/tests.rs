//! The rules of the engine, one by one. What happens when they meet is the simulation's.

mod concurrency;
mod crashes;
mod damage;
mod deduplication;
mod faults;
mod keeping;
mod leases;
mod queries;
mod quotas;
mod replays;

use super::Sqlite;
use crate::store::testing::Bench;

fn bench() -> Bench {
    Bench::new(Sqlite::in_memory().unwrap())
}
