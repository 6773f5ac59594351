//! Static paths: `$context.data.commits[0].id` is looked up in the scope as it stands, without CEL.
//!
//! That is why a missing path can be named, and why what an expression reads is known before it runs.

#![expect(clippy::wildcard_enum_match_arm, reason = "most kinds of the crate's nodes do not matter here")]

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr, LiteralValue, operators};

use super::Reference;
use super::tree::children;
use crate::json::Json;
use crate::scope::Scope;

/// A root variable and the steps from it to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    root: Arc<str>,
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Member(Arc<str>),
    Item(usize),
}

impl Path {
    /// A root's member.
    pub(super) fn member(root: &str, name: &str) -> Self {
        Self { root: root.into(), steps: vec![Step::Member(name.into())] }
    }

    /// The path that a node spells. `roots` are the names that had a `$`.
    pub(super) fn of(node: &IdedExpr, roots: &BTreeSet<String>) -> Option<Self> {
        match &node.expr {
            Expr::Ident(name) => root(name, roots).map(|root| Self { root, steps: Vec::new() }),
            Expr::Select(select) if !select.test => {
                Self::of(&select.operand, roots).map(|path| path.then(Step::Member(select.field.as_str().into())))
            }
            Expr::Call(call) if call.func_name == operators::INDEX => {
                let (operand, step) = (call.args.first()?, index(call)?);
                Self::of(operand, roots).map(|path| path.then(step))
            }
            _ => None,
        }
    }

    fn then(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// The value at the end of the path.
    pub(super) fn find<'s>(&self, scope: &'s Scope) -> Option<&'s Json> {
        self.steps.iter().try_fold(scope.get(&self.root)?, |value, step| match step {
            Step::Member(name) => value.as_object()?.get(name),
            Step::Item(position) => value.as_array()?.get(*position),
        })
    }
}

impl fmt::Display for Path {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.root)?;
        self.steps.iter().try_for_each(|step| match step {
            Step::Member(name) if is_plain(name) => write!(out, ".{name}"),
            Step::Member(name) => write!(out, "['{name}']"),
            Step::Item(position) => write!(out, "[{position}]"),
        })
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The root variable behind a name, with its `$`.
pub(super) fn root(name: &str, roots: &BTreeSet<String>) -> Option<Arc<str>> {
    roots.contains(name).then(|| name.replacen('_', "$", 1).into())
}

/// A constant second argument that can be a step.
fn index(call: &CallExpr) -> Option<Step> {
    match &call.args.get(1)?.expr {
        Expr::Literal(LiteralValue::String(name)) => Some(Step::Member(name.inner().into())),
        Expr::Literal(LiteralValue::Int(position)) => usize::try_from(*position.inner()).ok().map(Step::Item),
        _ => None,
    }
}

/// What a tree reads of its roots, each path once.
pub(super) fn references(tree: &IdedExpr, roots: &BTreeSet<String>) -> Vec<Reference> {
    let mut found = BTreeSet::new();
    collect(tree, roots, &mut found);
    found.into_iter().collect()
}

fn collect(node: &IdedExpr, roots: &BTreeSet<String>, found: &mut BTreeSet<Reference>) {
    match reach(node, roots) {
        Some(reach) => drop(found.insert(reach.reference)),
        None => children(node).into_iter().for_each(|child| collect(child, roots, found)),
    }
}

/// How far members lead statically, through `has()`, `.?` and `[?…]` too.
struct Reach {
    reference: Reference,
    /// Whether the next member still counts; not behind an item of a list.
    open: bool,
}

fn reach(node: &IdedExpr, roots: &BTreeSet<String>) -> Option<Reach> {
    match &node.expr {
        Expr::Ident(name) => {
            root(name, roots).map(|root| Reach { reference: Reference { root, path: Vec::new() }, open: true })
        }
        Expr::Select(select) => {
            Some(extend(reach(&select.operand, roots)?, Step::Member(select.field.as_str().into())))
        }
        Expr::Call(call) => {
            let step = [operators::INDEX, operators::OPT_INDEX, operators::OPT_SELECT].contains(&&*call.func_name);
            let (operand, constant) = (call.args.first().filter(|_| step)?, index(call)?);
            Some(extend(reach(operand, roots)?, constant))
        }
        _ => None,
    }
}

fn extend(mut reach: Reach, step: Step) -> Reach {
    match step {
        Step::Member(name) if reach.open => reach.reference.path.push(name),
        Step::Member(_) | Step::Item(_) => reach.open = false,
    }
    reach
}
