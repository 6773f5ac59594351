//! From the parser's tree to the tree that is run: names are checked, static paths become slots, and whatever can take
//! time or memory is made to ask the meter first.
//!
//! The `cel` crate has no budget and no hook for one. So the tree itself carries the charges, as calls of our own
//! functions, which begin with `@` and which no source can name:
//!
//! * `@range(run, weight, list)` around what a macro iterates over;
//! * `@read(run, x)` around what an operator or a function looks at;
//! * `@keep(run, x)` around what a list, a map or a macro holds on to;
//! * `@copy(run, x)` around what a macro hands out, of which the crate makes a copy;
//! * our own `+`, `==` and `in`, whose cost depends on both sides.

#![expect(clippy::wildcard_enum_match_arm, reason = "most kinds of the crate's nodes do not matter here")]

mod call;
mod fold;

use std::collections::BTreeSet;
use std::sync::Arc;

use cel::common::ast::{CallExpr, EntryExpr, Expr, IdedEntryExpr, ListExpr, LiteralValue, MapExpr, SelectExpr};
use cel::{Env, IdedExpr};

use super::functions::Function;
use super::path::{self, Path};
use super::pattern::Pattern;
use crate::scope::ROOTS;

/// What stands for the run in a call.
const RUN: &str = "@run";

/// Bytes of a constant text that a list may hold without being charged for it.
const SHORT_TEXT: usize = 64;

/// What an expression may name beside the roots and its own macros' variables.
#[derive(Clone, Copy)]
pub(super) struct Known<'k> {
    /// Types.
    pub(super) env: &'k Env,
    /// The names that had a `$`, with `_` for it.
    pub(super) roots: &'k BTreeSet<String>,
    /// Roots that only this workflow has, with their `$`.
    pub(super) more: &'k BTreeSet<Arc<str>>,
    /// Variables without a `$`, which may be qualified. With none given, what is unknown is refused; else it fails
    /// when it is reached, as in CEL without a checker.
    pub(super) names: Option<&'k BTreeSet<String>>,
}

/// Why a tree is refused, and at which of its nodes.
pub(super) struct Refusal {
    pub(super) node: u64,
    pub(super) message: String,
}

/// A tree that may be run, and what its slots stand for.
pub(super) struct Rewritten {
    pub(super) tree: IdedExpr,
    pub(super) paths: Vec<Path>,
    pub(super) patterns: Vec<Pattern>,
    /// Members that are selected of something else than a static path: name and text.
    pub(super) members: Vec<(String, String)>,
}

/// Rewrites a tree.
pub(super) fn rewrite(tree: IdedExpr, known: Known<'_>) -> Result<Rewritten, Refusal> {
    let mut rewriter =
        Rewriter { known, bound: Vec::new(), paths: Vec::new(), patterns: Vec::new(), members: Vec::new() };
    let tree = rewriter.node(tree)?;
    let Rewriter { paths, patterns, members, .. } = rewriter;
    Ok(Rewritten { tree, paths, patterns, members })
}

struct Rewriter<'k> {
    known: Known<'k>,
    /// Variables of the macros around.
    bound: Vec<String>,
    paths: Vec<Path>,
    patterns: Vec<Pattern>,
    members: Vec<(String, String)>,
}

impl Rewriter<'_> {
    fn node(&mut self, node: IdedExpr) -> Result<IdedExpr, Refusal> {
        if let Some(path) = Path::of(&node, self.known.roots) {
            self.check_root(&node)?;
            return Ok(self.path(path));
        }
        let id = node.id;
        let expr = match node.expr {
            Expr::Ident(name) => Expr::Ident(self.name(id, name)?),
            Expr::Select(select) => self.select(select)?,
            Expr::Call(call) => return self.call(id, call),
            Expr::List(list) => Expr::List(self.list(list)?),
            Expr::Map(map) => Expr::Map(MapExpr { entries: self.entries(map.entries)? }),
            Expr::Comprehension(fold) => Expr::Comprehension(Box::new(self.fold(id, *fold)?)),
            Expr::Struct(message) => {
                return refuse(id, format!("there is no message type `{}`", message.type_name));
            }
            Expr::Unspecified => return refuse(id, "an unfinished expression"),
            literal @ Expr::Literal(_) => literal,
        };
        Ok(IdedExpr { id, expr })
    }

    fn nodes(&mut self, nodes: Vec<IdedExpr>) -> Result<Vec<IdedExpr>, Refusal> {
        nodes.into_iter().map(|node| self.node(node)).collect()
    }

    /// A slot that holds what a path leads to.
    fn path(&mut self, path: Path) -> IdedExpr {
        let known = self.paths.iter().position(|known| *known == path);
        let slot = known.unwrap_or_else(|| {
            self.paths.push(path);
            self.paths.len() - 1
        });
        ident(&format!("@p{slot}"))
    }

    fn check_root(&self, node: &IdedExpr) -> Result<(), Refusal> {
        let mut bottom = node;
        while let Some(below) = super::tree::children(bottom).first() {
            bottom = below;
        }
        let Expr::Ident(name) = &bottom.expr else { return Ok(()) };
        match path::root(name, self.known.roots) {
            Some(root) if !ROOTS.contains(&&*root) && !self.known.more.contains(&root) => {
                refuse(bottom.id, format!("there is no variable `{root}`"))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// A name that is no root: a macro's variable, a variable of the caller's, or a type.
    fn name(&self, id: u64, name: String) -> Result<String, Refusal> {
        let plain = name.strip_prefix('.').unwrap_or(&name);
        let own = plain.starts_with('@') || self.bound.iter().any(|bound| *bound == *plain);
        if own || self.known.names.is_some() || self.known.env.types().find_type(plain).is_some() {
            return Ok(name);
        }
        let root = format!("${plain}");
        let hint = if ROOTS.contains(&&*root) { format!("; did you mean `{root}`?") } else { String::new() };
        refuse(id, format!("there is no variable `{plain}`{hint}"))
    }

    /// Whether the caller has a variable of that name, or one that it is the first part of.
    fn is_variable(&self, name: &str) -> bool {
        self.known
            .names
            .into_iter()
            .flatten()
            .any(|known| known.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
    }

    fn select(&mut self, select: SelectExpr) -> Result<Expr, Refusal> {
        self.members.push((select.field.clone(), self.spell_member(&select)));
        if self.is_qualified_type(&select) {
            return Ok(Expr::Select(select));
        }
        let operand = self.node(*select.operand)?;
        Ok(Expr::Select(SelectExpr { operand: Box::new(operand), ..select }))
    }

    /// Whether a selection spells the name of a type, such as `google.protobuf.Timestamp`.
    fn is_qualified_type(&self, select: &SelectExpr) -> bool {
        let spelled = format!("{}.{}", self.spell(&select.operand), select.field);
        self.known.env.types().find_type(&spelled).is_some()
    }

    fn list(&mut self, list: ListExpr) -> Result<ListExpr, Refusal> {
        let elements = list.elements.into_iter().map(|element| self.kept(element)).collect::<Result<_, _>>()?;
        Ok(ListExpr { elements, ..list })
    }

    fn entries(&mut self, entries: Vec<IdedEntryExpr>) -> Result<Vec<IdedEntryExpr>, Refusal> {
        entries
            .into_iter()
            .map(|entry| match entry.expr {
                EntryExpr::MapEntry(mut inner) => {
                    inner.key = self.kept(inner.key)?;
                    inner.value = self.kept(inner.value)?;
                    Ok(IdedEntryExpr { id: entry.id, expr: EntryExpr::MapEntry(inner) })
                }
                EntryExpr::StructField(_) => refuse(entry.id, "a field of a message"),
            })
            .collect()
    }

    /// Something that a list, a map or a macro holds on to.
    fn kept(&mut self, node: IdedExpr) -> Result<IdedExpr, Refusal> {
        let node = self.node(node)?;
        Ok(match &node.expr {
            Expr::Literal(literal) if is_short(literal) => node,
            Expr::Ident(name) if name.starts_with("@p") => node,
            _ => own("@keep", vec![node]),
        })
    }

    /// How a node reads in a message.
    fn spell(&self, node: &IdedExpr) -> String {
        match &node.expr {
            Expr::Ident(name) => {
                path::root(name, self.known.roots).map_or_else(|| name.clone(), |root| root.to_string())
            }
            Expr::Select(select) => self.spell_member(select),
            _ => "…".to_owned(),
        }
    }

    fn spell_member(&self, select: &SelectExpr) -> String {
        format!("{}.{}", self.spell(&select.operand), select.field)
    }
}

fn is_short(literal: &LiteralValue) -> bool {
    match literal {
        LiteralValue::String(text) => text.inner().len() <= SHORT_TEXT,
        LiteralValue::Bytes(bytes) => bytes.inner().len() <= SHORT_TEXT,
        LiteralValue::Boolean(_)
        | LiteralValue::Double(_)
        | LiteralValue::Int(_)
        | LiteralValue::Null
        | LiteralValue::UInt(_) => true,
    }
}

fn refuse<T>(node: u64, message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { node, message: message.into() })
}

fn ident(name: &str) -> IdedExpr {
    IdedExpr { id: 0, expr: Expr::Ident(name.to_owned()) }
}

fn integer(value: usize) -> IdedExpr {
    let value = i64::try_from(value).unwrap_or(i64::MAX);
    IdedExpr { id: 0, expr: Expr::Literal(LiteralValue::Int(value.into())) }
}

/// A call of one of our own functions, which is handed the run.
fn own(function: &str, mut args: Vec<IdedExpr>) -> IdedExpr {
    args.insert(0, ident(RUN));
    plain_call(0, function, args)
}

fn plain_call(id: u64, function: &str, args: Vec<IdedExpr>) -> IdedExpr {
    IdedExpr { id, expr: Expr::Call(CallExpr { func_name: function.to_owned(), target: None, args }) }
}

/// Whether a name is a namespace of functions.
fn is_namespace(node: &IdedExpr) -> Option<&str> {
    match &node.expr {
        Expr::Ident(name) if Function::is_namespace(name) => Some(name),
        _ => None,
    }
}
