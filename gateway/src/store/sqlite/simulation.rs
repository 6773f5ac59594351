//! The simulation: the engine itself, in memory and in virtual time, against a naive model, under random commands, retries,
//! lost leases, stale owners and crashes before and after a commit. Every outcome must be the model's, and so must every
//! row at the end; nothing may be stuck.
//!
//! A schedule is a number. `BOATHOOK_SEED=N` replays schedule N alone; `BOATHOOK_SCHEDULES=N` runs N of them, from
//! `BOATHOOK_SEED` or else from a seed of the day.

mod chance;
mod model;
mod promises;
mod sabotage;
mod schedule;
mod world;

use std::time::{Duration, SystemTime};

use sabotage::Sabotage;
use schedule::Simulation;

/// How many schedules `cargo test` runs.
const SCHEDULES: u64 = 400;

/// Where they begin, unless the environment says otherwise: a commit that is green stays green.
const SEED: u64 = 1;

/// Commands a minute of a core that have to be reached in release: a third of what an idle machine does, for where a core
/// is shared with somebody else's thread. The campaign shows the figure.
const LEAST_A_MINUTE: f64 = 500_000.0;

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} must be a number")))
}

/// How long this thread has had a core: the machine may have other work.
fn computed() -> Duration {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux counts the time of threads");
    let nanoseconds = statistics.split(' ').next().and_then(|text| text.parse().ok());
    Duration::from_nanos(nanoseconds.expect("the first number is the time on a core"))
}

/// First schedule and how many.
fn range() -> (u64, u64) {
    match (variable("BOATHOOK_SEED"), variable("BOATHOOK_SCHEDULES")) {
        (Some(seed), count) => (seed, count.unwrap_or(1)),
        (None, None) => (SEED, SCHEDULES),
        (None, Some(count)) => {
            let day = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
            (day.as_secs() << 20, count)
        }
    }
}

#[test]
fn simulation_of_the_store_keeps_every_promise() {
    let (seed, count) = range();
    let started = computed();
    let mut simulation = Simulation::new(Sabotage::None);
    for schedule in seed..seed.saturating_add(count) {
        if let Err(broken) = simulation.run(schedule) {
            panic!("after {} schedules: {broken}\nBOATHOOK_SEED={schedule} replays it", schedule - seed);
        }
    }
    let took = computed().saturating_sub(started);
    let a_minute = f64::from(u32::try_from(simulation.seen.commands).unwrap_or(u32::MAX)) / took.as_secs_f64() * 60.0;
    println!(
        "simulation: {count} of {count} schedules from seed {seed} in {took:.1?} of a core, {a_minute:.0} commands a minute"
    );
    println!("{:?}", simulation.seen);
    if count >= SCHEDULES {
        assert!(simulation.seen.complete(), "something never happened: {:?}", simulation.seen);
        assert!(cfg!(debug_assertions) || a_minute >= LEAST_A_MINUTE, "too slow: {a_minute:.0} commands a minute");
    }
}

#[test]
fn simulation_of_the_store_finds_every_known_fault() {
    for fault in Sabotage::FAULTS {
        let mut simulation = Simulation::new(fault);
        let found = (0..200).find(|schedule| simulation.run(*schedule).is_err());
        assert!(found.is_some(), "{fault:?} was not found in 200 schedules");
    }
}

#[test]
fn simulation_of_one_schedule_of_the_store_is_the_same_each_time() {
    for schedule in 0..10 {
        let log = || {
            let mut simulation = Simulation::new(Sabotage::None);
            simulation.log = Some(Vec::new());
            simulation.run(schedule).unwrap();
            simulation.log
        };
        assert_eq!(log(), log(), "schedule {schedule}");
    }
}
