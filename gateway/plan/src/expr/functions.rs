//! Every function that an expression may call, and what a call costs. What is not in the table is refused when the
//! expression is compiled; so a new release of the `cel` crate cannot bring in a function that nobody has priced.

use Cost::{Constant, Copies, Count, Own, Reads, Whole, Written};
use Form::{Either, Global, Member};

/// One function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Function {
    /// As it is called, with its namespace.
    pub(super) name: &'static str,
    pub(super) form: Form,
    /// The fewest and the most arguments, the target not counted.
    pub(super) arguments: (usize, usize),
    pub(super) cost: Cost,
}

/// How a function is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `f(x)`
    Global,
    /// `x.f()`
    Member,
    /// Both; the target is the first argument.
    Either,
}

/// What a call costs before it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cost {
    /// Nothing: it looks at no text and no elements.
    Constant,
    /// What reading its arguments costs; its result is no larger than a few times them.
    Reads,
    /// What copying its arguments costs.
    Copies,
    /// What reading its arguments costs, lent JSON to the last leaf.
    Whole,
    /// What writing its arguments out costs, however many digits a number is asked for.
    Written,
    /// As many elements as its argument says.
    Count,
    /// What the function itself charges: it is ours, and is handed the run.
    Own,
}

impl Function {
    /// The function that a call names.
    pub(super) fn find(name: &str, member: bool) -> Option<&'static Self> {
        let form = if member { Member } else { Global };
        FUNCTIONS.iter().find(|function| function.name == name && [form, Either].contains(&function.form))
    }

    /// Whether a name is the first part of a function's, such as `math`.
    pub(super) fn is_namespace(name: &str) -> bool {
        FUNCTIONS.iter().any(|function| function.name.split_once('.').is_some_and(|(space, _)| space == name))
    }
}

const fn row(name: &'static str, form: Form, least: usize, most: usize, cost: Cost) -> Function {
    Function { name, form, arguments: (least, most), cost }
}

/// The functions, by library.
static FUNCTIONS: [Function; 85] = [
    // The language: https://github.com/google/cel-spec/blob/master/doc/langdef.md
    row("bool", Global, 1, 1, Reads),
    row("bytes", Global, 1, 1, Reads),
    row("double", Global, 1, 1, Reads),
    row("duration", Global, 1, 1, Reads),
    row("dyn", Global, 1, 1, Constant),
    row("int", Global, 1, 1, Reads),
    row("string", Global, 1, 1, Reads),
    row("timestamp", Global, 1, 1, Reads),
    row("type", Global, 1, 1, Constant),
    row("uint", Global, 1, 1, Reads),
    row("size", Either, 0, 1, Reads),
    row("contains", Member, 1, 1, Reads),
    row("endsWith", Member, 1, 1, Reads),
    row("startsWith", Member, 1, 1, Reads),
    row("matches", Either, 1, 2, Own),
    row("getDate", Member, 0, 1, Reads),
    row("getDayOfMonth", Member, 0, 1, Reads),
    row("getDayOfWeek", Member, 0, 1, Reads),
    row("getDayOfYear", Member, 0, 1, Reads),
    row("getFullYear", Member, 0, 1, Reads),
    row("getHours", Member, 0, 1, Reads),
    row("getMilliseconds", Member, 0, 1, Reads),
    row("getMinutes", Member, 0, 1, Reads),
    row("getMonth", Member, 0, 1, Reads),
    row("getSeconds", Member, 0, 1, Reads),
    // Optional values
    row("optional.none", Global, 0, 0, Constant),
    row("optional.of", Global, 1, 1, Copies),
    row("optional.ofNonZeroValue", Global, 1, 1, Copies),
    row("hasValue", Member, 0, 0, Constant),
    row("or", Member, 1, 1, Constant),
    row("orValue", Member, 1, 1, Constant),
    row("value", Member, 0, 0, Constant),
    // Texts
    row("charAt", Member, 1, 1, Reads),
    row("format", Member, 1, 1, Written),
    row("indexOf", Member, 1, 2, Own),
    row("join", Member, 0, 1, Own),
    row("lastIndexOf", Member, 1, 2, Own),
    row("lowerAscii", Member, 0, 0, Reads),
    row("replace", Member, 2, 3, Own),
    row("reverse", Member, 0, 0, Reads),
    row("split", Member, 1, 2, Own),
    row("strings.quote", Global, 1, 1, Reads),
    row("substring", Member, 1, 2, Reads),
    row("trim", Member, 0, 0, Reads),
    row("upperAscii", Member, 0, 0, Reads),
    // Lists
    row("@sortByAssociatedKeys", Member, 1, 1, Reads),
    row("distinct", Member, 0, 0, Own),
    row("flatten", Member, 0, 1, Whole),
    row("lists.range", Global, 1, 1, Count),
    row("slice", Member, 2, 2, Reads),
    row("sort", Member, 0, 0, Reads),
    // Numbers
    row("math.@max", Global, 1, 2, Reads),
    row("math.@min", Global, 1, 2, Reads),
    row("math.abs", Global, 1, 1, Reads),
    row("math.bitAnd", Global, 2, 2, Reads),
    row("math.bitNot", Global, 1, 1, Reads),
    row("math.bitOr", Global, 2, 2, Reads),
    row("math.bitShiftLeft", Global, 2, 2, Reads),
    row("math.bitShiftRight", Global, 2, 2, Reads),
    row("math.bitXor", Global, 2, 2, Reads),
    row("math.ceil", Global, 1, 1, Reads),
    row("math.floor", Global, 1, 1, Reads),
    row("math.isFinite", Global, 1, 1, Reads),
    row("math.isInf", Global, 1, 1, Reads),
    row("math.isNaN", Global, 1, 1, Reads),
    row("math.round", Global, 1, 1, Reads),
    row("math.sign", Global, 1, 1, Reads),
    row("math.sqrt", Global, 1, 1, Reads),
    row("math.trunc", Global, 1, 1, Reads),
    // Encodings
    row("base64.decode", Global, 1, 1, Reads),
    row("base64.encode", Global, 1, 1, Reads),
    // Patterns
    row("regex.extract", Global, 2, 2, Own),
    row("regex.extractAll", Global, 2, 2, Own),
    row("regex.replace", Global, 3, 4, Own),
    // Boathook's own
    row("header", Global, 1, 1, Own),
    row("hmacSha256", Global, 2, 2, Own),
    row("json", Global, 1, 1, Own),
    row("list", Global, 1, 1, Own),
    row("now", Global, 0, 0, Own),
    row("sha256", Global, 1, 1, Own),
    row("sum", Global, 1, 1, Own),
    row("toJson", Global, 1, 1, Own),
    row("uuid", Global, 0, 0, Own),
    // What the macros call
    row("@fromPairs", Global, 1, 1, Own),
    row("@pairs", Global, 1, 1, Own),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_function_has_two_rows() {
        let mut names: Vec<_> = FUNCTIONS.iter().map(|function| function.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FUNCTIONS.len());
    }
}
