//! An expression or a template, evaluated by itself. Pure: time and id are the scope's.

use boathook_plan::expr::{self, Bindings, Failure, Typed};
use boathook_plan::plan::Delimiters;
use boathook_plan::template;

/// The value of a bare expression, or of a text with `{{ … }}` in it as a field of a workflow would have it.
pub fn value(source: &str, bindings: &Bindings) -> Result<Typed, Failure> {
    // No expression has two braces in a row that open: a map is no key of a map.
    if source.contains("{{") {
        template::evaluate(source, Delimiters::Braces, bindings)
    } else {
        expr::evaluate(source, bindings)
    }
}
