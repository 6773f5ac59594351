//! What must hold whatever happens, checked at each effect and at the end.

use std::collections::{BTreeMap, BTreeSet};

use boathook_plan::json::Json;
use boathook_plan::machine::{Alarm, Attempt, Effect, Entry, EventKind, Fact, Outcome, Place};
use boathook_plan::reason::StepReason;
use boathook_plan::reply::Reply;
use jiff::{SignedDuration, Timestamp};

use super::programs::Sample;

/// A promise that does not hold.
pub type Broken = String;

/// What an execution has shown of itself, over all its owners.
pub struct Witness<'s> {
    sample: &'s Sample,
    deadline: Timestamp,
    /// Every entry, as the machine wrote it.
    pub written: Vec<Entry>,
    pub answer: Option<Reply>,
    pub finish: Option<Outcome>,
    /// Attempts under way.
    pub in_flight: BTreeMap<Place, u32>,
    keys: BTreeMap<Place, uuid::Uuid>,
    results: BTreeMap<Place, Json>,
    /// Steps that are over, in whatever way.
    over: BTreeSet<Place>,
    failed_attempts: BTreeMap<Place, u32>,
    responded_by_step: bool,
    /// Whether an `end` step ended the steps well or not.
    ended: bool,
    /// Alarms that may be set: those of a stage once, and each again when it went off.
    alarms_left: usize,
    /// Whether somebody cancelled.
    cancelled: bool,
}

impl<'s> Witness<'s> {
    pub fn new(sample: &'s Sample, received_at: Timestamp) -> Self {
        let deadline = received_at + SignedDuration::from_millis(sample.deadline_ms.cast_signed());
        Self {
            sample,
            deadline,
            written: Vec::new(),
            answer: None,
            finish: None,
            in_flight: BTreeMap::new(),
            keys: BTreeMap::new(),
            results: BTreeMap::new(),
            over: BTreeSet::new(),
            failed_attempts: BTreeMap::new(),
            responded_by_step: false,
            ended: false,
            alarms_left: 0,
            cancelled: false,
        }
    }

    /// One event that the machine is told.
    pub fn hears(&mut self, event: &EventKind) {
        self.cancelled |= matches!(event, EventKind::Cancelled(_));
        self.alarms_left += match event {
            EventKind::Started => 3,
            EventKind::Due(_) => 1,
            EventKind::Attempted { .. } | EventKind::Cancelled(_) => 0,
        };
        if let EventKind::Attempted { place, attempt, .. } = event
            && self.in_flight.get(place) == Some(attempt)
        {
            self.in_flight.remove(place);
        }
    }

    /// One effect, asked for at this time.
    pub fn sees(&mut self, effect: &Effect, now: Timestamp) -> Result<(), Broken> {
        hold(self.finish.is_none(), || format!("an effect after the end: {effect:?}"))?;
        match effect {
            Effect::Journal(entry) => self.sees_entry(entry, now),
            Effect::Attempt(attempt) => self.sees_attempt(attempt, now),
            Effect::Call(call) => Err(format!("{} is called", call.workflow)),
            Effect::Abandon(place) => {
                hold(self.in_flight.remove(place).is_some(), || format!("{place} is abandoned but not under way"))
            }
            Effect::Alarm(Alarm::Pause(..) | Alarm::Wait(_) | Alarm::Turn, _) => Ok(()),
            Effect::Alarm(alarm, _) => {
                hold(self.alarms_left > 0, || format!("{alarm:?} is set again for nothing"))?;
                self.alarms_left -= 1;
                Ok(())
            }
            Effect::Respond(reply) => {
                hold(self.answer.is_none(), || "the sender is answered twice".to_owned())?;
                self.answer = Some(reply.clone());
                self.in_time_or_late(reply, now)
            }
            Effect::Finish(outcome) => {
                self.finish = Some(outcome.clone());
                hold(self.in_flight.is_empty(), || format!("attempts outlive the run: {:?}", self.in_flight))
            }
        }
    }

    fn sees_entry(&mut self, entry: &Entry, now: Timestamp) -> Result<(), Broken> {
        let before = self.written.last().map_or(Timestamp::MIN, |entry| entry.at);
        hold(entry.at >= before, || format!("an entry from the past: {entry:?}"))?;
        let last = self.written.last().map(|entry| &entry.fact);
        hold(last != Some(&Fact::Completed), || format!("an entry after the last one: {entry:?}"))?;
        if let Some(place) = entry.fact.place() {
            hold(!self.over.contains(place), || format!("{place} goes on after its end: {entry:?}"))?;
        }
        match &entry.fact {
            Fact::Succeeded { place, result, .. } => {
                self.results.insert(place.clone(), result.value.clone());
                self.responded_by_step |= self.sample.answering.contains(place.name());
            }
            Fact::Retrying { place, .. } => {
                let failed = self.failed_attempts.entry(place.clone()).or_default();
                *failed += 1;
                let most = self.most_attempts(place);
                let failed = self.failed_attempts[place];
                hold(failed < most, || format!("{place} is retried after {failed} of {most} attempts"))?;
            }
            Fact::Skipped { place, .. }
            | Fact::Entered { place, .. }
            | Fact::Spread { place, .. }
            | Fact::Forked { place } => self.in_time(place, now)?,
            Fact::Ended { .. } => self.ended = true,
            Fact::Returned { .. } | Fact::Failed { .. } | Fact::Completed | Fact::Late | Fact::Stopped { .. } => {}
        }
        let goes_on = matches!(
            entry.fact,
            Fact::Entered { block: Some(_), .. } | Fact::Spread { .. } | Fact::Forked { .. } | Fact::Retrying { .. }
        );
        if !goes_on {
            self.over.extend(entry.fact.place().cloned());
        }
        self.written.push(entry.clone());
        Ok(())
    }

    fn sees_attempt(&mut self, attempt: &Attempt, now: Timestamp) -> Result<(), Broken> {
        let (place, number) = (&attempt.place, attempt.attempt);
        self.in_time(place, now)?;
        let most = self.most_attempts(place);
        hold((1..=most).contains(&number), || format!("{place} has attempt {number} of {most}"))?;
        let earlier = self.in_flight.insert(place.clone(), number);
        hold(earlier.is_none(), || format!("{place} has two attempts at once"))?;
        hold(!self.over.contains(place), || format!("{place} runs again though its end is written"))?;
        let failed = self.failed_attempts.get(place).copied().unwrap_or(0);
        hold(number == failed + 1, || format!("{place} has attempt {number} though {failed} are written"))?;
        let key = *self.keys.entry(place.clone()).or_insert(attempt.idempotency_key);
        hold(key == attempt.idempotency_key, || format!("{place} has two idempotency keys"))?;
        let distinct: BTreeSet<_> = self.keys.values().collect();
        hold(distinct.len() == self.keys.len(), || format!("{place} shares its idempotency key"))?;
        self.sees_results(attempt)
    }

    /// Every result that is visible at the attempt's place is the one that was written.
    fn sees_results(&self, attempt: &Attempt) -> Result<(), Broken> {
        let steps = attempt.scope.get("$steps").ok_or("an attempt without $steps")?;
        for (place, written) in self.results.iter().filter(|(place, _)| visible(place, &attempt.place)) {
            let seen = steps.get([place.name()]);
            hold(seen == Some(written), || format!("{} sees {seen:?} of {place}, not {written:?}", attempt.place))?;
        }
        Ok(())
    }

    /// Nothing of the main program starts after the deadline of a sender that still waits.
    fn in_time(&self, place: &Place, now: Timestamp) -> Result<(), Broken> {
        let waited_for = !place.as_str().starts_with('$') && !self.responded_by_step;
        hold(!waited_for || now < self.deadline, || format!("{place} starts after the deadline"))
    }

    /// A sender that is answered at its deadline or later is told so, unless a step had decided or somebody cancelled.
    fn in_time_or_late(&self, reply: &Reply, now: Timestamp) -> Result<(), Broken> {
        let free = now < self.deadline || self.responded_by_step || self.ended || self.cancelled;
        let late = [504, self.sample.late_status].contains(&reply.status.as_u16());
        hold(free || late, || format!("the sender is told {} at {now}, after its deadline", reply.status))
    }

    fn most_attempts(&self, place: &Place) -> u32 {
        self.sample.attempts.get(place.name()).copied().unwrap_or(0)
    }

    /// The run is at its end.
    pub fn ends(&self, crashed: bool) -> Result<(), Broken> {
        let outcome = self.finish.as_ref().ok_or("the run has not finished")?;
        hold(crashed || self.answer.is_some(), || "the sender was never answered".to_owned())?;
        let marks = self.written.iter().filter(|entry| is_mark(entry)).count();
        let stops = self.written.iter().filter(|entry| matches!(entry.fact, Fact::Stopped { .. })).count();
        match outcome {
            Outcome::Failed(error) if self.sample.on_failure && error.failure.reason != StepReason::TooManyHops => {
                hold(marks == 1 || (marks == 0 && stops > 0), || format!("onFailure ran {marks} times"))
            }
            Outcome::Failed(_) | Outcome::Succeeded { .. } => {
                let completed = self.written.last().is_some_and(|entry| entry.fact == Fact::Completed);
                hold(completed == matches!(outcome, Outcome::Succeeded { .. }), || {
                    "an end that is not written".into()
                })?;
                hold(marks == 0, || "onFailure ran though it should not have".to_owned())
            }
            Outcome::Cancelled(_) => {
                hold(self.cancelled, || "the run is cancelled by nobody".to_owned())?;
                hold(marks == 0, || "onFailure ran after a cancellation".to_owned())
            }
        }
    }
}

fn is_mark(entry: &Entry) -> bool {
    matches!(&entry.fact, Fact::Succeeded { place, .. } if place.as_str() == "$onFailure/mark")
}

/// Whether the result of the step at `result` is seen at `place`: same block, or an outer one.
fn visible(result: &Place, place: &Place) -> bool {
    match result.as_str().rsplit_once('/') {
        Some((block, _)) => place.as_str().strip_prefix(block).is_some_and(|rest| rest.starts_with('/')),
        None => true,
    }
}

pub fn hold(holds: bool, otherwise: impl FnOnce() -> Broken) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(otherwise()) }
}
