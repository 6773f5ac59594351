//! One execution in virtual time: an executor whose world fails as the schedule says.

use boathook_plan::json::Json;
use boathook_plan::machine::{
    Alarm, Caller, Cancellation, Effect, Entry, Event, EventKind, Input, Outcome, Place, Seed, State, Trace, kept, step,
};
use boathook_plan::reply::Reply;
use jiff::{SignedDuration, Timestamp};

use super::chance::Chance;
use super::outcomes::Outcomes;
use super::programs::Sample;
use super::promises::{Broken, Witness, hold};
use super::sabotage::Sabotage;

const ID: uuid::Uuid = uuid::Uuid::from_u128(0x019b_76da_a800_7000_8000_0000_0000_0001);
const START: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// More events than any program of the simulation needs.
const MOST_EVENTS: usize = 5_000;

/// How rough the world is.
#[derive(Clone, Debug)]
pub struct Weather {
    pub outcomes: Outcomes,
    /// Chance of delay, misorder, repeats and junk; `None` is a world without time between cause and effect.
    pub chaos: Option<Chance>,
    /// The process dies each time when this many effects are performed.
    pub crashes: Vec<usize>,
    /// When somebody cancels, in milliseconds.
    pub cancel: Option<(u64, Cancellation)>,
    pub hops: u32,
    pub sabotage: Sabotage,
}

/// What is left when it is over.
#[derive(Clone, Debug, PartialEq)]
pub struct Ending {
    pub outcome: Outcome,
    pub answer: Option<Reply>,
    pub journal: Vec<Entry>,
    pub trace: Trace,
    pub crashed: usize,
    /// How many effects were performed.
    pub effects: usize,
}

pub struct Execution<'s> {
    sample: &'s Sample,
    weather: Weather,
    witness: Witness<'s>,
    /// The journal as text, as a store has it.
    stored: Vec<String>,
    queue: Vec<(Timestamp, EventKind)>,
    now: Timestamp,
    crashed: usize,
    effects: usize,
}

impl<'s> Execution<'s> {
    pub fn new(sample: &'s Sample, weather: Weather) -> Self {
        let witness = Witness::new(sample, START);
        Self { sample, weather, witness, stored: Vec::new(), queue: Vec::new(), now: START, crashed: 0, effects: 0 }
    }

    /// Runs it to its end.
    pub fn run(mut self) -> Result<Ending, Broken> {
        let mut state = State::new(self.sample.program.clone(), self.input());
        self.queue.push((START, EventKind::Started));
        if let Some((at, why)) = self.weather.cancel {
            self.queue.push((START + milliseconds(at), EventKind::Cancelled(why)));
        }
        for _ in 0..MOST_EVENTS {
            let Some(kind) = self.next_event() else { return Err("nothing is left to wait for".to_owned()) };
            self.witness.hears(&kind);
            let (next, effects) = self.tell(state, kind);
            state = next;
            if self.perform(effects)? {
                state = self.resume()?;
            }
            if self.witness.finish.is_some() {
                return self.end(state);
            }
        }
        Err(format!("the run goes on after {MOST_EVENTS} events"))
    }

    fn tell(&self, state: State, kind: EventKind) -> (State, Vec<Effect>) {
        let (state, effects) = step(state, self.weather.sabotage.tell(Event { at: self.now, kind }));
        (state, self.weather.sabotage.ask(effects))
    }

    /// The earliest event; in chaos sometimes another one, sometimes again, sometimes one that nobody waits for.
    fn next_event(&mut self) -> Option<EventKind> {
        let earliest = (0..self.queue.len()).min_by_key(|index| self.queue[*index].0)?;
        let Some(chance) = &mut self.weather.chaos else {
            let (at, kind) = self.queue.remove(earliest);
            self.now = self.now.max(at);
            return Some(kind);
        };
        if chance.percent(4) {
            return Some(junk(chance, &self.witness));
        }
        let misordered = chance.percent(10);
        let chosen = if misordered { chance.index(self.queue.len()) } else { earliest };
        let again = chance.percent(5);
        let late = chance.percent(10).then(|| milliseconds(chance.below(4_000)));
        let (at, kind) = if again { self.queue[chosen].clone() } else { self.queue.remove(chosen) };
        self.now = self.now.max(at) + late.unwrap_or_default();
        Some(kind)
    }

    /// Performs the effects in order; true when the process died over it.
    fn perform(&mut self, effects: Vec<Effect>) -> Result<bool, Broken> {
        let finishes = matches!(effects.last(), Some(Effect::Finish(_)));
        for effect in effects {
            if self.weather.crashes.first() == Some(&self.effects) {
                self.weather.crashes.remove(0);
                return Ok(true);
            }
            self.effects += 1;
            self.witness.sees(&effect, self.now)?;
            match effect {
                Effect::Journal(entry) => {
                    let stored = self.weather.sabotage.store(&entry, self.witness.written.len() - 1);
                    self.stored.extend(stored.map(|entry| serde_json::to_string(&entry).unwrap()));
                }
                Effect::Attempt(attempt) => self.begin(&attempt.place, attempt.attempt),
                Effect::Alarm(alarm, after) => {
                    let due = self.now + SignedDuration::try_from(after).unwrap_or(SignedDuration::MAX);
                    let due = self.early(due);
                    self.queue.push((due, EventKind::Due(alarm)));
                }
                Effect::Call(call) => self.begin(&call.place, call.attempt),
                Effect::Abandon(_) | Effect::Respond(_) | Effect::Finish(_) => {}
            }
        }
        hold(finishes == self.witness.finish.is_some(), || "the end is not the last effect".to_owned())?;
        Ok(false)
    }

    fn begin(&mut self, place: &Place, attempt: u32) {
        let outcome = self.weather.outcomes.of(place, attempt);
        let latency = self.weather.outcomes.latency(place, attempt);
        let latency = if self.weather.chaos.is_some() { milliseconds(latency) } else { SignedDuration::ZERO };
        self.queue.push((
            self.now + latency,
            EventKind::Attempted { place: place.clone(), attempt, outcome, console: Vec::new() },
        ));
    }

    /// Some timers go off before their time.
    fn early(&mut self, due: Timestamp) -> Timestamp {
        let early = self.weather.chaos.as_mut().is_some_and(|chance| chance.percent(3));
        if early { self.now + due.duration_since(self.now) / 2 } else { due }
    }

    /// Another owner takes the run over: nothing is left but the journal.
    fn resume(&mut self) -> Result<State, Broken> {
        self.crashed += 1;
        self.witness.in_flight.clear();
        self.queue.retain(|(_, kind)| matches!(kind, EventKind::Cancelled(_)));
        if let Some(chance) = &mut self.weather.chaos {
            self.now += milliseconds(chance.below(3_000));
        }
        self.queue.push((self.now, EventKind::Started));
        let program = self.sample.program.clone();
        let entries: Vec<Entry> = self.stored.iter().map(|entry| serde_json::from_str(entry).unwrap()).collect();
        State::resume(program, self.input(), &entries).map_err(|error| error.to_string())
    }

    /// Nothing brings a finished run back.
    fn end(self, mut state: State) -> Result<Ending, Broken> {
        let mut left: Vec<_> = self.queue.iter().map(|(_, kind)| kind.clone()).collect();
        left.extend([EventKind::Started, EventKind::Cancelled(Cancellation::ShuttingDown)]);
        for kind in left {
            let (next, effects) = self.tell(state, kind);
            state = next;
            hold(effects.is_empty(), || format!("effects after the end: {effects:?}"))?;
        }
        self.witness.ends(self.crashed > 0)?;
        self.replays()?;
        let outcome = self.witness.finish.ok_or("the run has not finished")?;
        let (journal, answer) = (self.witness.written, self.witness.answer);
        let (crashed, effects) = (self.crashed, self.effects);
        Ok(Ending { outcome, answer, journal, trace: state.trace(), crashed, effects })
    }

    /// A replay from the failed step goes on where nothing has failed.
    fn replays(&self) -> Result<(), Broken> {
        let stored = &self.witness.written;
        let (program, input) = (&self.sample.program, self.input());
        let kept = kept(program, &input, stored).map_err(|error| error.to_string())?;
        let entries: Vec<_> = kept.iter().map(|position| stored[*position].clone()).collect();
        let replayed = State::resume(program.clone(), Input { caller: Caller::Nobody, ..input }, &entries);
        let replayed = replayed.map_err(|error| format!("a replay: {error}"))?;
        let failed = matches!(self.witness.finish, Some(Outcome::Failed(_)));
        let (_, effects) = step(replayed, Event { at: self.now, kind: EventKind::Started });
        let over = matches!(effects[..], [Effect::Finish(_)]);
        hold(!(failed && over), || format!("a replay has failed before it began: {entries:?}"))
    }

    fn input(&self) -> Input {
        Input {
            execution: ID,
            attempt: 1,
            seed: Seed::Execution(ID),
            request_id: "req".into(),
            received_at: START,
            started_at: START,
            context: Json::object([("yes", Json::Bool(true)), ("n", Json::from(2_i64)), ("zero", Json::from(0_i64))]),
            batch: None,
            hops: self.weather.hops,
            caller: Caller::Sender,
            depth: 0,
        }
    }
}

/// An event that nobody waits for.
fn junk(chance: &mut Chance, witness: &Witness<'_>) -> EventKind {
    let place = Place::step(["s0", "s1", "nowhere"][chance.index(3)]);
    match chance.below(6) {
        0 => EventKind::Started,
        1 => EventKind::Due(Alarm::Deadline),
        2 => EventKind::Due(Alarm::Timeout),
        3 => EventKind::Due(Alarm::FailureTimeout),
        4 => EventKind::Due(Alarm::Pause(place, 9)),
        _ => {
            let attempt = witness.in_flight.get(&place).map_or(9, |attempt| attempt + 1);
            EventKind::Attempted { place, attempt, outcome: Ok(Json::text("junk")), console: Vec::new() }
        }
    }
}

fn milliseconds(count: u64) -> SignedDuration {
    SignedDuration::from_millis(count.cast_signed())
}
