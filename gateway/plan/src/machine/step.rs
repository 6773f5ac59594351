//! `step`: takes one event in, then does what comes next until only another event can bring the run on.

use super::clock::until;
use super::decide::{At, Decision};
use super::effect::{Alarm, Effect};
use super::entry::{Entry, Fact};
use super::event::{Cancellation, Event, EventKind};
use super::outcome::Outcome;
use super::place::Place;
use super::state::{State, Waiting};
use crate::json::Json;
use crate::limits::TURN;
use crate::reason::StepFailure;

/// Takes one event in: the next state, and what to do, in this order.
pub fn step(state: State, event: Event) -> (State, Vec<Effect>) {
    let mut turn = Advance { state, effects: Vec::new() };
    if !turn.state.live.finished {
        turn.state.live.clock = turn.state.live.clock.max(event.at);
        turn.receive(event.kind);
        turn.run();
    }
    (turn.state, turn.effects)
}

/// A state on its way, and what it has asked for so far.
struct Advance {
    state: State,
    effects: Vec<Effect>,
}

impl Advance {
    fn receive(&mut self, event: EventKind) {
        match event {
            EventKind::Started if self.state.live.started => {}
            EventKind::Started => {
                self.state.live.started = true;
                self.arm();
            }
            EventKind::Attempted { place, attempt, outcome, console } => {
                self.attempted(&place, attempt, outcome, console);
            }
            EventKind::Due(Alarm::Pause(place, attempt)) => {
                let waiting = self.state.live.waiting.get(&place);
                if matches!(waiting, Some(Waiting::Pause { attempt: known, .. }) if *known == attempt) {
                    self.state.live.waiting.remove(&place);
                }
            }
            EventKind::Due(Alarm::Turn) => {}
            EventKind::Due(alarm @ (Alarm::Deadline | Alarm::Timeout | Alarm::FailureTimeout)) => self.early(&alarm),
            EventKind::Cancelled(Cancellation::Requested) => {
                self.state.live.cancelled.get_or_insert(Cancellation::Requested);
            }
            EventKind::Cancelled(Cancellation::ShuttingDown) => {
                self.state.live.cancelled = Some(Cancellation::ShuttingDown);
            }
        }
    }

    /// An attempt's outcome is written, whatever else is due: what was done must not be done again.
    fn attempted(&mut self, place: &Place, attempt: u32, outcome: Result<Json, StepFailure>, console: Vec<String>) {
        let waiting = self.state.live.waiting.get(place).copied();
        let Some(tried) = waiting.and_then(Waiting::tried).filter(|tried| tried.attempt == attempt) else { return };
        let Some(frame) = self.state.progress.frame.find(place) else { return };
        let Some((step, place)) = frame.current() else { return };
        let console = if step.sensitive { Vec::new() } else { console };
        let fact = self.state.judge(At { frame, step, place }, tried, outcome).with_console(console);
        if !matches!(fact, Fact::Stopped { .. }) {
            let place = place.clone();
            self.state.live.waiting.remove(&place);
        }
        self.write(fact);
    }

    fn run(&mut self) {
        for _ in 0..TURN {
            match self.state.decide() {
                Decision::Write(fact) => self.write(fact),
                Decision::Answer(fact, reply) => {
                    self.write(fact);
                    self.effects.push(Effect::Respond(reply));
                }
                Decision::Attempt(attempt, tried) => {
                    self.state.live.waiting.insert(attempt.place.clone(), Waiting::Attempt(tried));
                    self.effects.push(Effect::Attempt(attempt));
                }
                Decision::Call(call, tried) => {
                    self.state.live.waiting.insert(call.place.clone(), Waiting::Call(tried));
                    self.effects.push(Effect::Call(call));
                }
                Decision::Pause(place, attempt, due) => {
                    let pause = until(due, self.state.live.clock);
                    self.state.live.waiting.insert(place.clone(), Waiting::Pause { attempt, due });
                    self.effects.push(Effect::Alarm(Alarm::Pause(place, attempt), pause));
                }
                Decision::Finish(outcome) => return self.finish(outcome),
                Decision::Wait => return,
            }
        }
        self.effects.push(Effect::Alarm(Alarm::Turn, std::time::Duration::ZERO));
    }

    /// Writes an entry, and does what must follow it at once.
    fn write(&mut self, fact: Fact) {
        let entry = Entry { at: self.state.live.clock, fact };
        let (answered, failed) = (self.state.progress.answered, self.state.error().is_some());
        self.state.progress.apply(&self.state.program, &entry);
        self.effects.push(Effect::Journal(entry.clone()));
        match &entry.fact {
            Fact::Stopped { .. } | Fact::Ended { .. } => self.abandon(|_| true),
            Fact::Failed { place, .. } => self.abandon(|waiting| waiting.is_below(place)),
            Fact::Skipped { .. }
            | Fact::Entered { .. }
            | Fact::Spread { .. }
            | Fact::Forked { .. }
            | Fact::Returned { .. }
            | Fact::Waiting { .. }
            | Fact::Retrying { .. }
            | Fact::Succeeded { .. }
            | Fact::Completed
            | Fact::Late => {}
        }
        let Some(error) = self.state.error().filter(|_| !failed) else { return };
        if !answered {
            self.effects.push(Effect::Respond(self.state.failure_answer(error)));
        }
        self.arm();
    }

    /// Stops what is under way at such places.
    fn abandon(&mut self, at: impl Fn(&Place) -> bool) {
        let effects = &mut self.effects;
        self.state.live.waiting.retain(|place, waiting| {
            let over = at(place);
            if over && waiting.tried().is_some() {
                effects.push(Effect::Abandon(place.clone()));
            }
            !over
        });
    }

    /// An alarm that went off too early is set again.
    fn early(&mut self, alarm: &Alarm) {
        let now = self.state.live.clock;
        if let Some((alarm, due)) = self.state.alarms().into_iter().find(|(known, due)| known == alarm && *due > now) {
            self.effects.push(Effect::Alarm(alarm, until(due, now)));
        }
    }

    /// Sets the alarms of the stage.
    fn arm(&mut self) {
        let now = self.state.live.clock;
        for (alarm, due) in self.state.alarms() {
            self.effects.push(Effect::Alarm(alarm, until(due, now)));
        }
    }

    fn finish(&mut self, outcome: Outcome) {
        self.state.live.finished = true;
        self.effects.push(Effect::Finish(outcome));
    }
}
