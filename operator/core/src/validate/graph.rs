//! Which blocks run from where, and so which names a place sees.
//!
//! A block sees what its callers see and its own earlier steps; outside it, only the calling step's result is seen.

use std::collections::{BTreeMap, BTreeSet};

use super::outline::Outline;
use super::reader::{Place, StepPlace};

/// Said wherever there is no `$error`.
const NO_ERROR: &str = "must not use $error: only the block of onFailure and response.failed have it";

/// The ways between a program's lists of steps.
#[derive(Debug)]
pub(super) struct Graph<'o> {
    outline: &'o Outline<'o>,
    homes: BTreeMap<&'o str, StepPlace>,
    callers: BTreeMap<usize, Vec<StepPlace>>,
    /// What the items are called that a block is run for.
    items: BTreeMap<usize, BTreeSet<&'o str>>,
    failure: Option<usize>,
}

impl<'o> Graph<'o> {
    /// The graph of a program; names of blocks that are not there lead nowhere.
    pub fn new(outline: &'o Outline<'o>) -> Self {
        let mut callers: BTreeMap<usize, Vec<StepPlace>> = BTreeMap::new();
        let mut items: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
        for (place, line) in outline.steps() {
            for target in line.runs.iter().filter_map(|(_, name)| outline.block(name)) {
                callers.entry(target).or_default().push(place);
                if let Some(item) = line.item {
                    items.entry(target).or_default().insert(item);
                }
            }
        }
        let homes = outline.steps().map(|(place, line)| (line.name, place)).collect();
        Self { outline, homes, callers, items, failure: outline.failure.and_then(|name| outline.block(name)) }
    }

    /// The steps that run a block.
    pub fn callers(&self, block: usize) -> &[StepPlace] {
        self.callers.get(&block).map_or(&[], Vec::as_slice)
    }

    /// Every list of steps from which a block is run, directly or not; `None` is `spec.steps`.
    pub fn above(&self, block: usize) -> BTreeSet<Option<usize>> {
        let mut above = BTreeSet::new();
        let mut open = vec![block];
        while let Some(block) = open.pop() {
            for caller in self.callers(block) {
                if above.insert(caller.block) {
                    open.extend(caller.block);
                }
            }
        }
        above
    }

    /// Whether the result of step `name` can be set at `place`.
    pub fn step(&self, name: &str, place: Place) -> Result<(), String> {
        let Some(home) = self.homes.get(name).copied() else {
            return Err(format!("must name a step that runs before, and there is no step {name}"));
        };
        let is_seen = match place {
            Place::Step(at) | Place::Request(at) | Place::Until(at) => self.sees(at, home),
            Place::Collect(at) => self.sees(at, home) || (home.block.is_some() && home.block == self.looped_by(at)),
            Place::Answer | Place::Failed => home.block.is_none(),
            Place::Arrival | Place::Acknowledgement => {
                return Err(format!("must not use $steps.{name}: it is decided before the first step"));
            }
        };
        if is_seen {
            return Ok(());
        }
        let block = home.block.and_then(|block| self.outline.list(Some(block))).and_then(|list| list.block);
        Err(match block {
            Some(block) => format!(
                "must not use $steps.{name} here: only later steps of its block {block} see it, others the result of \
                 the step that runs the block"
            ),
            None => format!("must name a step that runs before, and {name} does not"),
        })
    }

    /// Whether there is an `$error` at `place`.
    pub fn error(&self, place: Place) -> Result<(), String> {
        let block = match place {
            Place::Failed => return Ok(()),
            Place::Answer | Place::Arrival | Place::Acknowledgement => None,
            Place::Step(at) | Place::Request(at) | Place::Until(at) | Place::Collect(at) => at.block,
        };
        let Some(block) = block else { return Err(NO_ERROR.to_owned()) };
        let above = self.above(block);
        if self.failure != Some(block) && !above.contains(&self.failure) {
            return Err(NO_ERROR.to_owned());
        }
        if above.contains(&None) {
            return Err("must not use $error: this block is run by spec.steps too, where there is none".to_owned());
        }
        Ok(())
    }

    /// Whether there is an item at `place`: any, or one that is called `name`.
    pub fn item(&self, place: Place, name: Option<&str>) -> Result<(), String> {
        let block = match place {
            Place::Answer | Place::Failed | Place::Arrival | Place::Acknowledgement => None,
            Place::Collect(at) if self.is_own(at, name) => return Ok(()),
            Place::Step(at) | Place::Request(at) | Place::Until(at) | Place::Collect(at) => at.block,
        };
        let has =
            |block: usize| self.items.get(&block).is_some_and(|items| name.is_none_or(|name| items.contains(name)));
        if block.is_some_and(|block| has(block) || self.above(block).into_iter().flatten().any(has)) {
            return Ok(());
        }
        Err(match name {
            None => "must not use $item or $index: only the block of a forEach step has them".to_owned(),
            Some(name) => format!("must not use ${name}: only the block of the forEach step whose `as` it is has it"),
        })
    }

    /// Whether the items of the `forEach` step there are called so.
    fn is_own(&self, at: StepPlace, name: Option<&str>) -> bool {
        let line = self.outline.list(at.block).and_then(|list| list.steps.get(at.index));
        line.and_then(|line| line.item).is_some_and(|item| name.is_none_or(|name| name == item))
    }

    /// The block that a `forEach` step runs.
    fn looped_by(&self, at: StepPlace) -> Option<usize> {
        let line = self.outline.list(at.block)?.steps.get(at.index)?;
        line.runs.iter().find_map(|(_, name)| self.outline.block(name))
    }

    /// Earlier in the same list, or seen by a step that runs this block; in `onFailure` all of `spec.steps`. A block that
    /// nothing runs sees nothing and is nobody's fault.
    fn sees(&self, at: StepPlace, home: StepPlace) -> bool {
        let mut open = vec![at];
        let mut done = BTreeSet::new();
        while let Some(at) = open.pop() {
            let is_earlier = at.block == home.block && home.index < at.index;
            let is_failure = at.block.is_some() && at.block == self.failure;
            if is_earlier || (is_failure && home.block.is_none()) {
                return true;
            }
            if let Some(block) = at.block.filter(|block| done.insert(*block)) {
                let callers = self.callers(block);
                if callers.is_empty() && !is_failure {
                    return true;
                }
                open.extend(callers);
            }
        }
        false
    }
}
