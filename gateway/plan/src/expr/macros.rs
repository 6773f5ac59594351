//! Macros that the `cel` crate does not have: `cel.bind`, and those with two variables.
//!
//! The crate ignores a fold's second variable. So a macro over `k, v` folds over pairs of them, and binds each name to
//! its half: `m.all(k, v, p)` is `@pairs(m).all(@pair, cel.bind(k, @pair[0], cel.bind(v, @pair[1], p)))`.

use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, ListExpr, LiteralValue, operators};
use cel::parser::{Macro, MacroExprHelper, ParseError};
use cel::{DeclarationError, Env, IdedExpr};

/// A fold's result so far, as the crate's own macros call it.
pub(super) const RESULT: &str = "@result";

/// A key or index with its value.
const PAIR: &str = "@pair";

/// The list of such pairs that a list or a map makes.
pub(super) const PAIRS: &str = "@pairs";

/// The map that a list of pairs makes.
pub(super) const FROM_PAIRS: &str = "@fromPairs";

type Expansion = Result<Option<IdedExpr>, ParseError>;

/// Registers the macros.
pub(super) fn extension(env: &mut Env) -> Result<(), DeclarationError> {
    env.add_macro(Macro::receiver("bind", 3, |helper, target, args| {
        let ours = target.as_ref().is_some_and(|target| matches!(&target.expr, Expr::Ident(name) if name == "cel"));
        if !ours {
            return Ok(None);
        }
        expand(helper, args, |helper, [name, value, body]| {
            let name = variable(helper, &name)?;
            Ok(bind(helper, name, value, body))
        })
    }))?;
    for (name, kind) in [
        ("all", Kind::All),
        ("exists", Kind::Exists),
        ("existsOne", Kind::ExistsOne),
        ("exists_one", Kind::ExistsOne),
        ("transformList", Kind::List),
        ("transformMap", Kind::Map),
    ] {
        env.add_macro(Macro::receiver(name, 3, move |helper, target, args| {
            let range = target.take();
            expand(helper, args, |helper, [key, value, body]| {
                Pairs::new(helper, &key, &value)?.fold(helper, kind, range, (None, body))
            })
        }))?;
    }
    for (name, kind) in [("transformList", Kind::List), ("transformMap", Kind::Map)] {
        env.add_macro(Macro::receiver(name, 4, move |helper, target, args| {
            let range = target.take();
            expand(helper, args, |helper, [key, value, filter, body]| {
                Pairs::new(helper, &key, &value)?.fold(helper, kind, range, (Some(filter), body))
            })
        }))?;
    }
    Ok(())
}

/// Hands a macro its arguments.
fn expand<const N: usize>(
    helper: &mut MacroExprHelper<'_>,
    args: &mut Vec<IdedExpr>,
    with: impl FnOnce(&mut MacroExprHelper<'_>, [IdedExpr; N]) -> Result<IdedExpr, ParseError>,
) -> Expansion {
    match <[IdedExpr; N]>::try_from(std::mem::take(args)) {
        Ok(args) => with(helper, args).map(Some),
        Err(args) => Err(helper.new_error(args.first().map_or(0, |first| first.id), "wrong number of arguments")),
    }
}

/// What is folded into what.
#[derive(Clone, Copy)]
enum Kind {
    All,
    Exists,
    ExistsOne,
    List,
    Map,
}

/// The names of a macro with two variables.
struct Pairs {
    key: String,
    value: String,
}

impl Pairs {
    fn new(helper: &MacroExprHelper<'_>, key: &IdedExpr, value: &IdedExpr) -> Result<Self, ParseError> {
        let pairs = Self { key: variable(helper, key)?, value: variable(helper, value)? };
        if pairs.key == pairs.value {
            return Err(helper.new_error(value.id, "the two variables must have different names"));
        }
        Ok(pairs)
    }

    fn fold(
        &self,
        helper: &mut MacroExprHelper<'_>,
        kind: Kind,
        range: Option<IdedExpr>,
        (filter, body): (Option<IdedExpr>, IdedExpr),
    ) -> Result<IdedExpr, ParseError> {
        let range = range.ok_or_else(|| helper.new_error(body.id, "a macro of a list or a map"))?;
        let pairs = call(helper, PAIRS, vec![range]);
        let filter = filter.map(|filter| self.bound(helper, filter));
        let body = self.bound(helper, body);
        let fold = match kind {
            Kind::All => all(helper, body),
            Kind::Exists => exists(helper, body),
            Kind::ExistsOne => exists_one(helper, body),
            Kind::List => collect(helper, filter, body),
            Kind::Map => {
                let key = half(helper, 0);
                let entry = list(helper, vec![key, body]);
                collect(helper, filter, entry)
            }
        };
        let folded = folding(helper, pairs, fold);
        Ok(if matches!(kind, Kind::Map) { call(helper, FROM_PAIRS, vec![folded]) } else { folded })
    }

    /// `body` with both names bound to the halves of the pair.
    fn bound(&self, helper: &mut MacroExprHelper<'_>, body: IdedExpr) -> IdedExpr {
        let value = half(helper, 1);
        let body = bind(helper, self.value.clone(), value, body);
        let key = half(helper, 0);
        bind(helper, self.key.clone(), key, body)
    }
}

/// What differs between folds.
struct Fold {
    start: IdedExpr,
    goes_on: IdedExpr,
    step: IdedExpr,
    result: IdedExpr,
}

fn all(helper: &mut MacroExprHelper<'_>, body: IdedExpr) -> Fold {
    let so_far = result(helper);
    let goes_on = call(helper, operators::NOT_STRICTLY_FALSE, vec![so_far]);
    let so_far = result(helper);
    Fold {
        start: boolean(helper, true),
        goes_on,
        step: call(helper, operators::LOGICAL_AND, vec![so_far, body]),
        result: result(helper),
    }
}

fn exists(helper: &mut MacroExprHelper<'_>, body: IdedExpr) -> Fold {
    let so_far = result(helper);
    let not_yet = call(helper, operators::LOGICAL_NOT, vec![so_far]);
    let so_far = result(helper);
    Fold {
        start: boolean(helper, false),
        goes_on: call(helper, operators::NOT_STRICTLY_FALSE, vec![not_yet]),
        step: call(helper, operators::LOGICAL_OR, vec![so_far, body]),
        result: result(helper),
    }
}

fn exists_one(helper: &mut MacroExprHelper<'_>, body: IdedExpr) -> Fold {
    let (so_far, one) = (result(helper), integer(helper, 1));
    let more = call(helper, operators::ADD, vec![so_far, one]);
    let (count, one) = (result(helper), integer(helper, 1));
    let same = result(helper);
    Fold {
        start: integer(helper, 0),
        goes_on: boolean(helper, true),
        step: call(helper, operators::CONDITIONAL, vec![body, more, same]),
        result: call(helper, operators::EQUALS, vec![count, one]),
    }
}

/// A list of `item` for each element that `filter` admits.
fn collect(helper: &mut MacroExprHelper<'_>, filter: Option<IdedExpr>, item: IdedExpr) -> Fold {
    let so_far = result(helper);
    let item = list(helper, vec![item]);
    let mut step = call(helper, operators::ADD, vec![so_far, item]);
    if let Some(filter) = filter {
        let unchanged = result(helper);
        step = call(helper, operators::CONDITIONAL, vec![filter, step, unchanged]);
    }
    Fold { start: list(helper, Vec::new()), goes_on: boolean(helper, true), step, result: result(helper) }
}

fn folding(helper: &mut MacroExprHelper<'_>, range: IdedExpr, fold: Fold) -> IdedExpr {
    comprehension(helper, PAIR.to_owned(), RESULT.to_owned(), range, fold)
}

/// A fold over nothing, whose start is the value of the name.
fn bind(helper: &mut MacroExprHelper<'_>, name: String, value: IdedExpr, body: IdedExpr) -> IdedExpr {
    let nothing = list(helper, Vec::new());
    let fold = Fold {
        start: value,
        goes_on: boolean(helper, false),
        step: helper.next_expr(Expr::Ident(name.clone())),
        result: body,
    };
    comprehension(helper, "@unused".to_owned(), name, nothing, fold)
}

fn comprehension(
    helper: &mut MacroExprHelper<'_>,
    iter_var: String,
    accu_var: String,
    iter_range: IdedExpr,
    fold: Fold,
) -> IdedExpr {
    helper.next_expr(Expr::Comprehension(Box::new(ComprehensionExpr {
        iter_range,
        iter_var,
        iter_var2: None,
        accu_var,
        accu_init: fold.start,
        loop_cond: fold.goes_on,
        loop_step: fold.step,
        result: fold.result,
    })))
}

fn half(helper: &mut MacroExprHelper<'_>, which: i64) -> IdedExpr {
    let pair = helper.next_expr(Expr::Ident(PAIR.to_owned()));
    let index = integer(helper, which);
    call(helper, operators::INDEX, vec![pair, index])
}

fn result(helper: &mut MacroExprHelper<'_>) -> IdedExpr {
    helper.next_expr(Expr::Ident(RESULT.to_owned()))
}

fn boolean(helper: &mut MacroExprHelper<'_>, value: bool) -> IdedExpr {
    helper.next_expr(Expr::Literal(LiteralValue::Boolean(value.into())))
}

fn integer(helper: &mut MacroExprHelper<'_>, value: i64) -> IdedExpr {
    helper.next_expr(Expr::Literal(LiteralValue::Int(value.into())))
}

fn list(helper: &mut MacroExprHelper<'_>, elements: Vec<IdedExpr>) -> IdedExpr {
    helper.next_expr(Expr::List(ListExpr::new(elements)))
}

fn call(helper: &mut MacroExprHelper<'_>, function: &str, args: Vec<IdedExpr>) -> IdedExpr {
    helper.next_expr(Expr::Call(CallExpr { func_name: function.to_owned(), target: None, args }))
}

fn variable(helper: &MacroExprHelper<'_>, name: &IdedExpr) -> Result<String, ParseError> {
    let Expr::Ident(text) = &name.expr else {
        return Err(helper.new_error(name.id, "a macro's variable must be a simple name"));
    };
    Ok(text.clone())
}
