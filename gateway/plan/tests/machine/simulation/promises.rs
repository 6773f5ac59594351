//! What must hold whatever happens, checked at each effect and at the end.

use std::collections::{BTreeMap, BTreeSet};

use boathook_plan::json::Json;
use boathook_plan::machine::{Alarm, Attempt, CallAttempt, Effect, Entry, EventKind, Fact, Outcome, Place};
use boathook_plan::reason::StepReason;
use boathook_plan::reply::Reply;
use jiff::{SignedDuration, Timestamp};

use super::programs::Sample;

/// A promise that does not hold.
pub type Broken = String;

/// What an execution has shown of itself, over all its owners.
pub struct Witness<'s> {
    sample: &'s Sample,
    /// `None` where no sender waits.
    deadline: Option<Timestamp>,
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
    /// When the sender was told that the run goes on.
    late: Option<Timestamp>,
    /// Executions that were called, by attempt.
    called: BTreeMap<uuid::Uuid, (Place, u32)>,
    /// Whether an `end` step ended the steps well or not.
    ended: bool,
    /// Alarms that may be set: those of a stage once, and each again when it went off.
    alarms_left: usize,
    /// Whether somebody cancelled.
    cancelled: bool,
}

impl<'s> Witness<'s> {
    pub fn new(sample: &'s Sample, received_at: Timestamp) -> Self {
        let deadline = sample.deadline_ms.map(|after| received_at + SignedDuration::from_millis(after.cast_signed()));
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
            late: None,
            called: BTreeMap::new(),
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
            Effect::Call(call) => self.sees_call(call, now),
            Effect::Abandon(place) => {
                hold(self.in_flight.remove(place).is_some(), || format!("{place} is abandoned but not under way"))
            }
            Effect::Alarm(Alarm::Pause(..) | Alarm::Turn, _) => Ok(()),
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
            Fact::Retrying { place, .. } => self.retries(place)?,
            Fact::Skipped { place, .. }
            | Fact::Entered { place, .. }
            | Fact::Spread { place, .. }
            | Fact::Forked { place } => self.in_time(place, now)?,
            Fact::Ended { .. } => self.ended = true,
            Fact::Late => {
                hold(self.late.is_none() && self.answer.is_none(), || "the sender is told twice".to_owned())?;
                self.late = Some(entry.at);
            }
            Fact::Waiting { .. }
            | Fact::Returned { .. }
            | Fact::Failed { .. }
            | Fact::Completed
            | Fact::Stopped { .. } => {}
        }
        if !goes_on(&entry.fact) {
            self.over.extend(entry.fact.place().cloned());
        }
        self.written.push(entry.clone());
        Ok(())
    }

    fn retries(&mut self, place: &Place) -> Result<(), Broken> {
        let most = self.most_attempts(place);
        let failed = self.failed_attempts.entry(place.clone()).or_default();
        *failed += 1;
        hold(*failed < most, || format!("{place} is retried after {failed} of {most} attempts"))
    }

    fn sees_attempt(&mut self, attempt: &Attempt, now: Timestamp) -> Result<(), Broken> {
        self.begins(&attempt.place, attempt.attempt, attempt.idempotency_key, now)?;
        self.sees_results(attempt)
    }

    /// A call is an attempt whose execution is the same whenever it is asked for, and no other attempt's.
    fn sees_call(&mut self, call: &CallAttempt, now: Timestamp) -> Result<(), Broken> {
        self.begins(&call.place, call.attempt, call.seed, now)?;
        let of = (call.place.clone(), call.attempt);
        let first = self.called.entry(call.execution).or_insert_with(|| of.clone());
        hold(*first == of, || format!("{of:?} and {first:?} call the same execution"))?;
        let executions = self.called.values().filter(|known| **known == of).count();
        hold(executions == 1, || format!("{of:?} calls {executions} executions"))
    }

    /// An effect of the step at this place begins.
    fn begins(&mut self, place: &Place, number: u32, key: uuid::Uuid, now: Timestamp) -> Result<(), Broken> {
        self.in_time(place, now)?;
        let most = self.most_attempts(place);
        hold((1..=most).contains(&number), || format!("{place} has attempt {number} of {most}"))?;
        let earlier = self.in_flight.insert(place.clone(), number);
        hold(earlier.is_none(), || format!("{place} has two attempts at once"))?;
        hold(!self.over.contains(place), || format!("{place} runs again though its end is written"))?;
        let failed = self.failed_attempts.get(place).copied().unwrap_or(0);
        hold(number == failed + 1, || format!("{place} has attempt {number} though {failed} are written"))?;
        let first = *self.keys.entry(place.clone()).or_insert(key);
        hold(first == key, || format!("{place} has two idempotency keys"))?;
        let distinct: BTreeSet<_> = self.keys.values().collect();
        hold(distinct.len() == self.keys.len(), || format!("{place} shares its idempotency key"))?;
        self.few_at_once(place)
    }

    /// No more items of a loop are under way than it says.
    fn few_at_once(&self, place: &Place) -> Result<(), Broken> {
        for (at, _) in place.as_str().match_indices('[') {
            let each = &place.as_str()[..=at];
            let items = self.in_flight.keys().filter_map(|other| other.as_str().strip_prefix(each)?.split(']').next());
            let items = items.collect::<BTreeSet<_>>().len();
            let name = each.trim_end_matches('[').rsplit('/').next().unwrap_or_default();
            let most = self.sample.widths.get(name).copied().unwrap_or(0);
            hold(items <= most, || format!("{each} has {items} items under way, more than {most}"))?;
        }
        Ok(())
    }

    /// Every result that is visible at the attempt's place is the one that was written.
    fn sees_results(&self, attempt: &Attempt) -> Result<(), Broken> {
        let steps = attempt.scope.get("$steps").ok_or("an attempt without $steps")?;
        for (place, written) in self.results.iter().filter(|(place, _)| self.visible(place, &attempt.place)) {
            let seen = steps.get([place.name()]);
            hold(seen == Some(written), || format!("{} sees {seen:?} of {place}, not {written:?}", attempt.place))?;
        }
        Ok(())
    }

    /// Nothing of the main program starts after the deadline of a sender that still waits.
    fn in_time(&self, place: &Place, now: Timestamp) -> Result<(), Broken> {
        let waited_for = !place.as_str().starts_with('$') && !self.responded_by_step && self.late.is_none();
        hold(!waited_for || self.before_deadline(now), || format!("{place} starts after the deadline"))
    }

    /// A sender that is answered at its deadline or later is told so, unless a step had decided or somebody cancelled.
    fn in_time_or_late(&self, reply: &Reply, now: Timestamp) -> Result<(), Broken> {
        let free = self.before_deadline(now) || self.responded_by_step || self.ended || self.cancelled;
        let late = self.sample.late_statuses.contains(&reply.status.as_u16());
        hold(free || late, || format!("the sender is told {} at {now}, after its deadline", reply.status))
    }

    fn before_deadline(&self, now: Timestamp) -> bool {
        self.deadline.is_none_or(|deadline| now < deadline)
    }

    /// Whether the result of the step at `result` is seen at `place`: same run of a block, or one around it.
    fn visible(&self, result: &Place, place: &Place) -> bool {
        let Some((block, name)) = result.as_str().rsplit_once('/') else { return true };
        let Some(inside) = place.as_str().strip_prefix(block).and_then(|rest| rest.strip_prefix('/')) else {
            return false;
        };
        // Blocks that run at the same time have the same place, and do not see each other.
        let step = inside.split(['/', '[']).next().unwrap_or_default();
        self.sample.block_of.get(step) == self.sample.block_of.get(name)
    }

    fn most_attempts(&self, place: &Place) -> u32 {
        self.sample.attempts.get(place.name()).copied().unwrap_or(0)
    }

    /// The run is at its end.
    pub fn ends(&self, crashed: bool) -> Result<(), Broken> {
        let outcome = self.finish.as_ref().ok_or("the run has not finished")?;
        match self.deadline {
            Some(_) => hold(crashed || self.answer.is_some(), || "the sender was never answered".to_owned())?,
            None => hold(self.answer.is_none(), || "nobody waits, and somebody is answered".to_owned())?,
        }
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

/// Whether the step is under way after this entry.
fn goes_on(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Entered { block: Some(_), .. }
            | Fact::Spread { .. }
            | Fact::Forked { .. }
            | Fact::Waiting { .. }
            | Fact::Retrying { .. }
    )
}

pub fn hold(holds: bool, otherwise: impl FnOnce() -> Broken) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(otherwise()) }
}
