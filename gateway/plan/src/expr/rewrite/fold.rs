//! Macros that iterate: the charge before the first iteration, and for what the result holds on to.

use cel::IdedExpr;
use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, operators};

use super::call::is_small;
use super::{Refusal, Rewriter, integer, own, plain_call, refuse};
use crate::expr::macros::{PAIRS, RESULT};
use crate::expr::path;
use crate::expr::tree::size;

/// Nodes that one step of an iteration may evaluate.
const NODES_PER_STEP: usize = 32;

impl Rewriter<'_> {
    pub(super) fn fold(&mut self, id: u64, fold: ComprehensionExpr) -> Result<ComprehensionExpr, Refusal> {
        for name in [&fold.iter_var, &fold.accu_var] {
            if let Some(root) = path::root(name, self.known.roots) {
                return refuse(id, format!("`{root}` cannot be the variable of a macro"));
            }
        }
        let weight = (size(&fold.loop_step) + size(&fold.loop_cond)).div_ceil(NODES_PER_STEP);
        let iter_range = self.range(fold.iter_range, weight)?;
        let accu_init = self.start(fold.accu_init)?;
        self.bound.extend([fold.iter_var.clone(), fold.accu_var.clone()]);
        let loop_cond = self.node(fold.loop_cond)?;
        let loop_step = self.step(fold.loop_step)?;
        let result = self.result(fold.result)?;
        self.bound.truncate(self.bound.len() - 2);
        Ok(ComprehensionExpr { iter_range, accu_init, loop_cond, loop_step, result, ..fold })
    }

    /// What is iterated over, charged at once for all iterations. The list of a `cel.bind` has none.
    fn range(&mut self, range: IdedExpr, weight: usize) -> Result<IdedExpr, Refusal> {
        if is_empty_list(&range) {
            return Ok(range);
        }
        let (charge, ranges) = match range.expr {
            Expr::Call(call) if call.func_name == PAIRS => (PAIRS, call.args),
            expr => ("@range", vec![IdedExpr { id: range.id, expr }]),
        };
        let mut args = self.nodes(ranges)?;
        args.insert(0, integer(weight));
        Ok(own(charge, args))
    }

    /// The value that a fold starts with: an empty list stays one, since the crate appends to that in place.
    fn start(&mut self, start: IdedExpr) -> Result<IdedExpr, Refusal> {
        if is_empty_list(&start) { Ok(start) } else { self.kept(start) }
    }

    /// What a fold hands out. A truth value, a count or a list that the crate has built needs no charge.
    fn result(&mut self, result: IdedExpr) -> Result<IdedExpr, Refusal> {
        let result = self.node(result)?;
        Ok(if is_small(&result) || is_so_far(&result) { result } else { own("@copy", vec![result]) })
    }

    /// `@result + [item]` keeps its shape, by which the crate knows that it may append in place.
    fn step(&mut self, step: IdedExpr) -> Result<IdedExpr, Refusal> {
        let IdedExpr { id, expr } = step;
        match expr {
            Expr::Call(call) if is_append(&call) => {
                let args = call.args.into_iter().map(|arg| self.appended(arg)).collect::<Result<_, _>>()?;
                Ok(plain_call(id, operators::ADD, args))
            }
            Expr::Call(call) if call.func_name == operators::CONDITIONAL && call.args.iter().any(is_append_node) => {
                let args = call.args.into_iter().map(|arg| self.step(arg)).collect::<Result<_, _>>()?;
                Ok(plain_call(id, operators::CONDITIONAL, args))
            }
            expr => self.node(IdedExpr { id, expr }),
        }
    }

    fn appended(&mut self, arg: IdedExpr) -> Result<IdedExpr, Refusal> {
        let IdedExpr { id, expr } = arg;
        match expr {
            Expr::List(list) => Ok(IdedExpr { id, expr: Expr::List(self.list(list)?) }),
            expr => self.node(IdedExpr { id, expr }),
        }
    }
}

fn is_empty_list(node: &IdedExpr) -> bool {
    matches!(&node.expr, Expr::List(list) if list.elements.is_empty())
}

fn is_so_far(node: &IdedExpr) -> bool {
    matches!(&node.expr, Expr::Ident(name) if name == RESULT)
}

fn is_append_node(node: &IdedExpr) -> bool {
    matches!(&node.expr, Expr::Call(call) if is_append(call))
}

fn is_append(call: &CallExpr) -> bool {
    let list = |node: &IdedExpr| matches!(node.expr, Expr::List(_));
    call.func_name == operators::ADD && call.args.first().is_some_and(is_so_far) && call.args.get(1).is_some_and(list)
}
