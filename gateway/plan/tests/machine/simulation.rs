//! The simulation: random programs under random schedules of failures, crashes, cancellations and misordered events, in
//! virtual time. Whatever happens, the promises of [`promises`] must hold.
//!
//! A schedule is a number. `BOATHOOK_SEED=N` replays schedule N alone; `BOATHOOK_SCHEDULES=N` runs N of them, from
//! `BOATHOOK_SEED` or else from a seed of the day.

mod chance;
mod execution;
mod outcomes;
mod programs;
mod promises;
mod sabotage;
mod schedule;

use std::time::{Duration, Instant, SystemTime};

use sabotage::Sabotage;
use schedule::Simulation;

/// How many schedules `cargo test` runs.
const SCHEDULES: u64 = 100_000;

/// Where they begin, unless the environment says otherwise: a commit that is green stays green.
const SEED: u64 = 1;

/// What has to be reached in release on one core, with room for a busy machine.
const LEAST_A_MINUTE: f64 = 100_000.0;

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} must be a number")))
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
fn simulation_keeps_every_promise() {
    let (seed, count) = range();
    let started = Instant::now();
    let mut simulation = Simulation::new(Sabotage::None);
    for schedule in seed..seed.saturating_add(count) {
        if let Err(broken) = simulation.run(schedule) {
            panic!("after {} schedules: {broken}\nBOATHOOK_SEED={schedule} replays it", schedule - seed);
        }
    }
    let took = started.elapsed();
    let a_minute = u32::try_from(count).map_or(f64::MAX, f64::from) / took.as_secs_f64() * 60.0;
    println!("simulation: {count} of {count} schedules from seed {seed} in {took:.1?}, {a_minute:.0} a minute");
    println!("{}", simulation.seen());
    if count >= SCHEDULES {
        assert!(simulation.seen().complete(), "something never happened: {}", simulation.seen());
        assert!(cfg!(debug_assertions) || a_minute >= LEAST_A_MINUTE, "too slow: {a_minute:.0} schedules a minute");
    }
}

#[test]
fn simulation_finds_every_known_fault() {
    for fault in Sabotage::FAULTS {
        let mut simulation = Simulation::new(fault);
        let found = (0..5_000).find(|schedule| simulation.run(*schedule).is_err());
        assert!(found.is_some(), "{fault:?} was not found in 5,000 schedules");
    }
}

#[test]
fn simulation_of_one_schedule_is_the_same_each_time() {
    for schedule in 0..200 {
        let once = Simulation::new(Sabotage::None).journal(schedule);
        let again = Simulation::new(Sabotage::None).journal(schedule);
        assert_eq!(once, again, "schedule {schedule}");
    }
}
