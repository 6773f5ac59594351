//! `boathook eval`: one expression or template, to see what it yields.

use std::path::PathBuf;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use boathook_plan::expr::{Bindings, Failure as EvalFailure, Typed};
use boathook_plan::scope::Scope;
use boathook_plan::template::text_of;
use clap::ValueEnum;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::console::Console;
use crate::evaluation::value;
use crate::failure::{Exit, Failure};
use crate::input;
use crate::typed;

/// Arguments of `eval`.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  boathook eval '$context.data.name.upperAscii()' --context context.json
  boathook eval 'Hello, {{ name }}!' --vars vars.json

A line of a batch is {\"expr\": ..., \"bindings\": {NAME: VALUE}}, and its result {\"value\": VALUE} or
{\"error\": ...}. A VALUE says its type: {\"v\": \"3\", \"t\": \"int\"}, uint, double, bytes, list, map.")]
pub struct Args {
    /// The expression, or text with {{ }} in it
    #[arg(required_unless_present = "batch", conflicts_with = "batch", allow_hyphen_values = true)]
    expr: Option<String>,

    /// JSON that $context is, such as {"data": {"name": "Ada"}}; - is standard input
    #[arg(long, value_name = "FILE")]
    context: Option<PathBuf>,

    /// A JSON object whose members are variables, named as they are written
    #[arg(long, value_name = "FILE")]
    vars: Option<PathBuf>,

    /// Evaluate each line of a file of JSON, and print a line of JSON for each; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "output")]
    batch: Option<PathBuf>,

    /// How to print the value [default: text as it is, anything else as JSON]
    #[arg(short, long, value_enum)]
    output: Option<Format>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// {"type": ..., "value": ...}
    Json,
}

/// Prints the value, or why there is none.
pub fn execute(args: &Args, console: &mut Console) -> Result<Exit, Failure> {
    if let Some(batch) = &args.batch {
        let lines = input::text(batch)?;
        for (number, line) in lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let result = in_batch(line).ok_or_else(|| {
                Failure::usage(format!("read line {} of {}: it is not of a batch's form", number + 1, batch.display()))
                    .next("boathook eval --help shows a line")
            })?;
            console.print(&result.to_string())?;
        }
        return Ok(Exit::Done);
    }
    let source = args.expr.as_deref().unwrap_or_default();
    match value(source, &args.bindings()?) {
        Ok(value) => console.print(&shown(&value, args.output))?,
        Err(failure) => {
            console.say(&explained(source, &failure, console.colours().err));
            return Ok(Exit::No);
        }
    }
    Ok(Exit::Done)
}

impl Args {
    fn bindings(&self) -> Result<Bindings, Failure> {
        let mut scope = scope();
        if let Some(context) = &self.context {
            scope = scope.with("$context", input::json(context)?);
        }
        let vars = self.vars.as_ref().map(|path| Ok((path, input::json(path)?))).transpose()?;
        let Some((path, vars)) = vars else { return Ok(Bindings::new(scope)) };
        let members = vars
            .as_object()
            .ok_or_else(|| Failure::usage(format!("read {}: --vars must be a JSON object", path.display())))?;
        let (roots, names): (Vec<_>, Vec<_>) = members.iter().partition(|(name, _)| name.starts_with('$'));
        let scope = roots.into_iter().fold(scope, |scope, (name, value)| scope.with(name, value.clone()));
        Ok(names.into_iter().fold(Bindings::new(scope), |all, (name, value)| all.with_json(name, value.clone())))
    }
}

fn scope() -> Scope {
    Scope::new(Timestamp::now(), Uuid::new_v4())
}

fn shown(value: &Typed, format: Option<Format>) -> String {
    match format {
        None => text_of(&value.to_json()),
        Some(Format::Json) => json!({"type": value.type_name(), "value": value.to_json()}).to_string(),
    }
}

/// The result of a line; `None` when it has not the form of one.
fn in_batch(line: &str) -> Option<Value> {
    let line: Value = serde_json::from_str(line).ok()?;
    let source = line.get("expr")?.as_str()?;
    let bound = line.get("bindings").and_then(Value::as_object);
    let mut bindings = Bindings::new(scope());
    for (name, written) in bound.into_iter().flatten() {
        bindings = bindings.with(name, &typed::read(written)?);
    }
    Some(match value(source, &bindings) {
        Ok(value) => json!({"value": typed::write(&value)}),
        Err(failure) => json!({"error": failure.to_string()}),
    })
}

/// A refused expression is shown with the place that is wrong.
fn explained(source: &str, failure: &EvalFailure, colours: bool) -> String {
    let renderer = if colours { Renderer::styled() } else { Renderer::plain() };
    match failure {
        EvalFailure::Refused(refused) => {
            let before: usize = source.chars().take(refused.column.saturating_sub(1)).map(char::len_utf8).sum();
            let mark = AnnotationKind::Primary.span(before..before);
            let title = Level::ERROR.primary_title(refused.message.as_str());
            renderer.render(&[title.element(Snippet::source(source).annotation(mark))])
        }
        EvalFailure::Failed(failed) => {
            let title = Level::ERROR.primary_title(failed.message.as_str()).id(failed.reason.as_str());
            renderer.render(&[Group::with_title(title)])
        }
    }
}
