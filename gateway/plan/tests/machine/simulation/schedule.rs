//! One schedule: either a rough world, or a calm one run twice, with and without crashes, which must end the same.

use std::fmt;

use boathook_plan::json::Json;
use boathook_plan::limits::RESULT_SIZE;
use boathook_plan::machine::{Cancellation, Entry, Outcome};

use super::chance::Chance;
use super::execution::{Ending, Execution, Weather};
use super::outcomes::Outcomes;
use super::programs::Sample;
use super::promises::{Broken, hold};
use super::sabotage::Sabotage;

/// So many of a hundred calm schedules are run with a crash before each of their effects.
const A_SWEEP: u64 = 5;

/// So many schedules share a program: compiling is most of the work.
const A_PROGRAM: u64 = 64;

/// Runs schedules.
pub struct Simulation {
    sabotage: Sabotage,
    sample: Option<(u64, Sample)>,
    too_large: Json,
    seen: Seen,
}

/// How often things happened.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    succeeded: u64,
    failed: u64,
    cancelled: u64,
    crashes: u64,
    entries: u64,
}

impl Seen {
    /// Whether everything happened often enough to mean something.
    pub fn complete(self) -> bool {
        [self.succeeded, self.failed, self.cancelled, self.crashes].iter().all(|count| *count > 1_000)
    }

    fn add(&mut self, ending: &Ending) {
        match ending.outcome {
            Outcome::Succeeded { .. } => self.succeeded += 1,
            Outcome::Failed(_) => self.failed += 1,
            Outcome::Cancelled(_) => self.cancelled += 1,
        }
        self.crashes += ending.crashed as u64;
        self.entries += ending.journal.len() as u64;
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { succeeded, failed, cancelled, crashes, entries } = self;
        write!(
            out,
            "{succeeded} succeeded, {failed} failed, {cancelled} cancelled; {crashes} crashes, {entries} entries"
        )
    }
}

impl Simulation {
    pub fn new(sabotage: Sabotage) -> Self {
        let too_large = Json::text(&"x".repeat(RESULT_SIZE));
        Self { sabotage, sample: None, too_large, seen: Seen::default() }
    }

    pub fn seen(&self) -> Seen {
        self.seen
    }

    /// Runs one schedule.
    pub fn run(&mut self, schedule: u64) -> Result<(), Broken> {
        self.endings(schedule).map(drop)
    }

    /// The journal of a schedule's last execution.
    pub fn journal(&mut self, schedule: u64) -> Vec<Entry> {
        self.endings(schedule).map(|ending| ending.journal).unwrap()
    }

    fn endings(&mut self, schedule: u64) -> Result<Ending, Broken> {
        let program = schedule / A_PROGRAM;
        let sample = match self.sample.take() {
            Some((known, sample)) if known == program => sample,
            Some(_) | None => Sample::new(program),
        };
        let ending = self.execute(&sample, schedule);
        self.sample = Some((program, sample));
        ending
    }

    fn execute(&mut self, sample: &Sample, schedule: u64) -> Result<Ending, Broken> {
        let mut chance = Chance::new(schedule);
        let failing = chance.below(60);
        let outcomes = Outcomes::new(schedule, failing, self.too_large.clone());
        let hops = if chance.percent(2) { 6 } else { 0 };
        let calm = Weather { outcomes, chaos: None, crashes: Vec::new(), cancel: None, hops, sabotage: self.sabotage };
        if chance.percent(40) && !sample.concurrent {
            return self.compare(sample, &calm, &mut chance);
        }
        let why = if chance.percent(50) { Cancellation::Requested } else { Cancellation::ShuttingDown };
        let cancel = chance.percent(30).then(|| (chance.below(4_000), why));
        let crashes = crashes(&mut chance, 30);
        let weather = Weather { chaos: Some(chance), cancel, crashes, ..calm };
        let ending = Execution::new(sample, weather).run()?;
        self.seen.add(&ending);
        Ok(ending)
    }

    /// A run that crashes ends as one that does not.
    fn compare(&mut self, sample: &Sample, calm: &Weather, chance: &mut Chance) -> Result<Ending, Broken> {
        let whole = Execution::new(sample, calm.clone()).run()?;
        self.seen.add(&whole);
        if chance.percent(A_SWEEP) {
            for effect in 0..whole.effects {
                self.crash(sample, calm, &whole, vec![effect])?;
            }
        }
        self.crash(sample, calm, &whole, crashes(chance, 90))
    }

    /// The same execution with crashes: another owner goes on, and nobody can tell the difference.
    fn crash(&mut self, sample: &Sample, calm: &Weather, whole: &Ending, dies: Vec<usize>) -> Result<Ending, Broken> {
        let crashed = Execution::new(sample, Weather { crashes: dies, ..calm.clone() }).run()?;
        self.seen.add(&crashed);
        hold(whole.outcome == crashed.outcome, || differ("outcomes", &whole.outcome, &crashed.outcome))?;
        hold(whole.journal == crashed.journal, || differ("journals", &whole.journal, &crashed.journal))?;
        hold(whole.trace == crashed.trace, || differ("traces", &whole.trace, &crashed.trace))?;
        let lost = crashed.crashed > 0 && crashed.answer.is_none();
        hold(lost || whole.answer == crashed.answer, || differ("answers", &whole.answer, &crashed.answer))?;
        Ok(crashed)
    }
}

/// After how many effects the process dies, each time.
fn crashes(chance: &mut Chance, percent: u64) -> Vec<usize> {
    let mut found = Vec::new();
    let mut effects = 0;
    while chance.percent(percent) && found.len() < 4 {
        effects += usize::try_from(chance.below(8)).unwrap();
        found.push(effects);
    }
    found
}

fn differ(what: &str, whole: &impl fmt::Debug, crashed: &impl fmt::Debug) -> Broken {
    format!("the {what} differ\nwithout a crash: {whole:#?}\nwith one: {crashed:#?}")
}
