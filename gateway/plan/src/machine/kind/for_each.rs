//! `forEach`: a block, once for each item.

use std::sync::Arc;

use super::Turn;
use crate::expr::{Expr, Reference};
use crate::json::Json;
use crate::limits::ITEMS;
use crate::machine::compile::Compiler;
use crate::machine::program::{Block, ProgramError, Step};
use crate::plan::{ForEachStep, OnItemError};
use crate::reason::{StepFailure, StepReason};
use crate::scope::{ROOTS, Scope};

#[derive(Debug)]
pub(in crate::machine) struct ForEach {
    items: Expr,
    pub(in crate::machine) block: Arc<Block>,
    /// The item's other name, with its `$`.
    pub(in crate::machine) name: Arc<str>,
    concurrency: usize,
    pub(in crate::machine) on_item_error: OnItemError,
    pub(in crate::machine) collect: Option<Expr>,
    /// Whether what it collects may hold a sensitive result of its block.
    pub(in crate::machine) sensitive: bool,
}

/// How a block is to be run for items.
#[derive(Clone, Copy, Debug)]
pub(in crate::machine) struct Spread {
    pub(in crate::machine) items: usize,
    /// Items at once.
    pub(in crate::machine) concurrency: usize,
    /// How many entries it takes at least.
    pub(in crate::machine) least: usize,
}

impl ForEach {
    pub(super) fn compile<'p>(step: &'p ForEachStep, compiler: &mut Compiler<'p>) -> Result<Self, ProgramError> {
        let name: Arc<str> = format!("${}", step.as_).into();
        if &*name != "$item" && ROOTS.contains(&&*name) {
            return Err(ProgramError::new("forEach.as", format!("`{name}` is another variable")));
        }
        let block = compiler.block(&step.run).map_err(|error| error.below("forEach.run"))?;
        if block.steps.is_empty() {
            return Err(ProgramError::new("forEach.run", format!("block `{}` has no steps", block.name)));
        }
        let expr = |field: &str, source: &str| {
            compiler.expr(source).map_err(|error| ProgramError::new(format!("forEach.{field}"), error))
        };
        let collect = step.collect.as_deref().map(|source| expr("collect", source)).transpose()?;
        Ok(Self {
            items: expr("items", &step.items)?,
            sensitive: collect.as_ref().is_some_and(|collect| shows_sensitive(collect, &block)),
            block,
            name,
            concurrency: usize::try_from(step.concurrency).unwrap_or(usize::MAX),
            on_item_error: step.on_item_error,
            collect,
        })
    }

    pub(super) fn turn(&self, scope: &Scope) -> Result<Turn, StepFailure> {
        let items = self.items(scope)?;
        if !items.is_empty() {
            let least = items.len().saturating_mul(self.least_entries()).saturating_add(2);
            return Ok(Turn::Spread(Spread { items: items.len(), concurrency: self.concurrency, least }));
        }
        let counts = [("count", Json::from(0_u64)), ("failed", Json::from(0_u64))];
        let results = self.collect.as_ref().map(|_| ("results", Json::list([])));
        Ok(Turn::Result(Json::object(counts.into_iter().chain(results))))
    }

    /// The items. The same whenever they are asked for with what the same step sees.
    pub(in crate::machine) fn items(&self, scope: &Scope) -> Result<Arc<Vec<Json>>, StepFailure> {
        let Json::Array(items) = self.items.eval(scope)? else {
            return Err(StepFailure::new(StepReason::ExpressionFailed, "forEach.items is no list"));
        };
        if items.len() > ITEMS {
            let message = format!("forEach.items has {} items, more than {ITEMS}", items.len());
            return Err(StepFailure::new(StepReason::ResourceExhausted, message));
        }
        Ok(items)
    }

    /// How many entries an item has at least, if the step is to succeed.
    fn least_entries(&self) -> usize {
        match self.on_item_error {
            OnItemError::Fail | OnItemError::Continue if self.block.ends => 0,
            OnItemError::Fail => self.block.steps.len(),
            OnItemError::Continue => 1,
            OnItemError::Stop => 0,
        }
    }

    pub(super) fn references<'p>(&'p self, found: &mut Vec<&'p Reference>) {
        found.extend(self.items.references().iter().chain(self.collect.iter().flat_map(Expr::references)));
    }
}

/// Whether an expression over the results of a block reads one that is sensitive, or one that holds it.
fn shows_sensitive(collect: &Expr, block: &Block) -> bool {
    let by_name = |name: &str| block.steps.iter().filter(|step| *step.name == *name).any(holds_sensitive);
    collect.references().iter().any(|reference| match (&*reference.root, reference.path.first()) {
        ("$steps", Some(name)) => by_name(name),
        ("$steps", None) => block.steps.iter().any(holds_sensitive),
        ("$result", _) => block.steps.last().is_some_and(holds_sensitive),
        _ => false,
    })
}

fn holds_sensitive(step: &Step) -> bool {
    step.sensitive || step.kind.blocks().iter().any(|block| block.steps.iter().any(holds_sensitive))
}
