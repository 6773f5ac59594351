//! Evaluates a string once, for those who want to see what it yields: `boathook eval`.

use super::scan::{self, Span};
use super::text_of;
use crate::expr::{self, Bindings, Failure, Typed};
use crate::plan::Delimiters;

/// The value with its type: of its own type when the string is exactly one template, text otherwise. Variables without
/// `$` may be bound beside the roots, as in [`expr::evaluate`]. Columns of refusals count from the string's beginning.
pub fn evaluate(source: &str, delimiters: Delimiters, bindings: &Bindings) -> Result<Typed, Failure> {
    let spans = scan::split(source, delimiters)?;
    if let [Span::Expr { source, column }] = spans.as_slice() {
        return piece(source, *column, bindings);
    }
    let mut text = String::new();
    for span in spans {
        match span {
            Span::Text(constant) => text.push_str(constant),
            Span::Expr { source, column } => text.push_str(&text_of(&piece(source, column, bindings)?.to_json())),
        }
    }
    Ok(Typed::String(text))
}

fn piece(source: &str, column: usize, bindings: &Bindings) -> Result<Typed, Failure> {
    expr::evaluate(source, bindings).map_err(|failure| match failure {
        Failure::Refused(refused) => Failure::Refused(refused.after(column - 1)),
        Failure::Failed(failed) => Failure::Failed(failed),
    })
}
