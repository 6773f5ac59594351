//! Known faults, put between the machine and its executor: a simulation that does not find them proves nothing.

use boathook_plan::json::Json;
use boathook_plan::machine::{Effect, Entry, Event, Fact};
use jiff::SignedDuration;

/// A fault, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sabotage {
    /// Everything works.
    None,
    /// The store loses the second entry.
    EntryLost,
    /// The store changes a result.
    ResultChanged,
    /// The machine's clock is an hour late, so no deadline is seen.
    ClockLate,
    /// An answer is given twice.
    AnsweredTwice,
    /// An attempt's outcome is reported as that of the next one.
    OutcomeMisplaced,
    /// Attempts of a step have another key each.
    KeyChanged,
    /// `Finish` never comes.
    FinishLost,
}

impl Sabotage {
    pub const FAULTS: [Self; 7] = [
        Self::EntryLost,
        Self::ResultChanged,
        Self::ClockLate,
        Self::AnsweredTwice,
        Self::OutcomeMisplaced,
        Self::KeyChanged,
        Self::FinishLost,
    ];

    /// What the store has of an entry; `position` counts from 0.
    pub fn store(self, entry: &Entry, position: usize) -> Option<Entry> {
        let mut stored = entry.clone();
        if self == Self::EntryLost && position == 1 {
            return None;
        }
        if let (Self::ResultChanged, Fact::Succeeded { result, .. }) = (self, &mut stored.fact) {
            result.value = Json::text("changed");
        }
        Some(stored)
    }

    /// What the machine is told.
    pub fn tell(self, mut event: Event) -> Event {
        use boathook_plan::machine::EventKind;
        match (self, &mut event.kind) {
            (Self::ClockLate, _) => event.at -= SignedDuration::from_hours(1),
            (Self::OutcomeMisplaced, EventKind::Attempted { attempt, .. }) => *attempt += 1,
            _ => {}
        }
        event
    }

    /// What the executor is asked for.
    pub fn ask(self, effects: Vec<Effect>) -> Vec<Effect> {
        let mut asked = Vec::with_capacity(effects.len());
        for mut effect in effects {
            match (self, &mut effect) {
                (Self::AnsweredTwice, Effect::Respond(reply)) => asked.push(Effect::Respond(reply.clone())),
                (Self::KeyChanged, Effect::Attempt(attempt)) => {
                    let key = attempt.idempotency_key.as_u128() ^ u128::from(attempt.attempt);
                    attempt.idempotency_key = uuid::Uuid::from_u128(key);
                }
                (Self::FinishLost, Effect::Finish(_)) => continue,
                _ => {}
            }
            asked.push(effect);
        }
        asked
    }
}
