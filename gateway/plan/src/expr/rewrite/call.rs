//! Operators and functions: which of them must be charged, and how.

use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr, LiteralValue, operators};

use super::{Refusal, Rewriter, ident, is_namespace, own, plain_call, refuse};
use crate::expr::functions::{Cost, Form, Function};
use crate::expr::path::Path;
use crate::expr::pattern::Pattern;

/// Operators that look at nothing but truth values.
const LOGIC: [&str; 5] = [
    operators::CONDITIONAL,
    operators::LOGICAL_AND,
    operators::LOGICAL_NOT,
    operators::LOGICAL_OR,
    operators::NOT_STRICTLY_FALSE,
];

/// Operators that look at both sides and yield something small.
const ARITHMETIC: [&str; 9] = [
    operators::DIVIDE,
    operators::GREATER,
    operators::GREATER_EQUALS,
    operators::LESS,
    operators::LESS_EQUALS,
    operators::MODULO,
    operators::MULTIPLY,
    operators::NEGATE,
    operators::SUBSTRACT,
];

impl Rewriter<'_> {
    pub(super) fn call(&mut self, id: u64, call: CallExpr) -> Result<IdedExpr, Refusal> {
        let name = call.func_name.as_str();
        if LOGIC.contains(&name) {
            return Ok(plain_call(id, name, self.nodes(call.args)?));
        }
        if ARITHMETIC.contains(&name) {
            return Ok(plain_call(id, name, self.read_all(call.args)?));
        }
        match name {
            operators::ADD => self.add(id, call.args),
            operators::EQUALS => self.equals(id, operators::EQUALS, call.args),
            operators::NOT_EQUALS => self.equals(id, operators::NOT_EQUALS, call.args),
            operators::IN => Ok(own("@in", self.nodes(call.args)?)),
            operators::INDEX => self.index(id, call),
            operators::OPT_INDEX | operators::OPT_SELECT => Ok(own("@keep", vec![self.index(id, call)?])),
            _ => self.function(id, call),
        }
    }

    /// `+` of a number needs no charge.
    fn add(&mut self, id: u64, args: Vec<IdedExpr>) -> Result<IdedExpr, Refusal> {
        if args.iter().any(is_number) {
            return Ok(plain_call(id, operators::ADD, self.read_all(args)?));
        }
        Ok(own("@add", self.nodes(args)?))
    }

    /// A comparison with a constant that is no number costs no more than the constant.
    fn equals(&mut self, id: u64, operator: &str, args: Vec<IdedExpr>) -> Result<IdedExpr, Refusal> {
        let constant = args.iter().any(|arg| matches!(arg.expr, Expr::Literal(_)) && !is_number(arg));
        let args = self.nodes(args)?;
        if constant {
            return Ok(plain_call(id, operator, args));
        }
        let same = own("@same", args);
        Ok(if operator == operators::EQUALS { same } else { plain_call(id, operators::LOGICAL_NOT, vec![same]) })
    }

    fn index(&mut self, id: u64, call: CallExpr) -> Result<IdedExpr, Refusal> {
        let mut args = call.args.into_iter();
        let container = args.next().map(|container| self.node(container)).transpose()?;
        let indexes = args.map(|index| self.read(index)).collect::<Result<Vec<_>, _>>()?;
        Ok(plain_call(id, &call.func_name, container.into_iter().chain(indexes).collect()))
    }

    /// Something that an operator or a function looks at.
    fn read(&mut self, node: IdedExpr) -> Result<IdedExpr, Refusal> {
        let node = self.node(node)?;
        Ok(if is_small(&node) { node } else { own("@read", vec![node]) })
    }

    fn read_all(&mut self, nodes: Vec<IdedExpr>) -> Result<Vec<IdedExpr>, Refusal> {
        nodes.into_iter().map(|node| self.read(node)).collect()
    }

    fn function(&mut self, id: u64, call: CallExpr) -> Result<IdedExpr, Refusal> {
        let CallExpr { func_name, target, args } = call;
        let space = target.as_ref().and_then(|target| is_namespace(target)).filter(|space| !self.is_known(space));
        let (name, receiver) = match (space, target.as_ref()) {
            (Some(space), _) => (format!("{space}.{func_name}"), None),
            (None, receiver) => (func_name.clone(), receiver),
        };
        let member = receiver.is_some();
        let Some(function) = Function::find(&name, member) else {
            if self.known.names.is_some() {
                return Ok(ident(&format!("@?{name}")));
            }
            return refuse(id, format!("there is no function `{name}`{}", if member { " of a value" } else { "" }));
        };
        check_arguments(id, function, args.len(), member)?;
        if function.cost == Cost::Own {
            let target = if member { target } else { None };
            let args = target.map(|target| *target).into_iter().chain(args).collect();
            return self.own_function(id, function, args);
        }
        let args = args.into_iter().map(|arg| self.argument(function, arg)).collect::<Result<_, _>>()?;
        let target = match target {
            Some(target) if member => Some(Box::new(self.argument(function, *target)?)),
            target => target,
        };
        Ok(IdedExpr { id, expr: Expr::Call(CallExpr { func_name, target, args }) })
    }

    /// Whether a name is a variable here, and so no namespace.
    fn is_known(&self, name: &str) -> bool {
        self.bound.iter().any(|bound| bound == name) || self.is_variable(name)
    }

    fn argument(&mut self, function: &Function, arg: IdedExpr) -> Result<IdedExpr, Refusal> {
        let charge = match function.cost {
            Cost::Constant | Cost::Own => return self.node(arg),
            Cost::Reads => return self.read(arg),
            Cost::Copies => return self.kept(arg),
            Cost::Whole => "@readWhole",
            Cost::Written => "@readWritten",
            Cost::Count => "@readCount",
        };
        Ok(own(charge, vec![self.node(arg)?]))
    }

    /// A function of ours. Its arguments are its own to charge for.
    fn own_function(&mut self, id: u64, function: &Function, args: Vec<IdedExpr>) -> Result<IdedExpr, Refusal> {
        if function.name == "now" {
            return Ok(ident("@now"));
        }
        let mut args = args.into_iter().map(|arg| self.own_argument(function, arg)).collect::<Result<Vec<_>, _>>()?;
        if function.name == "header" {
            args.insert(0, self.path(Path::member("$context", "headers")));
        }
        if let Some(pattern) = args.get_mut(1).filter(|_| takes_pattern(function)) {
            self.pattern(id, pattern)?;
        }
        Ok(own(&format!("@{}", function.name.trim_start_matches('@')), args))
    }

    fn own_argument(&mut self, function: &Function, arg: IdedExpr) -> Result<IdedExpr, Refusal> {
        // What joins or sums takes doubles; what writes JSON keeps the text of numbers; a pattern has a price of its own.
        let as_it_is = matches!(function.name, "toJson" | "list" | "distinct") || takes_pattern(function);
        if as_it_is { self.node(arg) } else { self.read(arg) }
    }

    /// A constant pattern is compiled now, so that a bad one is refused now.
    fn pattern(&mut self, id: u64, node: &mut IdedExpr) -> Result<(), Refusal> {
        let Expr::Literal(LiteralValue::String(text)) = &node.expr else { return Ok(()) };
        let pattern = Pattern::new(text.inner()).map_err(|message| Refusal { node: id, message })?;
        self.patterns.push(pattern);
        *node = ident(&format!("@r{}", self.patterns.len() - 1));
        Ok(())
    }
}

fn takes_pattern(function: &Function) -> bool {
    function.name == "matches" || function.name.starts_with("regex.")
}

fn check_arguments(id: u64, function: &Function, given: usize, member: bool) -> Result<(), Refusal> {
    // Of a function with either form, the target counts as the first argument.
    let given = if function.form == Form::Either && member { given + 1 } else { given };
    let (least, most) =
        if function.form == Form::Either { (function.arguments.1, function.arguments.1) } else { function.arguments };
    if (least..=most).contains(&given) {
        return Ok(());
    }
    let wanted = match (least, most) {
        (1, 1) => "1 argument".to_owned(),
        (least, most) if least == most => format!("{least} arguments"),
        (least, most) => format!("{least} to {most} arguments"),
    };
    refuse(id, format!("`{}` takes {wanted}, not {given}", function.name))
}

fn is_number(node: &IdedExpr) -> bool {
    matches!(&node.expr, Expr::Literal(LiteralValue::Int(_) | LiteralValue::UInt(_) | LiteralValue::Double(_)))
}

/// Whether a node certainly yields something small of the crate's own: a constant, or a truth value or number that an
/// operator has computed.
pub(super) fn is_small(node: &IdedExpr) -> bool {
    match &node.expr {
        Expr::Literal(_) => true,
        Expr::Call(call) => {
            let name = call.func_name.as_str();
            ARITHMETIC.contains(&name) || (LOGIC.contains(&name) && name != operators::CONDITIONAL) || name == "size"
        }
        _ => false,
    }
}
