//! The shape of a program: its lists of steps, by name, and which blocks each step runs.
//!
//! Of all kinds of steps, built or not, so that a refused step is not also missed by those that refer to it.

use std::collections::BTreeSet;
use std::sync::Arc;

use boathook_crds::workflow::WebhookWorkflowSpec;
use boathook_crds::workflow::step::{Step, StepKind};

use super::bounds::{BLOCK_STEPS, BLOCKS, STEPS};
use super::reader::StepPlace;
use crate::field::Field;

/// A program's shape.
#[derive(Debug)]
pub(super) struct Outline<'a> {
    /// `spec.steps`, then each block.
    lists: Vec<List<'a>>,
    /// The block of `onFailure`.
    pub failure: Option<&'a str>,
}

/// One list of steps.
#[derive(Debug)]
pub(super) struct List<'a> {
    /// The block's name; `None` is `spec.steps`.
    pub block: Option<&'a str>,
    pub at: Field,
    pub steps: Vec<Line<'a>>,
}

/// One step.
#[derive(Debug)]
pub(super) struct Line<'a> {
    pub name: &'a str,
    pub at: Field,
    /// The blocks that it runs, and where it says so.
    pub runs: Vec<(Field, &'a str)>,
    /// What it calls the items that it runs them for, where it does.
    pub item: Option<&'a str>,
    /// Whether it runs its blocks more than once, or several at the same time.
    pub runs_many: bool,
    pub responds: bool,
}

impl<'a> Outline<'a> {
    /// The shape of what the schema admits; more is refused there and not looked at.
    pub fn of(spec: &'a WebhookWorkflowSpec, at: &Field) -> Self {
        let main = List::of(None, at.at("steps"), spec.steps.iter().take(STEPS));
        let blocks = spec.blocks.iter().take(BLOCKS).enumerate().map(|(index, block)| {
            let at = at.at("blocks").item(index).at("steps");
            List::of(Some(&*block.name.0), at, block.steps.iter().take(BLOCK_STEPS))
        });
        let lists = std::iter::once(main).chain(blocks).collect();
        Self { lists, failure: spec.on_failure.as_ref().map(|failure| &*failure.run.0) }
    }

    /// `spec.steps` first.
    pub fn lists(&self) -> &[List<'a>] {
        &self.lists
    }

    /// The variables that are named by `as`, with their `$`.
    pub fn items(&self) -> BTreeSet<Arc<str>> {
        self.steps().filter_map(|(_, line)| line.item).map(|name| format!("${name}").into()).collect()
    }

    /// A block's list; `None` is `spec.steps`.
    pub fn list(&self, block: Option<usize>) -> Option<&List<'a>> {
        self.lists.get(block.map_or(0, |block| block + 1))
    }

    /// The position of a block.
    pub fn block(&self, name: &str) -> Option<usize> {
        self.lists.iter().skip(1).position(|list| list.block == Some(name))
    }

    /// Every step with its place.
    pub fn steps(&self) -> impl Iterator<Item = (StepPlace, &Line<'a>)> {
        self.lists.iter().enumerate().flat_map(|(list, steps)| {
            let block = list.checked_sub(1);
            steps.steps.iter().enumerate().map(move |(index, line)| (StepPlace { block, index }, line))
        })
    }
}

impl<'a> List<'a> {
    fn of(block: Option<&'a str>, at: Field, steps: impl Iterator<Item = &'a Step>) -> Self {
        let steps = steps.enumerate().map(|(index, step)| Line::of(step, at.item(index))).collect();
        Self { block, at, steps }
    }
}

impl<'a> Line<'a> {
    fn of(step: &'a Step, at: Field) -> Self {
        let kinds = step.kinds();
        Self {
            name: &step.name.0,
            runs: kinds.iter().flat_map(|kind| runs(*kind, &at)).collect(),
            item: kinds.iter().find_map(|kind| item(*kind)),
            runs_many: kinds.iter().any(|kind| matches!(kind, StepKind::ForEach(_) | StepKind::Parallel(_))),
            responds: kinds.iter().any(|kind| matches!(kind, StepKind::Respond(_))),
            at,
        }
    }
}

/// The name that a step gives its items: `item` where it says nothing.
fn item(kind: StepKind<'_>) -> Option<&str> {
    let StepKind::ForEach(each) = kind else { return None };
    Some(each.as_.as_ref().map_or("item", |name| &*name.0))
}

/// The blocks that a step of this kind runs.
fn runs<'a>(kind: StepKind<'a>, at: &Field) -> Vec<(Field, &'a str)> {
    match kind {
        StepKind::Branch(branch) => {
            let at = at.at("branch");
            let cases = branch.cases.iter().enumerate();
            let cases = cases.map(|(index, case)| (at.at("cases").item(index).at("run"), &*case.run.0));
            let otherwise = branch.else_.iter().map(|name| (at.at("else"), &*name.0));
            cases.chain(otherwise).collect()
        }
        StepKind::ForEach(each) => vec![(at.at("forEach.run"), &*each.run.0)],
        StepKind::Parallel(parallel) => {
            let at = at.at("parallel.blocks");
            parallel.blocks.iter().enumerate().map(|(index, name)| (at.item(index), &*name.0)).collect()
        }
        StepKind::Http(_)
        | StepKind::JavaScript(_)
        | StepKind::Set(_)
        | StepKind::Validate(_)
        | StepKind::Record(_)
        | StepKind::Kubernetes(_)
        | StepKind::Email(_)
        | StepKind::Message(_)
        | StepKind::Wait(_)
        | StepKind::Call(_)
        | StepKind::Respond(_)
        | StepKind::End(_) => Vec::new(),
    }
}
