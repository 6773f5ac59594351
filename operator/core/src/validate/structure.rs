//! How a program's lists of steps fit together: names, blocks that are there, no cycle, answers where a sender waits.

use std::collections::{BTreeMap, BTreeSet};

use boathook_plan::scope::ROOTS;

use super::graph::Graph;
use super::outline::Outline;
use crate::field::Field;
use crate::report::Report;

/// Holds the program to its shape.
pub(super) fn check(outline: &Outline<'_>, at: &Field, report: &mut Report) {
    let graph = Graph::new(outline);
    unique(outline, report);
    known_blocks(outline, at, report);
    no_cycle(outline, &graph, report);
    no_answer_among_others(outline, &graph, report);
    named_items(outline, report);
}

/// `$steps` is one object: the schema holds names unique inside a list, and this across lists.
fn unique(outline: &Outline<'_>, report: &mut Report) {
    let mut first: BTreeMap<&str, &Field> = BTreeMap::new();
    for (_, line) in outline.steps() {
        if let Some(earlier) = first.insert(line.name, &line.at) {
            report.refuse_once(&line.at.at("name"), format!("must be unique in the workflow: {earlier} has it too"));
        }
    }
}

fn known_blocks(outline: &Outline<'_>, at: &Field, report: &mut Report) {
    let names: Vec<_> = outline.lists().iter().filter_map(|list| list.block).collect();
    let missing = |name: &str| match names.as_slice() {
        [] => format!("must name one of spec.blocks, and there is none (so no {name})"),
        names => format!("must name one of spec.blocks ({}), and {name} is none", names.join(", ")),
    };
    for (field, name) in outline.steps().flat_map(|(_, line)| &line.runs) {
        if !names.contains(name) {
            report.refuse(field, missing(name));
        }
    }
    if let Some(name) = outline.failure.filter(|name| !names.contains(name)) {
        report.refuse_once(&at.at("onFailure.run"), missing(name));
    }
}

/// Refuses each block that comes to run itself, once a cycle.
fn no_cycle(outline: &Outline<'_>, graph: &Graph<'_>, report: &mut Report) {
    let mut told = BTreeSet::new();
    for (block, list) in outline.lists().iter().skip(1).enumerate() {
        let above: Vec<_> = graph.above(block).into_iter().flatten().collect();
        let is_new = !above.iter().any(|other| told.contains(other));
        if above.contains(&block) && is_new {
            told.insert(block);
            let name = list.block.unwrap_or_default();
            report.refuse(&list.at, format!("must not come to run block {name} again: a cycle would never end"));
        }
    }
}

/// A block that runs for each item, or beside others, may run more than once: whose answer would it be?
fn no_answer_among_others(outline: &Outline<'_>, graph: &Graph<'_>, report: &mut Report) {
    let many: BTreeSet<usize> = outline
        .steps()
        .filter(|(_, line)| line.runs_many)
        .flat_map(|(_, line)| line.runs.iter().filter_map(|(_, name)| outline.block(name)))
        .collect();
    for (place, line) in outline.steps().filter(|(_, line)| line.responds) {
        let Some(block) = place.block else { continue };
        if many.contains(&block) || graph.above(block).iter().flatten().any(|above| many.contains(above)) {
            report.refuse(
                &line.at.at("respond"),
                "must not be run by a forEach or parallel step: a sender has one answer",
            );
        }
    }
}

/// The `as` of a `forEach` must not hide another variable.
fn named_items(outline: &Outline<'_>, report: &mut Report) {
    for (_, line) in outline.steps() {
        let Some(name) = line.item.filter(|name| *name != "item" && ROOTS.contains(&&*format!("${name}"))) else {
            continue;
        };
        report.refuse_once(&line.at.at("forEach.as"), format!("must not be {name}: ${name} is another variable"));
    }
}
