//! The reconcile core: which one call brings the cluster nearer to what is wanted.
//!
//! A state machine without IO: [`Reconciler::next`] gives a call, [`Reconciler::answer`] takes what came of it. What it
//! sees may be stale and an answer may be lost, so nothing is created that was not looked for right before, an object that
//! is there is applied under its UID, and nothing is deleted but under UID and resourceVersion. Only objects of a gateway
//! that is seen alive are deleted: those of one that is gone are the garbage collector's.

mod backoff;
mod call;
mod shape;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use crate::desired::{Kind, Owner, Wanted};
use crate::object::ObjectKey;
use backoff::Backoff;
pub use call::{Answer, Call, Deed, Observed, Trouble};
use shape::project;

/// An object's kind and name.
pub type Id = (Kind, ObjectKey);

/// What is known of one object beside what is seen.
#[derive(Clone, Debug, Default)]
struct Memory {
    /// What was applied last, and how the API server holds it.
    applied: Option<Applied>,
    /// It was looked for right now, and is not there.
    missing: bool,
    backoff: Backoff,
    trouble: Option<Trouble>,
}

#[derive(Clone, Debug)]
struct Applied {
    /// The wanted fields.
    wanted: Value,
    /// The same fields, as they came back: numbers and quantities may be written in another way.
    held: Value,
    uid: String,
}

/// Brings a cluster to what is wanted, one call at a time.
#[derive(Clone, Debug, Default)]
pub struct Reconciler {
    memory: BTreeMap<Id, Memory>,
    /// Kinds of which nothing is asked until then: the API server said so.
    held: BTreeMap<Kind, Timestamp>,
}

impl Reconciler {
    /// The next call; `None` while nothing is to be done, or nothing may be done yet.
    pub fn next(&self, wanted: &BTreeMap<Id, Wanted>, seen: &BTreeMap<Id, Observed>, now: Timestamp) -> Option<Call> {
        let free = |id: &Id| {
            self.held.get(&id.0).is_none_or(|until| *until <= now)
                && self.memory.get(id).is_none_or(|memory| memory.backoff.is_over(now))
        };
        let wishes = wanted.iter().filter(|(id, _)| free(id)).find_map(|(id, wanted)| {
            let deed = self.wish(id, wanted, seen.get(id))?;
            Some(Call { id: id.clone(), deed })
        });
        let alive: BTreeSet<_> = wanted.values().map(|wanted| &wanted.owner).collect();
        let is_extra = |id: &Id, seen: &Observed| {
            !wanted.contains_key(id) && matches!(seen.owner, Owner::Gateway(_)) && alive.contains(&seen.owner)
        };
        let extra = || seen.iter().find(|(id, seen)| is_extra(id, seen) && free(id));
        wishes.or_else(|| extra().map(|(id, seen)| Call { id: id.clone(), deed: seen.delete() }))
    }

    /// When something may be done that may not be done now.
    pub fn wakes(&self, now: Timestamp) -> Option<Timestamp> {
        let held = self.held.values().copied();
        let memories = self.memory.values().filter_map(|memory| memory.backoff.until());
        held.chain(memories).filter(|time| *time > now).min()
    }

    /// What is in the way of what is wanted, by object.
    pub fn troubles(&self) -> impl Iterator<Item = (&Id, Trouble)> {
        self.memory.iter().filter_map(|(id, memory)| Some((id, memory.trouble?)))
    }

    /// Forgets objects that are neither wanted nor seen.
    pub fn forget(&mut self, wanted: &BTreeMap<Id, Wanted>, seen: &BTreeMap<Id, Observed>) {
        self.memory.retain(|id, _| wanted.contains_key(id) || seen.contains_key(id));
    }

    /// What an object needs to be as it is wanted.
    fn wish(&self, id: &Id, wanted: &Wanted, seen: Option<&Observed>) -> Option<Deed> {
        let memory = self.memory.get(id);
        let applied = memory.and_then(|memory| memory.applied.as_ref());
        let Some(seen) = seen else {
            // What was applied may not be seen yet: whoever looks finds it.
            let is_missing = memory.is_some_and(|memory| memory.missing);
            return Some(if is_missing { Deed::Create(wanted.clone()) } else { Deed::Read(wanted.owner.clone()) });
        };
        if seen.owner != wanted.owner {
            // Somebody else's. It is looked at again when it changes or goes.
            return None;
        }
        let is_settled = applied.is_some_and(|applied| {
            applied.uid == seen.uid
                && applied.wanted == wanted.body
                && applied.held == project(&seen.body, &wanted.body)
        });
        (!is_settled).then(|| Deed::Apply { wanted: wanted.clone(), uid: seen.uid.clone() })
    }

    /// Takes what came of a call.
    pub fn answer(&mut self, call: &Call, answer: Answer, now: Timestamp) {
        let memory = self.memory.entry(call.id.clone()).or_default();
        memory.missing = false;
        match answer {
            Answer::Object(object) => memory.learn(call, object, now),
            Answer::Missing => {
                memory.applied = None;
                // Under a UID, missing means that what was seen is gone: the next look will show.
                memory.missing = matches!(call.deed, Deed::Read(_));
                memory.backoff.clear();
            }
            Answer::Gone => {
                memory.applied = None;
                memory.backoff.clear();
            }
            Answer::Conflict => memory.fail(Trouble::Conflict, now),
            Answer::Refused => memory.fail(Trouble::Refused, now),
            Answer::Failed => memory.fail(Trouble::Failed, now),
            Answer::TooMany { until } => {
                self.held.insert(call.id.0, until);
            }
        }
    }
}

impl Memory {
    /// An object that came back from the API server itself.
    fn learn(&mut self, call: &Call, object: Observed, now: Timestamp) {
        self.trouble = None;
        match &call.deed {
            Deed::Create(wanted) | Deed::Apply { wanted, .. } => {
                self.backoff.clear();
                let held = project(&object.body, &wanted.body);
                self.applied = Some(Applied { held, wanted: wanted.body.clone(), uid: object.uid });
                if matches!(call.deed, Deed::Create(_)) {
                    // Until it is seen, there is nothing to look for.
                    self.backoff.pause(now);
                }
            }
            Deed::Read(owner) => {
                let is_foreign = object.owner != *owner;
                self.trouble = is_foreign.then_some(Trouble::Foreign);
                // It is there, and will be seen where it is ours.
                self.backoff.fail(now);
            }
            Deed::Delete { .. } => self.backoff.clear(),
        }
    }

    fn fail(&mut self, trouble: Trouble, now: Timestamp) {
        self.trouble = Some(trouble);
        self.backoff.fail(now);
    }
}
