//! One schedule: random commands in random batches, with crashes; then everything that is open is run to its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::model::Model;
use super::promises::{self, Broken};
use super::sabotage::Sabotage;
use super::world::World;
use crate::store::claim::{Claim, Claims};
use crate::store::command::{Command, Finish, Outcome};
use crate::store::ending::{Accepted, Admission, Ending, Finished, Phase};
use crate::store::engine::Engine;
use crate::store::lease::Written;
use crate::store::sqlite::convert::time;
use crate::store::sqlite::tally::Tally;
use crate::store::sqlite::{Sqlite, recover};

/// Batches of a schedule before it is run to its end.
const BATCHES: u64 = 400;

/// Rounds in which everything must have ended.
const ROUNDS: u32 = 400;

/// Runs schedules.
pub(super) struct Simulation {
    sabotage: Sabotage,
    pub(super) seen: Seen,
    /// Outcomes, where they are wanted.
    pub(super) log: Option<Vec<String>>,
}

/// How often things happened.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    pub(super) commands: u64,
    commits: u64,
    crashes: u64,
    accepted: u64,
    retries: u64,
    joined: u64,
    duplicates: u64,
    full: u64,
    superseded: u64,
    claimed: u64,
    again: u64,
    fenced: u64,
    finished: u64,
    woken: u64,
}

impl Seen {
    /// Whether everything happened often enough to mean something.
    pub(super) fn complete(self) -> bool {
        let Self { commands, commits, crashes, accepted, retries, joined, duplicates, full, superseded, .. } = self;
        let Self { claimed, again, fenced, finished, woken, .. } = self;
        let often = [commands, commits, crashes, accepted, joined, duplicates, full, claimed, again, fenced, finished];
        often.iter().all(|count| *count > 1_000) && [retries, superseded, woken].iter().all(|count| *count > 300)
    }

    fn add(&mut self, outcome: &Outcome) {
        self.commands += 1;
        match outcome {
            Outcome::Admission(Admission::Accepted(accepted)) => {
                self.accepted += 1;
                self.retries += u64::from(accepted.retry_of.is_some());
                self.superseded += u64::try_from(accepted.superseded.len()).unwrap();
            }
            Outcome::Admission(Admission::Joined { .. }) => self.joined += 1,
            Outcome::Admission(Admission::Duplicate(_)) => self.duplicates += 1,
            Outcome::Admission(Admission::QueueFull | Admission::QuotaFull | Admission::StorageFull) => {
                self.full += 1;
            }
            Outcome::Claims(claims) => {
                self.claimed += u64::try_from(claims.claimed.len()).unwrap();
                self.again +=
                    u64::try_from(claims.claimed.iter().filter(|claimed| claimed.attempt > 1).count()).unwrap();
            }
            Outcome::Written(Written::Fenced) | Outcome::Finished(Finished::Fenced) => self.fenced += 1,
            Outcome::Finished(Finished::Done(settled)) => {
                self.finished += 1;
                self.woken += u64::from(settled.parent.is_some());
            }
            Outcome::Written(Written::Done)
            | Outcome::Renewed(_)
            | Outcome::Cancelled(_)
            | Outcome::Replayed(_)
            | Outcome::Kept(_)
            | Outcome::Recorded
            | Outcome::Deleted(_) => {}
        }
    }
}

/// A schedule under way.
struct Play<'a> {
    world: World,
    model: Model,
    engine: Sqlite,
    /// Makes the next commit a rollback.
    crash: Arc<AtomicBool>,
    simulation: &'a mut Simulation,
}

impl Simulation {
    pub(super) fn new(sabotage: Sabotage) -> Self {
        Self { sabotage, seen: Seen::default(), log: None }
    }

    pub(super) fn run(&mut self, seed: u64) -> Result<(), Broken> {
        let mut engine = Sqlite::in_memory().unwrap();
        let crash = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&crash);
        engine.db.commit_hook(Some(move || asked.swap(false, Ordering::Relaxed))).unwrap();
        let mut play = Play { world: World::new(seed), model: Model::default(), engine, crash, simulation: self };
        for _ in 0..BATCHES {
            play.batch()?;
        }
        play.run_to_the_end()
    }
}

impl Play<'_> {
    fn batch(&mut self) -> Result<(), Broken> {
        self.world.wait();
        let mut model = self.model.clone();
        let mut commands = Vec::new();
        let mut wanted = Vec::new();
        for _ in 0..=self.world.chance.below(6) {
            let command = self.world.command(&model);
            wanted.push(model.apply(&command, self.world.now));
            commands.push(command);
        }
        match self.world.chance.below(100) {
            0..2 => {
                self.crash.store(true, Ordering::Relaxed);
                if self.commit(&commands).is_ok() {
                    return Err("a commit outlived a crash before it".into());
                }
                self.restart()
            }
            2..4 => {
                self.done(&commands, &wanted, model)?;
                self.restart()
            }
            _ => self.done(&commands, &wanted, model),
        }
    }

    fn commit(&mut self, commands: &[Command]) -> Result<Vec<Outcome>, Broken> {
        let sabotage = self.simulation.sabotage;
        let mut given = commands.to_vec();
        for command in &mut given {
            sabotage.change(command, |id| self.model.find(id).map(|exec| exec.fence));
        }
        self.simulation.seen.commits += 1;
        let committed = self.engine.commit(&given, time(sabotage.now(self.world.now)));
        committed.map_err(|error| format!("{error}: {commands:?}"))
    }

    /// Commits, and compares what came of it with what had to.
    fn done(&mut self, commands: &[Command], wanted: &[Outcome], after: Model) -> Result<(), Broken> {
        self.crash
            .store(self.simulation.sabotage == Sabotage::CommitLost && self.world.chance.percent(1), Ordering::Relaxed);
        let outcomes = match self.commit(commands) {
            Ok(outcomes) => outcomes,
            Err(_) if self.simulation.sabotage == Sabotage::CommitLost => wanted.to_vec(),
            Err(broken) => return Err(broken),
        };
        for ((command, outcome), wanted) in commands.iter().zip(outcomes).zip(wanted) {
            let outcome = plain(outcome);
            if outcome != *wanted {
                return Err(format!("{command:?} came to {outcome:?}, not to {wanted:?}"));
            }
            self.see(&outcome);
        }
        if commands.len() == 1 {
            promises::begins(&self.model, &after)?;
        }
        self.model = after;
        promises::hold(&self.model)
    }

    fn see(&mut self, outcome: &Outcome) {
        self.simulation.seen.add(outcome);
        if let Some(log) = &mut self.simulation.log {
            log.push(format!("{outcome:?}"));
        }
        if let Outcome::Claims(Claims { claimed, .. }) = outcome {
            for claimed in claimed {
                self.world.learn(claimed.fence);
            }
        }
        if let Outcome::Admission(Admission::Accepted(Accepted { fence: Some(fence), .. })) = outcome {
            self.world.learn(*fence);
        }
    }

    /// The process ends; another one opens the same database. Those who had leases do not know.
    fn restart(&mut self) -> Result<(), Broken> {
        self.simulation.seen.crashes += 1;
        self.engine.known.forget();
        self.engine.tally = Tally::read(&self.engine.db).unwrap().ok_or("the row of counts is damaged")?;
        let recovered = recover::all(&mut self.engine, time(self.world.now)).map_err(|error| error.to_string())?;
        self.model.crash(self.world.now);
        if recovered.damaged.is_empty() { Ok(()) } else { Err(format!("{recovered:?}")) }
    }

    fn run_to_the_end(mut self) -> Result<(), Broken> {
        promises::equal(&self.engine, &self.model)?;
        for _ in 0..ROUNDS {
            if self.model.execs.iter().all(|exec| !exec.open()) {
                return promises::equal(&self.engine, &self.model);
            }
            self.round()?;
        }
        let stuck: Vec<_> = self.model.execs.iter().filter(|exec| exec.open()).collect();
        Err(format!("stuck: {stuck:?}"))
    }

    /// Everything that can be claimed is, and succeeds.
    fn round(&mut self) -> Result<(), Broken> {
        self.world.now += 10_000_000;
        let workflows: Vec<_> = self.world.workflows().map(|(uid, max)| (uid.to_owned(), max)).collect();
        for (workflow, max) in workflows {
            let claim = Claim { workflow, limit: 50, max, lease: self.world.strange_lease() };
            let mut after = self.model.clone();
            let command = Command::Claim(claim);
            let wanted = after.apply(&command, self.world.now);
            self.done(&[command], std::slice::from_ref(&wanted), after)?;
            let Outcome::Claims(claims) = wanted else { continue };
            for claimed in claims.claimed {
                let ending = Ending { phase: Phase::Succeeded, reason: None, step: None, message: None, answer: None };
                let finish = Finish { fence: claimed.fence, entries: Vec::new(), ending };
                let command = Command::Finish(Box::new(finish));
                let mut after = self.model.clone();
                let wanted = after.apply(&command, self.world.now);
                self.done(&[command], &[wanted], after)?;
            }
        }
        Ok(())
    }
}

/// Without what is only a hint, and what the model does not count.
fn plain(mut outcome: Outcome) -> Outcome {
    if let Outcome::Claims(claims) = &mut outcome {
        claims.more = false;
    }
    if let Outcome::Deleted(deleted) = &mut outcome {
        deleted.plans = 0;
    }
    outcome
}
