//! Reads the texts of a workflow: compiles expressions and templates, and notes what they refer to and where.
//!
//! Whether a reference can be followed is judged later, when the whole program is known ([`super::references`]).

use std::collections::BTreeSet;
use std::sync::Arc;

use boathook_plan::expr::{Expr, ExprError, Reference};
use boathook_plan::json::Json;
use boathook_plan::limits::JSON_DEPTH;
use boathook_plan::plan::Delimiters;
use boathook_plan::template::{Syntax, Template};

use crate::field::Field;
use crate::report::Report;

/// The report, and the texts read so far.
#[derive(Debug)]
pub struct Reader {
    /// What is wrong so far.
    pub report: Report,
    /// How this workflow marks templates.
    pub delimiters: Delimiters,
    /// What it calls its items, with their `$`.
    items: BTreeSet<Arc<str>>,
    place: Place,
    uses: Vec<Use>,
}

/// References of one text.
#[derive(Debug)]
pub struct Use {
    /// The text.
    pub field: Field,
    /// When it is evaluated.
    pub place: Place,
    /// What it reads.
    pub references: Vec<Reference>,
}

/// When a text is evaluated: what it may refer to follows from that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// When a request has arrived, before there is an execution.
    Arrival,
    /// When the sender of an Async workflow is answered, before its first step.
    Acknowledgement,
    /// Before or in a step.
    Step(StepPlace),
    /// In an `http` step's request: `$secrets` too.
    Request(StepPlace),
    /// After an attempt of a step: `$result` too.
    Until(StepPlace),
    /// After the block of a `forEach` step has run for one item: the block's steps, its item, and as `$result` what the
    /// block comes to.
    Collect(StepPlace),
    /// When the sender is answered, after the last step or at the deadline.
    Answer,
    /// When the sender is answered after a failure: `$error` too.
    Failed,
}

/// A step's place in the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepPlace {
    /// `None` is `spec.steps`; else a block's position.
    pub block: Option<usize>,
    /// Its position in that list.
    pub index: usize,
}

impl Reader {
    /// Nothing read yet. `items` are the names that the workflow gives its items, with their `$`.
    pub fn new(delimiters: Delimiters, items: BTreeSet<Arc<str>>) -> Self {
        Self { report: Report::default(), delimiters, items, place: Place::Answer, uses: Vec::new() }
    }

    /// How this workflow writes templates.
    pub fn syntax(&self) -> Syntax<'_> {
        Syntax { delimiters: self.delimiters, roots: &self.items }
    }

    /// What is read from now on is evaluated there.
    pub fn enter(&mut self, place: Place) {
        self.place = place;
    }

    /// The texts that were read; the report stays.
    pub fn take_uses(&mut self) -> Vec<Use> {
        std::mem::take(&mut self.uses)
    }

    /// A CEL expression.
    pub fn expression(&mut self, at: &Field, source: &str) -> String {
        let compiled = Expr::compile_with(source, &self.items);
        self.note(at, compiled.as_ref().map(Expr::references).map_err(Clone::clone));
        source.to_owned()
    }

    /// A string with templates.
    pub fn template(&mut self, at: &Field, source: &str) -> String {
        let compiled = Template::parse(source, self.syntax());
        self.note(at, compiled.as_ref().map(Template::references).map_err(Clone::clone));
        source.to_owned()
    }

    /// JSON whose string leaves may hold templates.
    pub fn json(&mut self, at: &Field, value: &serde_json::Value) -> Json {
        if depth(value) > JSON_DEPTH {
            self.report.refuse(at, format!("must not nest deeper than {JSON_DEPTH}"));
            return Json::Null;
        }
        self.leaves(at, value);
        Json::from(value.clone())
    }

    fn leaves(&mut self, at: &Field, value: &serde_json::Value) {
        match value {
            serde_json::Value::String(text) => {
                self.template(at, text);
            }
            serde_json::Value::Array(items) => {
                items.iter().enumerate().for_each(|(index, item)| self.leaves(&at.item(index), item));
            }
            serde_json::Value::Object(members) => {
                members.iter().for_each(|(name, member)| self.leaves(&at.key(name), member));
            }
            serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {}
        }
    }

    fn note(&mut self, at: &Field, compiled: Result<&[Reference], ExprError>) {
        match compiled {
            Ok(references) => {
                let references = references.to_vec();
                self.uses.push(Use { field: at.clone(), place: self.place, references });
            }
            Err(ExprError { message, column }) => {
                self.report.refuse(at, format!("must compile: {message} (column {column})"));
            }
        }
    }
}

/// How deep a value nests, counted without recursion: users' JSON has no bound of its own.
pub fn depth(value: &serde_json::Value) -> usize {
    let mut deepest = 0;
    let mut open = vec![(value, 0_usize)];
    while let Some((value, depth)) = open.pop() {
        deepest = deepest.max(depth);
        if let Some(items) = value.as_array() {
            open.extend(items.iter().map(|item| (item, depth + 1)));
        }
        if let Some(members) = value.as_object() {
            open.extend(members.values().map(|member| (member, depth + 1)));
        }
    }
    deepest
}
